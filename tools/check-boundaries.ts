/**
 * Proves that the layer rules of `.oxlintrc.json` work: plants forbidden and allowed imports in a temporary tree, runs
 * oxlint over it and compares. A linter that silently checks nothing passes every build; this check does not.
 *
 * Usage: `node tools/check-boundaries.ts` (exit code 1 when a planted import is judged wrongly).
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");

/** The layer table in plain words: which module may import the face of which other modules. */
const MODULES: Record<string, readonly string[]> = {
  instance: [],
  accounts: ["instance"],
  ledger: [],
  media: ["accounts"],
  posts: ["accounts", "media"],
  timelines: ["accounts", "media", "posts"],
  notifications: ["accounts", "media", "posts"],
  safety: ["accounts", "media", "posts"],
  federation: ["accounts", "media", "posts", "notifications"],
  ads: ["accounts", "media", "posts", "ledger"],
  memes: ["accounts", "media", "posts", "ledger"],
  cloud: ["ledger"],
  portability: ["accounts", "media", "posts", "federation"],
};
const DOORS = ["mastodon", "oauth", "skein", "web", "media", "admin", "activitypub"];

interface Plant {
  /** Path of the planted file in the temporary tree. */
  file: string;
  source: string;
  /** Rule that has to report the file, e.g. `import(no-cycle)`; absent when nothing may be reported. */
  forbidden?: string;
}

const IMPORTS = "eslint(no-restricted-imports)";

/** The ways to write an import; each must be seen by the linter. */
const FORMS: ((target: string) => string)[] = [
  (t) => `import { thing } from "${t}";\nexport const used = thing;\n`,
  (t) => `import type { Thing } from "${t}";\nexport type Used = Thing;\n`,
  (t) => `export { thing } from "${t}";\n`,
  (t) => `export const used = await import("${t}");\n`,
];

