/**
 * The bare limit: the HTTP stack Skein uses, sending given bytes from memory. Started by the benchmarks as a process of
 * its own: `node tools/bench/baseline.ts <file>…`. File n is served at `/n`; the port is printed as the first line.
 */
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
for (const [n, file] of process.argv.slice(2).entries()) {
  const text = readFileSync(file, "utf8");
  app.get(`/${n}`, (c) => c.body(text, 200, { "content-type": "application/json; charset=utf-8" }));
}
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(port));
