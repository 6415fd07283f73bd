/**
 * Measures what a reader's browser loads first, page by page, from Vite's manifest of the built web app: scripts and styles, compressed with gzip. Fails above the limits, so that the weight of a
 * page is a decision and not an accident. Run after `vite build`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
  src?: string;
}

const output = ".svelte-kit/output";
const kilobyte = 1000;
/** Aims and hard limits in kB gzip. */
const limits = { readingAim: 60, hard: 75, css: 15 } as const;
/** Pages on which people read: these have to meet the aim. */
const reading = /^\/($|home$|explore|tags|@\[user\]|notifications$|\[list=marks\]$|search$)/;

const manifest = JSON.parse(readFileSync(`${output}/client/.vite/manifest.json`, "utf8")) as Record<string, Chunk>;
const sizes = new Map<string, number>();

function size(file: string): number {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const bytes = gzipSync(readFileSync(`${output}/client/${file}`), { level: 6 }).length;
  sizes.set(file, bytes);
  return bytes;
}

function collect(key: string, files: Set<string>): void {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) collect(next, files);
}

/** The node numbers (layouts and page) of every route, from the server's manifest. */
function routes(): { id: string; nodes: number[] }[] {
  const file = readdirSync(`${output}/server`).find((name) => name === "manifest-full.js" || name === "manifest.js");
  const text = readFileSync(`${output}/server/${file ?? "manifest.js"}`, "utf8");
  const found: { id: string; nodes: number[] }[] = [];
  for (const match of text.matchAll(/id: "([^"]+)"[\s\S]*?page: (\{ layouts: \[([\d,]*)\][^}]*leaf: (\d+) \}|null)/g)) {
    if (match[1] === undefined || match[4] === undefined) continue;
    const layouts = (match[3] ?? "")
      .split(",")
      .filter((part) => part !== "")
      .map(Number);
    found.push({ id: match[1], nodes: [...layouts, Number(match[4])] });
  }
  return found;
}

let failed = false;
const nodeKey = (node: number): string | undefined =>
  Object.keys(manifest).find((key) => key.endsWith(`/nodes/${node}.js`));
const entries = Object.keys(manifest).filter((key) => /\/(start|entry|app)\.js$/.test(key) && !key.includes("nodes"));
const rows = routes();
if (rows.length === 0 || entries.length === 0) {
  console.error("The built web app was not found, or its manifest has another shape. Build it first.");
  process.exit(1);
}
/** Pages which send no script at all. */
function scriptless(id: string): boolean {
  const file = `web/routes${id}/+page.ts`;
  return existsSync(file) && /export const csr = false/.test(readFileSync(file, "utf8"));
}
for (const { id, nodes } of rows) {
  if (scriptless(id)) continue;
  const files = new Set<string>();
  for (const entry of entries) collect(entry, files);
  for (const node of nodes) {
    const key = nodeKey(node);
    if (key) collect(key, files);
  }
  const scripts = [...files].filter((file) => file.endsWith(".js"));
  const styles = [...files].filter((file) => file.endsWith(".css"));
  const sum = (list: string[]): number => list.reduce((total, file) => total + size(file), 0) / kilobyte;
  const script = sum(scripts);
  const style = sum(styles);
  const page = id.replace(/\/\([^)]+\)/g, "") || "/";
  const limit = reading.test(page) ? limits.readingAim : limits.hard;
  const over = script > limit || style > limits.css;
  failed ||= over;
  console.log(
    `${over ? "OVER " : "ok   "}${page.padEnd(28)} scripts ${script.toFixed(1).padStart(5)} kB in ${String(scripts.length).padStart(2)}   styles ${style.toFixed(1).padStart(5)} kB in ${styles.length}`,
  );
}
if (failed) {
  console.error(
    `Above the limit: ${limits.readingAim} kB of scripts on reading pages, ${limits.hard} kB elsewhere, ${limits.css} kB of styles.`,
  );
  process.exit(1);
}