function plants(): Plant[] {
  const out: Plant[] = [];
  const count = new Map<string, number>();
  const plant = (folder: string, target: string, allowed: boolean, suffix = ".ts"): void => {
    const n = (count.get(folder) ?? 0) + 1;
    count.set(folder, n);
    const forms = allowed ? FORMS.slice(0, 1) : FORMS;
    for (const [i, form] of forms.entries()) {
      const file = `${folder}/planted-${n}-${i}${suffix}`;
      out.push({ file, source: form(target), ...(allowed ? {} : { forbidden: IMPORTS }) });
    }
  };

  for (const folder of ["shared", "src/platform", "src/platform/db"]) {
    plant(folder, "#modules/posts/index.ts", false);
    plant(folder, "#doors/mastodon/door.ts", false);
    plant(folder, "#web/lib/thing.ts", false);
    plant(folder, "#test/support/thing.ts", false);
    plant(folder, "./thing.ts", true);
  }
  plant("shared", "#platform/thing.ts", false);
  plant("shared", "../src/platform/thing.ts", false);
  plant("shared", "#shared/thing.ts", true);
  plant("src/platform", "../modules/posts/index.ts", false);
  plant("src/platform", "../app.ts", false);
  plant("src/platform/db", "../../app.ts", false);
  plant("src/platform/db", "../http/thing.ts", false);
  plant("src/platform/db", "#platform/http/thing.ts", true);
  plant("src/platform/db", "#shared/thing.ts", true);

  for (const [name, allowed] of Object.entries(MODULES)) {
    const folder = `src/modules/${name}`;
    for (const other of Object.keys(MODULES)) {
      if (other === name) continue;
      plant(folder, `#modules/${other}/index.ts`, allowed.includes(other));
      plant(folder, `#modules/${other}/sql.ts`, false);
    }
    plant(folder, `#modules/${name}/thing.ts`, true);
    plant(folder, "./thing.ts", true);
    plant(folder, "#platform/thing.ts", true);
    plant(folder, "#shared/thing.ts", true);
    plant(folder, "#doors/mastodon/door.ts", false);
    plant(folder, "../posts/thing.ts", false);
    plant(folder, "../../app.ts", false);
    plant(folder, "../../doors/mastodon/door.ts", false);
    plant(folder, "#web/lib/thing.ts", false);
    plant(folder, "#test/support/thing.ts", false);
    plant(folder, "#test/support/thing.ts", true, ".int.test.ts");
    plant(folder, "#modules/posts/index.ts", true, ".int.test.ts");
    plant(folder, "#modules/posts/sql.ts", false, ".int.test.ts");
    plant(folder, "../posts/thing.ts", false, ".unit.test.ts");
  }

  for (const door of DOORS) {
    const folder = `src/doors/${door}`;
    for (const name of Object.keys(MODULES)) {
      plant(folder, `#modules/${name}/index.ts`, true);
      plant(folder, `#modules/${name}/sql.ts`, false);
    }
    for (const other of DOORS) {
      if (other !== door) plant(folder, `#doors/${other}/door.ts`, false);
    }
    plant(folder, `#doors/${door}/door.ts`, true);
    plant(folder, "#platform/thing.ts", true);
    plant(folder, "../../modules/posts/index.ts", false);
    plant(folder, "../../app.ts", false);
    plant(folder, "#web/lib/thing.ts", false);
    plant(folder, "#test/support/thing.ts", false);
  }

  for (const folder of ["src/cli", "test/integration", "tools"]) {
    plant(folder, "#modules/posts/index.ts", true);
    plant(folder, "#modules/posts/sql.ts", false);
    plant(folder, "#platform/thing.ts", true);
    plant(folder, "#web/lib/thing.ts", false);
  }

  out.push(...outgoing());

  plant("web/lib", "#shared/thing.ts", true);
  plant("web/lib", "#web/lib/thing.ts", true);
  for (const target of ["#platform/thing.ts", "#modules/posts/index.ts", "#doors/mastodon/door.ts"]) {
    plant("web/lib", target, false);
  }
  plant("web/lib", "../../src/platform/thing.ts", false);
  plant("web/lib", "../../src/modules/posts/index.ts", false);

  out.push(
    rule("src/platform/planted-env.ts", "export const port = process.env.PORT;\n", "node(no-process-env)"),
    { file: "src/platform/config/env.ts", source: "export const port = process.env.PORT;\n" },
    rule("src/platform/planted-default.ts", "export default 1;\n", "import(no-default-export)"),
    rule("src/platform/planted-any.ts", "export const x: any = 1;\n", "typescript(no-explicit-any)"),
    rule(
      "src/platform/planted-bang.ts",
      "export const f = (x: number | null) => x!;\n",
      "typescript(no-non-null-assertion)",
    ),
    rule("src/platform/planted-exit.ts", "export const f = () => process.exit(1);\n", "unicorn(no-process-exit)"),
    rule("src/platform/planted-long.ts", "export {};\n".repeat(601), "eslint(max-lines)"),
    rule("src/platform/plantedName.ts", "export {};\n", "unicorn(filename-case)"),
    rule(
      "src/platform/planted-a.ts",
      'import { b } from "#platform/planted-b.ts";\nexport const a = () => b;\n',
      "import(no-cycle)",
    ),
    rule(
      "src/platform/planted-b.ts",
      'import { a } from "./planted-a.ts";\nexport const b = () => a;\n',
      "import(no-cycle)",
    ),
  );
  return out;
}

/** Ways out of the server that bypass the guarded client, in every layer; and what stays allowed. */
function outgoing(): Plant[] {
  const out: Plant[] = [];
  const folders = ["src", "src/cli", "src/platform", "src/platform/http"];
  for (const name of Object.keys(MODULES)) folders.push(`src/modules/${name}`);
  for (const door of DOORS) folders.push(`src/doors/${door}`);
  const imports = [
    'import { request } from "undici";\nexport const used = request;\n',
    'import { get } from "node:http";\nexport const used = get;\n',
    'import http from "node:http";\nexport const used = http;\n',
    'import * as http from "node:http";\nexport const used = http;\n',
    'import { request } from "node:https";\nexport const used = request;\n',
    'import { connect } from "node:http2";\nexport const used = connect;\n',
    'import { connect } from "node:net";\nexport const used = connect;\n',
    'import { Socket } from "node:net";\nexport const used = Socket;\n',
    'import { connect } from "node:tls";\nexport const used = connect;\n',
    'export const used = await import("undici");\n',
    'export { request } from "node:http";\n',
  ];
  const globals = [
    ["export const used = fetch;\n", "eslint(no-restricted-globals)"],
    ["export const used = () => new WebSocket('wss://x.test');\n", "eslint(no-restricted-globals)"],
    ["export const used = globalThis.fetch;\n", "eslint(no-restricted-properties)"],
  ] as const;
  const fine = [
    'import { createServer } from "node:http";\nexport const used = createServer;\n',
    'import type { IncomingMessage } from "node:http";\nexport type Used = IncomingMessage;\n',
    'import { BlockList } from "node:net";\nexport const used = BlockList;\n',
  ];
  for (const folder of folders) {
    for (const [n, source] of imports.entries()) out.push(rule(`${folder}/outgoing-${n}.ts`, source, IMPORTS));
    for (const [n, [source, code]] of globals.entries()) out.push(rule(`${folder}/outgoing-g${n}.ts`, source, code));
    for (const [n, source] of fine.entries()) out.push({ file: `${folder}/incoming-${n}.ts`, source });
  }
  for (const [n, source] of imports.entries()) out.push({ file: `src/platform/fetch/outgoing-${n}.ts`, source });
  out.push(rule("src/platform/fetch/upwards.ts", 'export { thing } from "#modules/posts/index.ts";\n', IMPORTS));
  return out;
}

