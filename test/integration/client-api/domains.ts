import assert from "node:assert/strict";
import type { Person } from "#test/support/people.ts";

/** The routes about what holds for other servers. */
export async function walkDomains(owner: Person, anna: Person): Promise<void> {
  interface Rule {
    id: string;
    domain: string;
    severity: string;
    reject_media: boolean;
    public_comment: string | null;
    private_comment: string | null;
  }
  const blocks = "/api/v1/admin/domain_blocks";
  const rule = await owner.ok<Rule>("POST", blocks, {
    domain: "Loud.Example",
    severity: "silence",
    private_comment: "see the mail of May",
    public_comment: "spam",
    obfuscate: true,
  });
  assert.equal(rule.domain, "loud.example");
  assert.deepEqual(await owner.ok("GET", `${blocks}/${rule.id}`), rule);
  assert.deepEqual(await owner.ok("GET", blocks), [rule]);
  const twice = await owner.call("POST", blocks, { domain: "loud.example", severity: "suspend" });
  assert.equal(twice.status, 422);
  assert.deepEqual(((await twice.json()) as { existing_domain_block: Rule }).existing_domain_block, rule);
  const changed = await owner.ok<Rule>("PUT", `${blocks}/${rule.id}`, { severity: "suspend", reject_media: true });
  assert.deepEqual(changed, { ...rule, severity: "suspend", reject_media: true });
  const seen = await anna.ok<{ domain: string; digest: string; comment: string }[]>(
    "GET",
    "/api/v1/instance/domain_blocks",
  );
  assert.deepEqual(seen, [
    {
      domain: "loud.*****le",
      digest: "354b62204d7066cbec71a6a692bdad3f8ef6369bbac0401f8a2f7e75ee91ae9d",
      severity: "suspend",
      comment: "spam",
    },
  ]);
  await owner.ok("DELETE", `${blocks}/${rule.id}`);
  assert.deepEqual(await owner.ok("GET", blocks), []);
  const allows = "/api/v1/admin/domain_allows";
  const allowed = await owner.ok<{ id: string; domain: string }>("POST", allows, { domain: "good.example" });
  assert.equal((await owner.ok<{ id: string }>("POST", allows, { domain: "good.example" })).id, allowed.id);
  assert.deepEqual(await owner.ok("GET", `${allows}/${allowed.id}`), allowed);
  assert.deepEqual(await owner.ok("GET", allows), [allowed]);
  await owner.ok("DELETE", `${allows}/${allowed.id}`);
  assert.deepEqual(await owner.ok("GET", allows), []);
  for (const path of [blocks, allows]) assert.equal((await anna.call("GET", path)).status, 403);
}
