import assert from "node:assert/strict";
import { test } from "node:test";
import { addMissing, missingOptional } from "./check-lockfile.ts";

const lock = () => ({
  packages: {
    "": { version: "1.0.0" },
    "node_modules/tool": {
      dev: true,
      license: "MIT",
      optionalDependencies: { "@tool/linux-x64-musl": "2.0.0", "@tool/darwin-arm64": "2.0.0", odd: "3.0.0" },
    },
    "node_modules/@tool/darwin-arm64": { version: "2.0.0" },
  },
});

test("missing optional packages are found", () => {
  assert.deepEqual(
    missingOptional(lock()).map((m) => m.name),
    ["@tool/linux-x64-musl", "odd"],
  );
});

test("an entry is added where the name tells the platform, and the rest is told", () => {
  const fixed: Parameters<typeof addMissing>[0] = lock();
  assert.deepEqual(
    addMissing(fixed).map((m) => m.name),
    ["odd"],
  );
  const added = fixed.packages["node_modules/@tool/linux-x64-musl"];
  assert.deepEqual(added?.os, ["linux"]);
  assert.deepEqual(added?.cpu, ["x64"]);
  assert.deepEqual(added?.libc, ["musl"]);
  assert.equal(added?.optional, true);
  assert.equal(added?.dev, true);
});
