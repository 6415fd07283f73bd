/**
 * `npm run bench [-- name …]`: benchmarks. Figures with a limit are ratios to something measured in the same run, or
 * promises of the product (start, memory); the run fails when one is exceeded. `-- --list` shows the names.
 */
import { arch, cpus, loadavg } from "node:os";
import { buildWebWhenStale } from "../test/web-build.ts";
import { emptyPoll, home } from "./benches/home.ts";
import { federation } from "./benches/federation.ts";
import { growth } from "./benches/growth.ts";
import { ledger } from "./benches/ledger.ts";
import { media } from "./benches/media.ts";
import { memeWall } from "./benches/meme-wall.ts";
import { memes } from "./benches/memes.ts";
import { post } from "./benches/post.ts";
import { safetyMedia } from "./benches/safety-media.ts";
import { start } from "./benches/start.ts";
import { removeUsualData, type Bench, type Result } from "./harness.ts";

const BENCHES: readonly Bench[] = [
  home,
  emptyPoll,
  post,
  media,
  start,
  growth,
  federation,
  ledger,
  memes,
  memeWall,
  safetyMedia,
];

function show({ what, value, unit, limit }: Omit<Result, "bench">): string {
  const number = value >= 100 ? value.toFixed(0) : value.toFixed(2);
  const verdict =
    limit === undefined ? "" : value <= limit ? `  (at most ${limit}: ok)` : `  (at most ${limit}: EXCEEDED)`;
  return `  ${what}: ${number} ${unit}${verdict}`;
}

const names = process.argv.slice(2).filter((word) => !word.startsWith("-"));
if (process.argv.includes("--list")) {
  for (const { name, about } of BENCHES) console.log(`${name.padEnd(12)}${about}`);
  process.exit(0);
}
const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(", ")}. There are: ${BENCHES.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
if (process.platform !== "linux") {
  console.error("The benchmarks read CPU times from /proc: they run on Linux only.");
  process.exit(1);
}
if (!(await buildWebWhenStale())) process.exit(1);

const [processor] = cpus();
console.log(
  `Node ${process.version}, ${arch()}, ${cpus().length} × ${processor?.model ?? "?"}, load ${loadavg()[0]?.toFixed(1)}`,
);
const exceeded: string[] = [];
for (const bench of BENCHES) {
  if (names.length > 0 ? !names.includes(bench.name) : bench.slow) continue;
  console.log(`\n${bench.name}: ${bench.about}`);
  try {
    await bench.run((result) => {
      console.log(show(result));
      if (result.limit !== undefined && !(result.value <= result.limit)) exceeded.push(`${bench.name}: ${result.what}`);
    });
  } catch (error) {
    console.log(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    exceeded.push(`${bench.name}: failed`);
  }
}
removeUsualData();
if (exceeded.length > 0) {
  console.log(`\nExceeded or failed:\n${exceeded.map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
console.log("\nAll limits kept.");
