import assert from "node:assert/strict";
import type { Person } from "#test/support/people.ts";

/** The routes about addresses, networks and links that are not let in. */
export async function walkBlocks(owner: Person, anna: Person): Promise<void> {
  const kinds: [path: string, body: object, changed?: object][] = [
    [
      "/api/v1/admin/ip_blocks",
      { ip: "203.0.113.0/24", severity: "sign_up_block", comment: "attack", expires_in: 3600 },
      { severity: "no_access" },
    ],
    ["/api/v1/admin/email_domain_blocks", { domain: "throwaway.example" }],
    ["/api/v1/admin/canonical_email_blocks", { email: "spam.mer+x@gmail.com" }],
  ];
  for (const [path, body, changed] of kinds) {
    const made = await owner.ok<{ id: string }>("POST", path, body);
    assert.deepEqual(await owner.ok("GET", `${path}/${made.id}`), made);
    assert.deepEqual(await owner.ok("GET", path), [made]);
    if (changed) {
      const after = await owner.ok<Record<string, unknown>>("PUT", `${path}/${made.id}`, changed);
      assert.deepEqual([after["id"], after["severity"]], [made.id, "no_access"]);
    }
    if (path.endsWith("canonical_email_blocks"))
      assert.deepEqual(await owner.ok("POST", `${path}/test`, { email: "SPAMMER@googlemail.com" }), [made]);
    assert.equal((await anna.call("GET", path)).status, 403);
    assert.equal((await owner.call("GET", `${path}/1`)).status, 404);
    assert.deepEqual(await owner.ok("DELETE", `${path}/${made.id}`), {});
    assert.equal((await owner.call("DELETE", `${path}/${made.id}`)).status, 404);
  }
  const link = await owner.ok<{ id: string; url: string }>("POST", "/api/skein/v1/mod/url_blocks", {
    url: "https://bad.example/shop",
  });
  assert.deepEqual(await owner.ok("GET", "/api/skein/v1/mod/url_blocks"), [link]);
  assert.deepEqual(await owner.ok("DELETE", `/api/skein/v1/mod/url_blocks/${link.id}`), {});
}
