/** What a delivery does when the other server refuses its signature. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  activity,
  hostilePeer,
  type HostilePeer,
  type PeerActor,
  type Reply,
  type Seen,
} from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { signUp, type Person } from "#test/support/people.ts";

describe("a delivery that is refused", { concurrency: false }, () => {
  let here: Instance;
  let ann: Person;
  let peer: HostilePeer;
  let bob: PeerActor;
  let knocks: Seen[] = [];

  /** Each test has a host of its own: what a host understands is remembered. */
  async function meet(address: string, answer: (seen: Seen, spec: "cavage" | "rfc9421") => Reply): Promise<void> {
    peer = await hostilePeer(address);
    bob = peer.actor("bob");
    await here.takes(activity(bob, "Follow", here.actorOf(ann)), bob);
    const own: Seen[] = [];
    knocks = own;
    peer.serve("/users/bob/inbox", (seen) => {
      own.push(seen);
      return answer(seen, seen.headers["signature-input"] === undefined ? "cavage" : "rfc9421");
    });
  }
  const forms = (): string[] => knocks.map((k) => (k.headers["signature-input"] === undefined ? "cavage" : "rfc9421"));
  const post = async (): Promise<void> => {
    await ann.ok("POST", "/api/v1/statuses", { status: "hello" });
    await here.settle();
  };
  const waiting = (): Promise<{ last_status: number | null }[]> =>
    here.rows.all("select last_status from deliveries where host = $1", [peer.host]);

  before(async () => {
    here = await instance();
    ann = await signUp(here.at, "ann");
  });
  after(() => here.rows.close());

  test("by both forms of signature is dropped", async () => {
    await meet("127.0.0.13", () => ({ status: 401 }));
    await post();
    assert.deepEqual(forms(), ["cavage", "rfc9421"]);
    assert.deepEqual(await waiting(), []);
  });

  test("by one, while the host stumbles over the other, is sent again later", async () => {
    await meet("127.0.0.14", (_seen, spec) => ({ status: spec === "cavage" ? 403 : 503 }));
    await post();
    assert.deepEqual(await waiting(), [{ last_status: 503 }]);
    peer.serve("/users/bob/inbox", { status: 202 });
    await here.at.app.federation.retryHost(peer.host);
    await here.settle();
    assert.deepEqual(await waiting(), []);
  });

  test("with a wish for what has to be signed is signed so", async () => {
    const components = `("@method" "@target-uri" "@authority" "content-digest" "content-type")`;
    await meet("127.0.0.15", ({ headers }) => {
      const given = String(headers["signature-input"] ?? "");
      const fits = given.startsWith(`wish=${components};created=`) && given.includes(';nonce="n1"');
      if (fits) return { status: 202 };
      return { status: 401, headers: { "accept-signature": `wish=${components};created;keyid;nonce="n1"` } };
    });
    await post();
    assert.equal(knocks.length, 2);
    assert.deepEqual(await waiting(), []);
    // The next one begins with the form that was understood, and fulfils the wish again.
    await post();
    assert.deepEqual(forms(), ["cavage", "rfc9421", "rfc9421", "rfc9421"]);
    assert.deepEqual(await waiting(), []);
  });
});
