/** The command line, called as an operator does: a process of its own. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Cli {
  call(...args: string[]): Promise<{ code: number | null; out: string; err: string }>;
  /** With `--json`, and exit code 0. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>;
}

export function cliOf(place: { databaseUrl: string; dataDir: string }): Cli {
  const cli: Cli = {
    async call(...args) {
      const env = { SKEIN_ENV: "test", DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl };
      const child = spawn(process.execPath, ["src/cli/main.ts", ...args], {
        cwd: ROOT,
        env: { PATH: process.env["PATH"] ?? "", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const read = { out: "", err: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (read.out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (read.err += text));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, ...read };
    },
    async json<T>(...args: string[]) {
      const { code, out, err } = await cli.call(...args, "--json");
      assert.equal(code, 0, err);
      return JSON.parse(out) as T;
    },
  };
  return cli;
}