function rule(file: string, source: string, forbidden: string): Plant {
  return { file, source, forbidden };
}

/** Files the planted imports point to, so that they resolve. */
function targets(): string[] {
  const thing = ["shared/thing.ts", "src/app.ts", "src/platform/thing.ts", "src/platform/db/thing.ts"];
  thing.push("src/platform/http/thing.ts", "web/lib/thing.ts", "test/support/thing.ts");
  for (const name of Object.keys(MODULES)) {
    for (const file of ["index", "sql", "thing"]) thing.push(`src/modules/${name}/${file}.ts`);
  }
  for (const door of DOORS) thing.push(`src/doors/${door}/door.ts`);
  return thing;
}

interface Diagnostic {
  code?: string;
  filename?: string;
}

/**
 * Runs the proof.
 *
 * @param configFile the oxlint configuration to judge.
 * @returns one sentence per planted file that was judged wrongly; empty when all rules hold.
 */
export function checkBoundaries(configFile: string = join(ROOT, ".oxlintrc.json")): string[] {
  const tree = mkdtempSync(join(tmpdir(), "skein-boundaries-"));
  try {
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    };
    cpSync(configFile, join(tree, ".oxlintrc.json"));
    const { imports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { imports: unknown };
    write("package.json", JSON.stringify({ name: "planted", type: "module", imports }));
    for (const file of targets()) write(file, "export const thing = 1;\nexport type Thing = number;\n");
    const planted = plants();
    for (const { file, source } of planted) write(file, source);

    const oxlint = join(ROOT, "node_modules/oxlint/bin/oxlint");
    const run = spawnSync(process.execPath, [oxlint, "--format=json"], {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    if (run.error) return [`oxlint could not be started: ${run.error.message}`];
    const found = new Map<string, Set<string>>();
    let report: { diagnostics: Diagnostic[]; number_of_files?: number };
    try {
      report = JSON.parse(run.stdout) as typeof report;
    } catch {
      return [`oxlint did not answer with JSON: ${run.stdout.slice(0, 500)}${run.stderr.slice(0, 500)}`];
    }
    for (const { code, filename } of report.diagnostics) {
      if (!code || !filename) continue;
      const codes = found.get(filename) ?? new Set<string>();
      found.set(filename, codes.add(code));
    }

    const problems: string[] = [];
    for (const { file, source, forbidden } of planted) {
      const codes = found.get(file) ?? new Set<string>();
      const shown = source.split("\n")[0];
      if (forbidden && !codes.has(forbidden)) problems.push(`not reported by ${forbidden}: ${file}: ${shown}`);
      if (!forbidden && codes.size > 0) problems.push(`wrongly reported (${[...codes].join(", ")}): ${file}: ${shown}`);
    }
    if (run.status === 0) problems.push("oxlint ended with exit code 0 over a tree full of forbidden imports");
    return problems;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/**
 * Looks for what the linter cannot see: `import("node:http")` brings the whole module, request and all, and so do `require` and
 * `getBuiltinModule`.
 *
 * @returns one sentence per file below `folder` that does so, outside of the guarded client.
 */
export function checkHiddenImports(folder: string = join(ROOT, "src")): string[] {
  const hidden = /(?:import|require|getBuiltinModule)\s*\(\s*["'`](?:node:)?(?:https?|http2|net|tls|dgram|undici)["'`]/;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith(join("platform", "fetch")))
    .filter((file) => hidden.test(readFileSync(join(folder, file), "utf8")))
    .map((file) => `outgoing requests go through the guarded client: ${file}`);
}

if (import.meta.main) {
  const problems = [...checkBoundaries(), ...checkHiddenImports()];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(`boundaries: ${plants().length} planted files judged rightly`);
}
