/**
 * Compares every SQL statement with the migrated database: PostgreSQL must accept it, and the parameter tuple and row
 * type declared beside it must be what the database takes and gives. Without this, hand-written row types are wishes.
 *
 * PostgreSQL describes each statement; a file of type assertions is written from that (`build/check-sql/`), and the
 * compiler judges it, so that aliases, interfaces and unions are understood exactly as in the program.
 *
 * Usage: `node tools/check-sql.ts` (starts a throw-away PostgreSQL), or as a test: `check-sql.int.test.ts`.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { allStatements } from "#platform/db/sql.ts";
import { cloneTemplate, startTestCluster } from "#test/support/cluster.ts";
import { Describer, type Description } from "./sql/describe.ts";
import { foreignAccess, readOwnership } from "./sql/ownership.ts";

const ROOT = resolve(import.meta.dirname, "..");
const OUT = join(ROOT, "build/check-sql");
/** No statement may be longer: parsing and planning grow with the text. */
const MAX_BYTES = 4096;
/** Longer ones are told by the command line: a hot statement should stay below. */
const LONG_BYTES = 2048;

/** TypeScript type of a value that comes out of PostgreSQL, by type name; absent: not checked. */
const ROW_TYPES: Record<string, string> = {
  bigint: "bigint",
  integer: "number",
  smallint: "number",
  real: "number",
  "double precision": "number",
  numeric: "string",
  text: "string",
  "character varying": "string",
  name: "string",
  uuid: "string",
  inet: "string",
  boolean: "boolean",
  "timestamp with time zone": "Date",
  date: "Date",
  bytea: "Uint8Array",
  "bigint[]": "bigint[]",
  "integer[]": "number[]",
  "smallint[]": "number[]",
  "text[]": "string[]",
  "boolean[]": "boolean[]",
};

/** TypeScript type a parameter may have, by type name; absent: not checked. */
const PARAM_TYPES: Record<string, string> = {
  ...ROW_TYPES,
  // An id may be handed over as text, for a lock's key.
  text: "string | bigint",
  date: "Date | string",
  // JSON goes in as text: pg would write an array as a PostgreSQL array.
  json: "string",
  jsonb: "string",
  "jsonb[]": "string[]",
};

/** A statement object reachable through the exports of a module. */
interface Found {
  name: string;
  file: string;
  /** Path of the property, e.g. `insertPost` or `lists["home"]`. */
  access: string;
}

interface StatementLike {
  name: string;
  text: string;
}

/**
 * Checks all statements.
 *
 * @param url a migrated database.
 * @param files where to look for statements whose types are checked; by default every file of modules and platform.
 * @returns one sentence per fault, and how many statements were looked at.
 */
