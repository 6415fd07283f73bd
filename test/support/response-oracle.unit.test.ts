import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_CONFORMANCE_DATA } from "./conformance.ts";
import { responseOracle } from "./response-oracle.ts";

const oracle = responseOracle();
const skip = oracle ? false : NO_CONFORMANCE_DATA;

test("a literal path wins over a template, and a trailing slash does not matter", { skip }, () => {
  const verdict = oracle?.check("GET", "/api/v1/accounts/verify_credentials/", 200, {});
  assert.equal(verdict?.operation, "GET /api/v1/accounts/verify_credentials 200");
});

test("an answer without a required field is refused", { skip }, () => {
  const verdict = oracle?.check("GET", "/api/v1/statuses/1", 200, { id: "1" });
  assert.equal(verdict?.checked, true);
  assert.ok(verdict?.errors.some((e) => e.includes("account")));
  assert.ok(oracle?.failures().some((line) => line.startsWith("GET /api/v1/statuses/{id} 200")));
});

test("an answer the description accepts passes", { skip }, () => {
  const body = { id: "1", following: false, requested: false };
  const verdict = oracle?.check("GET", "/api/v1/markers", 200, {});
  assert.deepEqual(verdict?.errors, []);
  const wrong = oracle?.check("GET", "/api/v1/accounts/relationships", 200, body);
  assert.ok((wrong?.errors.length ?? 0) > 0, "an object where an array belongs");
});

test("paths outside the description are not checked", { skip }, () => {
  assert.equal(oracle?.check("GET", "/api/skein/v1/me", 200, {}).checked, false);
});
