import assert from "node:assert/strict";
import { test } from "node:test";
import { missingEndpoints, pathShape, type Endpoint } from "./route-table.ts";

const row = (method: string, path: string, priority = "P0"): Endpoint => {
  return { method, path, priority, entity: "", calledBy: "" };
};

test("parameter names, queries and trailing slashes do not matter", () => {
  assert.equal(pathShape("/api/v1/statuses/:id/context/"), pathShape("/api/v1/statuses/{status}/context"));
  assert.equal(pathShape("/api/v1/timelines/link?url=:url"), "/api/v1/timelines/link");
  assert.equal(pathShape("/"), "/");
});

test("missing endpoints of the wanted priority are listed", () => {
  const wanted = [row("GET", "/a/:id"), row("POST", "/a/:id"), row("GET", "/b", "P1"), row("GET", "/c")];
  const routes = [
    { method: "get", path: "/a/:name" },
    { method: "GET", path: "/c" },
  ];
  assert.deepEqual(missingEndpoints(routes, wanted), ["POST /a/:id"]);
});