export async function checkSql(
  url: string,
  files = statementFiles(),
): Promise<{ problems: string[]; statements: number; typed: number }> {
  const problems: string[] = [];
  const found: Found[] = [];
  for (const file of files) {
    try {
      const exports = (await import(join(ROOT, file))) as Record<string, unknown>;
      for (const [key, value] of Object.entries(exports)) collect(value, key, file, found);
    } catch (error) {
      // `statement()` throws for a name that is used twice or too long.
      problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const statements = allStatements();
  const described = new Map<string, Description>();
  const describer = await Describer.connect(url);
  try {
    for (const { name, text } of statements) {
      if (Buffer.byteLength(text) > MAX_BYTES) {
        problems.push(`${name}: ${Buffer.byteLength(text)} bytes of SQL, more than ${MAX_BYTES}`);
      }
      if (/\bselect\s+(\w+\.)?\*/i.test(text))
        problems.push(`${name}: "select *" breaks open connections when a column is added`);
      if (!/^[a-z][\w]*\.[a-zA-Z]\w*$/.test(name)) problems.push(`${name}: names look like module.verb`);
      try {
        described.set(name, await describer.describe(text));
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await describer.end();
  }

  for (const { name, file } of found) {
    const owner = /^src\/modules\/([^/]+)\//.exec(file)?.[1];
    if (owner !== undefined && !name.startsWith(`${owner}.`))
      problems.push(`${name}: in ${file} names start with "${owner}."`);
  }

  const ownership = readOwnership();
  for (const { name, text } of statements) {
    for (const problem of foreignAccess(name, text, ownership)) problems.push(`${name}: ${problem}`);
  }

  const typed = found.filter(({ name }) => described.has(name));
  problems.push(...compareTypes(typed, described));
  return { problems, statements: statements.length, typed: typed.length };
}

function statementFiles(): string[] {
  return globSync("src/{modules,platform}/**/*.ts", { cwd: ROOT })
    .filter((file) => !file.endsWith(".test.ts") && file !== "src/platform/db/sql.ts")
    .filter((file) => /\bstatement[<(]/.test(readFileSync(join(ROOT, file), "utf8")))
    .sort();
}

function isStatement(value: unknown): value is StatementLike {
  if (typeof value !== "object" || value === null || !("name" in value) || !("text" in value)) return false;
  return allStatements().some((s) => s === value);
}

function collect(value: unknown, access: string, file: string, into: Found[], depth = 0): void {
  if (isStatement(value)) into.push({ name: value.name, file, access });
  else if (typeof value === "object" && value !== null && depth < 2) {
    for (const [key, inner] of Object.entries(value))
      collect(inner, `${access}[${JSON.stringify(key)}]`, file, into, depth + 1);
  }
}

const HEADER = `import type { Statement } from "#platform/db/sql.ts";
type Params<S> = S extends Statement<infer P, infer _> ? P : "not a statement";
type Row<S> = S extends Statement<readonly never[], infer R> ? R : S extends Statement<infer _, infer R> ? R : "not a statement";
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Length<S> = Params<S> extends readonly unknown[] ? Params<S>["length"] : -1;
type Param<S, I extends number> = Params<S> extends readonly unknown[] ? Exclude<Params<S>[I], null | undefined> : never;
type Fits<Declared, Real> = [Declared] extends [Real] ? true : false;
type Keys<S> = [Row<S>] extends [never] ? never : string extends keyof Row<S> ? never : keyof Row<S> & string;
type Field<S, K> = K extends keyof Row<S> ? Row<S>[K] : never;
type AllowsNull<T> = unknown extends T ? true : null extends T ? true : false;
export type Assert<T extends true> = T;
`;

/** Writes the assertions, runs the compiler over them, and turns its complaints into sentences. */
function compareTypes(found: Found[], described: Map<string, Description>): string[] {
  const lines = HEADER.trimEnd().split("\n");
  const meaning = new Map<number, string>();
  const assert = (type: string, sentence: string): void => {
    lines.push(`export type A${lines.length} = Assert<${type}>;`);
    meaning.set(lines.length, sentence);
  };
  const files = [...new Set(found.map(({ file }) => file))];
  for (const [i, file] of files.entries()) lines.push(`import type * as m${i} from "../../${file}";`);

  for (const { name, file, access } of found) {
    const { params, columns } = described.get(name) ?? { params: [], columns: [] };
    const type = `typeof m${files.indexOf(file)}.${access}`;
    const where = `${name} (${file})`;
    assert(`Same<Length<${type}>, ${params.length}>`, `${where}: the text has ${params.length} parameters`);
    for (const [n, param] of params.entries()) {
      const wanted = PARAM_TYPES[param];
      if (wanted === undefined) continue;
      assert(`Fits<Param<${type}, ${n}>, ${wanted}>`, `${where}: $${n + 1} is ${param}, which takes ${wanted}`);
    }
    const names = columns.map((column) => JSON.stringify(column.name)).join(" | ") || "never";
    assert(`Same<Keys<${type}>, ${names}>`, `${where}: the columns are ${names}`);
    for (const { name: column, type: real, nullable } of columns) {
      const field = `Field<${type}, ${JSON.stringify(column)}>`;
      const wanted = ROW_TYPES[real];
      if (wanted !== undefined) {
        assert(
          `Fits<Exclude<${field}, null>, ${wanted}>`,
          `${where}: column ${column} is ${real}, which comes as ${wanted}`,
        );
      }
      if (nullable) assert(`AllowsNull<${field}>`, `${where}: column ${column} may be null`);
    }
  }

  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, "statements.ts"), `${lines.join("\n")}\n`);
  const config = { extends: "../../tsconfig.server.json", include: ["statements.ts"], exclude: [] };
  writeFileSync(join(OUT, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(ROOT, "node_modules/@typescript/native/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", join(OUT, "tsconfig.json"), "--pretty", "false"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status === 0) return [];
  const problems = new Set<string>();
  for (const line of run.stdout.split("\n")) {
    const hit = /^(.*?)\((\d+),\d+\): error (.*)$/.exec(line);
    if (!hit) continue;
    const [, at = "", number = "", text = ""] = hit;
    const own = relative(ROOT, resolve(ROOT, at)) === join("build/check-sql/statements.ts");
    problems.add((own ? meaning.get(Number(number)) : undefined) ?? `${at}: ${text}`);
  }
  if (problems.size === 0) problems.add(`The compiler failed: ${run.stdout}${run.stderr}`);
  return [...problems];
}

if (import.meta.main) {
  const cluster = await startTestCluster();
  const { problems, statements, typed } = await checkSql((await cloneTemplate(cluster.url)).url).finally(() =>
    cluster.stop(),
  );
  for (const problem of problems) console.error(problem);
  for (const { name, text } of allStatements()) {
    const size = Buffer.byteLength(text);
    if (size > LONG_BYTES) console.log(`long: ${name} has ${size} bytes`);
  }
  console.log(`sql: ${statements} statements, ${typed} of them with types; ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
