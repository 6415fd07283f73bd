/** Instances that show themselves only to those who say who they are, or talk to listed ones only. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import { setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

interface Account {
  id: string;
  acct: string;
  uri: string;
}

const PEERS = { SKEIN_ALLOW_LOOPBACK_PEERS: "1" };
const hostOf = (server: TestServer): string => new URL(server.url).host;
const search = async (viewer: Person, address: string): Promise<Account | undefined> =>
  (
    await viewer.ok<{ accounts: Account[] }>(
      "GET",
      `/api/v2/search?q=${encodeURIComponent(address)}&resolve=true&type=accounts`,
    )
  ).accounts[0];
const unsigned = (uri: string): Promise<Response> => fetch(uri, { headers: { accept: "application/activity+json" } });

describe("closed instances", { concurrency: false }, () => {
  test("with authorised fetch documents are shown to signed requests only, and two such instances still meet", async () => {
    const env = { ...PEERS, SKEIN_AUTHORIZED_FETCH: "1" };
    const [north, south] = await Promise.all([startSkein({ env }), startSkein({ env })]);
    const [ann, ben] = [await signUp(north, "ann"), await signUp(south, "ben")];
    const post = await ben.ok<{ uri: string }>("POST", "/api/v1/statuses", {
      status: "open to those who say who they are",
    });
    const found = await search(ann, `@ben@${hostOf(south)}`);
    assert.ok(found);
    await ann.ok("POST", `/api/v1/accounts/${found.id}/follow`);
    await eventually("ann follows ben", async () => {
      const [row] = await ann.ok<{ following: boolean }[]>("GET", `/api/v1/accounts/relationships?id[]=${found.id}`);
      return row?.following;
    });
    for (const uri of [found.uri, post.uri, `${found.uri}/outbox`]) {
      const answer = await unsigned(uri);
      assert.equal(answer.status, 401, uri);
      await answer.arrayBuffer();
    }
    const instance = await unsigned(`${south.url}/actor`);
    assert.equal(instance.status, 200);
    await instance.arrayBuffer();
    await Promise.all([north.stop(), south.stop()]);
  });

  test("a limited instance talks to listed ones only", async () => {
    const [north, south] = await Promise.all([
      startSkein({ env: { ...PEERS, SKEIN_LIMITED_FEDERATION: "1" } }),
      startSkein({ env: PEERS }),
    ]);
    const owner = await setUpOwner(north);
    const [ann, ben] = [await signUp(north, "ann"), await signUp(south, "ben")];
    assert.equal(await search(ann, `@ben@${hostOf(south)}`), undefined);
    // Nor does the other side get in: what it sends is dropped.
    const ours = await search(ben, `@ann@${hostOf(north)}`);
    if (ours) await ben.ok("POST", `/api/v1/accounts/${ours.id}/follow`);
    assert.deepEqual(await ann.ok("GET", "/api/v1/notifications"), []);
    await owner.ok("POST", "/api/v1/admin/domain_allows", { domain: hostOf(south) });
    const found = await eventually("ben is found", () => search(ann, `@ben@${hostOf(south)}`));
    await ann.ok("POST", `/api/v1/accounts/${found.id}/follow`);
    await eventually("ann follows ben", async () => {
      const [row] = await ann.ok<{ following: boolean }[]>("GET", `/api/v1/accounts/relationships?id[]=${found.id}`);
      return row?.following;
    });
    await Promise.all([north.stop(), south.stop()]);
  });
});
