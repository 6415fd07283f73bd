import assert from "node:assert/strict";
import { test } from "node:test";
import { testApp } from "#test/support/app.ts";
import { NO_CONFORMANCE_DATA } from "#test/support/conformance.ts";
import { endpoints, missingEndpoints, pathShape } from "#test/support/route-table.ts";

const wanted = endpoints();

test("no two routes answer the same method and path", async () => {
  const { app } = await testApp();
  const shapes = app.routes.map((r) => `${r.method} ${pathShape(r.path)}`);
  assert.deepEqual(
    shapes.filter((shape, i) => shapes.indexOf(shape) !== i),
    [],
  );
});

test(
  "which endpoints of Mastodon's clients are still missing",
  { skip: wanted ? false : NO_CONFORMANCE_DATA },
  async (t) => {
    const { app } = await testApp();
    const missing = missingEndpoints(app.routes, wanted ?? []);
    const total = wanted?.filter((row) => row.priority === "P0").length ?? 0;
    t.diagnostic(`note: ${missing.length} of ${total} endpoints of the first priority have no route yet`);
    for (const row of missing) t.diagnostic(`note:   ${row}`);
    assert.ok(missing.length < total);
  },
);
