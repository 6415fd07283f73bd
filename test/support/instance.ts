/** A Skein in this process that talks to peers on loopback, with a look into its database. */
import assert from "node:assert/strict";
import { testApp, type TestApp } from "./app.ts";
import { send, type HostilePeer, type Json, type PeerActor, type Signing } from "./hostile-peer.ts";
import type { Person } from "./people.ts";
import { rowsOf, type Rows } from "./rows.ts";

export interface Instance {
  at: TestApp;
  rows: Rows;
  /** Works off everything: the inbox, the jobs, the deliveries. */
  settle(): Promise<void>;
  /** Sends something signed to the shared inbox; gives the status. */
  send(what: Json | string, by: PeerActor, how?: Partial<Signing> & { path?: string }): Promise<number>;
  /** The same, and it has to be taken; returns when it is applied. */
  takes(what: Json, by: PeerActor): Promise<void>;
  /** Does something, and fails when it left a trace in the database. `except` leaves tables out. */
  unmoved(work: () => Promise<void>, except?: readonly string[]): Promise<void>;
  /** The id that somebody elsewhere has here, as `viewer` finds them by handle. */
  find(viewer: Person, actor: PeerActor, peer: HostilePeer): Promise<string>;
  /** `viewer` follows somebody elsewhere, who accepts. */
  follow(viewer: Person, actor: PeerActor, peer: HostilePeer): Promise<string>;
  /** Actor id of somebody here. */
  actorOf(person: Person): string;
  /** Object id of a post here. */
  postOf(id: string): string;
}

export async function instance(env: Record<string, string> = {}): Promise<Instance> {
  const at = await testApp({ SKEIN_ALLOW_LOOPBACK_PEERS: "1", ...env });
  const rows = await rowsOf(at.databaseUrl);
  const { app } = at;
  let counter = 0;
  const self: Instance = {
    at,
    rows,
    async settle() {
      for (let calm = 0, round = 0; calm < 2; round++) {
        assert.ok(round < 200, "it does not come to rest");
        await app.federation.idle();
        await app.jobs.drain();
        await app.federation.idle();
        const [left] = await rows.all<{ n: string }>(
          `select ((select count(*) from inbox_queue) + (select count(*) from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts))::text as n`,
        );
        calm = left?.n === "0" ? calm + 1 : 0;
      }
    },
    send: (what, by, how = {}) => send(at, what, { by, ...how }),
    async takes(what, by) {
      assert.equal(await self.send(what, by), 202);
      await self.settle();
    },
    async unmoved(work, except = []) {
      await self.settle();
      const before = await rows.snapshot(except);
      await work();
      await self.settle();
      const now = await rows.snapshot(except);
      assert.deepEqual(
        Object.keys(now).filter((table) => now[table] !== before[table]),
        [],
        "these tables have changed",
      );
    },
    async find(viewer, actor, peer) {
      const found = await viewer.ok<{ accounts: { id: string }[] }>(
        "GET",
        `/api/v2/search?q=${encodeURIComponent(`@${actor.name}@${peer.host}`)}&resolve=true&type=accounts`,
      );
      assert.equal(found.accounts.length, 1, `${actor.name} was not found`);
      return found.accounts[0]?.id ?? "";
    },
    async follow(viewer, actor, peer) {
      const id = await self.find(viewer, actor, peer);
      await viewer.ok("POST", `/api/v1/accounts/${id}/follow`);
      await self.settle();
      await self.takes(
        {
          "@context": "https://www.w3.org/ns/activitystreams",
          id: `${actor.id}/accepts/${++counter}`,
          type: "Accept",
          actor: actor.id,
          object: { type: "Follow", actor: self.actorOf(viewer), object: actor.id },
        },
        actor,
      );
      return id;
    },
    actorOf: (person) => `${at.url}/ap/actors/${person.id}`,
    postOf: (id) => `${at.url}/ap/posts/${id}`,
  };
  return self;
}
