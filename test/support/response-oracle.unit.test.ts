import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_CONFORMANCE_DATA } from "./conformance.ts";
import { ResponseOracle, responseOracle, type OpenApi } from "./response-oracle.ts";

const answers = (schema: object): object => ({ "200": { content: { "application/json": { schema } } } });
const thing = { type: "object", required: ["id"], properties: { id: { type: "string" } } };
const document = {
  openapi: "3.1.0",
  paths: {
    "/things/{id}": { get: { responses: answers({ $ref: "#/components/schemas/Thing" }) } },
    "/things/newest": { get: { responses: answers({ type: "array", items: { $ref: "#/components/schemas/Thing" } }) } },
    "/api/v1/filters": { get: { responses: answers({ type: "object" }) } },
  },
  components: { schemas: { Thing: thing } },
} as OpenApi;

test("a literal path wins over a template, and a trailing slash does not matter", () => {
  const oracle = new ResponseOracle(document);
  assert.deepEqual(oracle.check("GET", "/things/newest/", 200, [{ id: "1" }]), {
    checked: true,
    operation: "GET /things/newest 200",
    errors: [],
  });
  assert.deepEqual(oracle.check("get", "/things/7", 200, { id: "7" }).errors, []);
});

test("wrong answers are collected by operation, most frequent first", () => {
  const oracle = new ResponseOracle(document);
  oracle.check("GET", "/things/newest", 200, {});
  oracle.check("GET", "/things/7", 200, {});
  oracle.check("GET", "/things/8", 200, { id: 8 });
  const failures = oracle.failures();
  assert.equal(failures.length, 2);
  assert.match(failures[0] ?? "", /^GET \/things\/\{id\} 200 \(2×\).*id/);
});

test("unknown paths, methods and statuses count as unchecked", () => {
  const oracle = new ResponseOracle(document);
  for (const [method, path, status] of [
    ["GET", "/other", 200],
    ["POST", "/things/1", 200],
    ["GET", "/things/1", 404],
  ] as const) {
    assert.equal(oracle.check(method, path, status, {}).checked, false);
  }
  assert.equal(oracle.coverage().unchecked, 3);
});

test("an operation whose description is known to be wrong passes", () => {
  assert.deepEqual(new ResponseOracle(document).check("GET", "/api/v1/filters", 200, []).errors, []);
});

test("the body of a checked response stays readable", async () => {
  const oracle = new ResponseOracle(document);
  const response = Response.json({ id: "1" });
  assert.equal((await oracle.checkResponse("GET", response, "/things/1")).checked, true);
  assert.deepEqual(await response.json(), { id: "1" });
});

const published = responseOracle();
test(
  "the published description finds a status without an author",
  { skip: published ? false : NO_CONFORMANCE_DATA },
  () => {
    const verdict = published?.check("GET", "/api/v1/statuses/1", 200, { id: "1" });
    assert.equal(verdict?.checked, true);
    assert.ok(verdict?.errors.some((e) => e.includes("account")));
  },
);
