/** Asks PostgreSQL what a statement takes and gives, without running it. */
import type { EventEmitter } from "node:events";
import pg from "pg";

/** A result column. */
export interface Column {
  name: string;
  /** Type as PostgreSQL names it, such as `bigint` or `text[]`. */
  type: string;
  /** True when it is a table's column without `not null`. False says nothing: an outer join can make it null. */
  nullable: boolean;
}

export interface Description {
  /** Types of `$1`, `$2`, … */
  params: string[];
  columns: Column[];
}

interface Field {
  name: string;
  tableID: number;
  columnID: number;
  dataTypeID: number;
}

/** The connection's events and messages we use; pg's published types leave some of them out. */
interface Wire extends EventEmitter {
  parse(message: { name: string; text: string; types: number[] }): void;
  describe(message: { type: "S"; name: string }): void;
  sync(): void;
}

/** A query that is parsed and described only (the protocol's Parse and Describe messages). */
class DescribeQuery {
  readonly #text: string;
  readonly #done = Promise.withResolvers<{ params: number[]; fields: Field[] }>();
  #fields: Field[] = [];
  #params: number[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get result(): Promise<{ params: number[]; fields: Field[] }> {
    return this.#done.promise;
  }

  submit(connection: object): void {
    const wire = connection as Wire;
    wire.once("parameterDescription", (message: { dataTypeIDs: number[] }) => (this.#params = message.dataTypeIDs));
    wire.parse({ name: "", text: this.#text, types: [] });
    wire.describe({ type: "S", name: "" });
    wire.sync();
  }

  handleRowDescription(message: { fields: Field[] }): void {
    this.#fields = message.fields;
  }

  handleError(error: Error): void {
    // pg forgets the query after an error: no ready message comes.
    this.#done.reject(error);
  }

  handleReadyForQuery(): void {
    this.#done.resolve({ params: this.#params, fields: this.#fields });
  }
}

/** Describes statements on one connection. */
export class Describer {
  readonly #client: pg.Client;
  readonly #types = new Map<number, string>();
  readonly #nullable = new Set<string>();

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(url: string): Promise<Describer> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const describer = new Describer(client);
    const types = await client.query<{ oid: number; name: string }>(
      "select oid, format_type(oid, null) as name from pg_type",
    );
    for (const { oid, name } of types.rows) describer.#types.set(oid, name);
    const nullable = await client.query<{ table: number; column: number }>(
      `select attrelid as table, attnum as column from pg_attribute where attnum > 0 and not attnotnull and not attisdropped`,
    );
    for (const { table, column } of nullable.rows) describer.#nullable.add(`${table}.${column}`);
    return describer;
  }

  /** @throws pg.DatabaseError when PostgreSQL refuses the text. */
  async describe(text: string): Promise<Description> {
    const query = new DescribeQuery(text);
    this.#client.query(query);
    const { params, fields } = await query.result;
    const typeName = (oid: number): string => this.#types.get(oid) ?? `type ${oid}`;
    return {
      params: params.map(typeName),
      columns: fields.map((field) => ({
        name: field.name,
        type: typeName(field.dataTypeID),
        nullable: this.#nullable.has(`${field.tableID}.${field.columnID}`),
      })),
    };
  }

  async end(): Promise<void> {
    await this.#client.end();
  }
}
