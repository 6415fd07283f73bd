/** COPY … FROM STDIN, which the driver can carry but offers no function for. */
import { once } from "node:events";
import type { Socket } from "node:net";
import type pg from "pg";

const CHUNK_BYTES = 256 * 1024;

/** A value of a row; `null` is NULL, a Buffer is bytea, an array is an array of simple texts or numbers. */
export type Value = string | number | bigint | boolean | Date | Buffer | null | readonly (string | number | bigint)[];

interface Wire {
  stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

class CopyQuery {
  readonly #text: string;
  readonly #rows: Iterable<readonly Value[]>;
  readonly #done = Promise.withResolvers<number>();
  #count = 0;

  constructor(text: string, rows: Iterable<readonly Value[]>) {
    this.#text = text;
    this.#rows = rows;
  }

  get result(): Promise<number> {
    return this.#done.promise;
  }

  submit(connection: object): void {
    (connection as Wire).query(this.#text);
  }

  handleCopyInResponse(connection: object): void {
    const wire = connection as Wire;
    this.#send(wire).catch((error: unknown) => {
      wire.sendCopyFail("the rows could not be made");
      this.#done.reject(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async #send(wire: Wire): Promise<void> {
    let lines: string[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      wire.sendCopyFromChunk(Buffer.from(lines.join("")));
      lines = [];
      size = 0;
      if (wire.stream.writableNeedDrain) await once(wire.stream, "drain");
    };
    for (const row of this.#rows) {
      const line = `${row.map(encode).join("\t")}\n`;
      lines.push(line);
      size += line.length;
      this.#count++;
      if (size >= CHUNK_BYTES) await flush();
    }
    if (size > 0) await flush();
    wire.endCopyFrom();
  }

  handleError(error: Error): void {
    this.#done.reject(error);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#done.resolve(this.#count);
  }
}

function encode(value: Value): string {
  if (value === null) return "\\N";
  if (typeof value === "string") return escape(value);
  if (typeof value === "boolean") return value ? "t" : "f";
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return escape(`{${value.join(",")}}`);
  return String(value);
}

function escape(text: string): string {
  return text.replaceAll(/[\\\t\n\r]/g, (c) => (c === "\\" ? "\\\\" : c === "\t" ? "\\t" : c === "\n" ? "\\n" : "\\r"));
}

/** Copies rows into a table and returns how many. Rows are made while they are sent. */
export async function copyInto(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Value[]>,
): Promise<number> {
  const query = new CopyQuery(`copy ${table} (${columns.join(", ")}) from stdin`, rows);
  client.query(query);
  return query.result;
}
