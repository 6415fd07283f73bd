import assert from "node:assert/strict";
import type { Person } from "#test/support/people.ts";

interface Report {
  id: string;
  action_taken: boolean;
  category: string;
  comment: string;
  status_ids: string[];
  target_account: { id: string };
}
interface AdminReport {
  id: string;
  action_taken: boolean;
  statuses: { id: string }[];
  account: { username: string };
  target_account: { username: string };
  assigned_account: { username: string } | null;
  action_taken_by_account: { username: string } | null;
}

/** Complaints: filed by a member, decided by staff. */
export async function walkReports(owner: Person, anna: Person, ben: Person): Promise<void> {
  const bad = await ben.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "something rude" });
  const filed = await anna.ok<Report>("POST", "/api/v1/reports", {
    account_id: ben.id,
    status_ids: [bad.id],
    category: "spam",
    comment: "rude",
  });
  assert.deepEqual(
    [filed.action_taken, filed.category, filed.comment, filed.status_ids, filed.target_account.id],
    [false, "spam", "rude", [bad.id], ben.id],
  );
  const foreign = await anna.call("POST", "/api/v1/reports", { account_id: owner.id, status_ids: [bad.id] });
  assert.equal(foreign.status, 422, await foreign.text());
  const nobody = await anna.call("GET", "/api/v1/admin/reports");
  assert.equal(nobody.status, 403, await nobody.text());
  const base = "/api/v1/admin/reports";
  const [open] = await owner.ok<AdminReport[]>("GET", base);
  assert.equal(open?.id, filed.id);
  const shown = await owner.ok<AdminReport>("GET", `${base}/${filed.id}`);
  assert.deepEqual(
    [shown.account.username, shown.target_account.username, shown.statuses.map((s) => s.id)],
    ["anna", "ben", [bad.id]],
  );
  const act = (verb: string): Promise<AdminReport> => owner.ok<AdminReport>("POST", `${base}/${filed.id}/${verb}`);
  assert.equal((await act("assign_to_self")).assigned_account?.username, owner.username);
  assert.equal((await act("unassign")).assigned_account, null);
  const resolved = await act("resolve");
  assert.deepEqual([resolved.action_taken, resolved.action_taken_by_account?.username], [true, owner.username]);
  assert.deepEqual(await owner.ok("GET", base), []);
  assert.equal((await owner.ok<AdminReport[]>("GET", `${base}?resolved=true`)).length, 1);
  assert.equal((await act("reopen")).action_taken, false);
}
