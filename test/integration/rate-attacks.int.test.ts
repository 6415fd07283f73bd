/** One client is one client, whatever it writes into its headers and however it spells a path. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { before, test } from "node:test";
import { startSkein, type TestServer } from "#test/support/server.ts";

let server: TestServer;
before(async () => {
  server = await startSkein({ env: { TRUST_PROXY: "none" } });
});

/** Sends a path as it is written: `fetch` would tidy it up. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<{ status: number; remaining: number | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: server.port, method, path, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        const left = answer.headers["x-ratelimit-remaining"];
        resolve({ status: answer.statusCode ?? 0, remaining: left === undefined ? undefined : Number(left) });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

test("T40 forged addresses of the client share one bucket", async () => {
  const left: (number | undefined)[] = [];
  const names = [
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "cf-connecting-ip",
    "true-client-ip",
    "x-skein-address",
    "x-client-ip",
  ];
  for (const [i, name] of names.entries()) {
    const address = `203.0.113.${i}`;
    const headers = { "content-type": "application/json", [name]: name === "forwarded" ? `for=${address}` : address };
    const answer = await send("POST", "/api/skein/v1/sessions", headers, '{"login":"nobody","password":"wrong"}');
    assert.ok([401, 429].includes(answer.status), `${name}: ${answer.status}`);
    left.push(answer.remaining);
  }
  const [first] = left;
  assert.ok(first !== undefined);
  assert.deepEqual(
    left,
    names.map((_, i) => first - i),
  );
});

test("T40 another spelling of a path is answered from the same bucket, or not at all", async () => {
  const path = "/api/v1/instance";
  let before_ = (await send("GET", path)).remaining;
  assert.ok(before_ !== undefined);
  const spellings = [
    `${path}/`,
    `${path}.json`,
    "/api//v1/instance",
    "//api/v1/instance",
    "/api/v1/%69nstance",
    "/api/v1/x/%2e%2e/instance",
    "/api/v1/./instance",
    "/API/v1/instance",
    "/api/v1/Instance",
    `${path}?x=1`,
    `${path};x=1`,
    `${path}%00`,
  ];
  for (const method of ["GET", "HEAD"])
    for (const spelling of spellings) {
      const answer = await send(method, spelling);
      if (answer.remaining === undefined) {
        assert.ok(answer.status >= 300, `${method} ${spelling} was answered (${answer.status}) without being counted`);
        continue;
      }
      // Pages that say that there is nothing here count, too: a fresh bucket would have more left, never less.
      assert.ok(answer.remaining < before_, `${method} ${spelling}: ${answer.remaining} left after ${before_}`);
      before_ = answer.remaining;
    }
});
