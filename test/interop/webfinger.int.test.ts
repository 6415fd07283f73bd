/** What RFC 7033 asks of a WebFinger server, and what ActivityPub servers ask of each other's signatures; sections in the names. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { activity, hostilePeer, type HostilePeer, type Json, type PeerActor } from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { signUp, type Person } from "#test/support/people.ts";

interface Jrd {
  subject: string;
  aliases: string[];
  links: { rel: string; type?: string; href?: string; template?: string }[];
}

let here: Instance;
let peer: HostilePeer;
let bob: PeerActor;
let ann: Person;
let acct: string;
let domain: string;

before(async () => {
  [here, peer] = await Promise.all([instance(), hostilePeer("127.0.0.7")]);
  bob = peer.actor("bob");
  ann = await signUp(here.at, "ann");
  domain = new URL(here.at.url).host;
  acct = `acct:ann@${domain}`;
});
after(() => here.rows.close());

const ask = (query: string): Promise<Response> => here.at.fetch(`/.well-known/webfinger${query}`);
async function jrd(query: string): Promise<Jrd> {
  const answer = await ask(query);
  assert.equal(answer.status, 200, query);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/jrd\+json/);
  return (await answer.json()) as Jrd;
}
const resource = (name: string): string => `?resource=${encodeURIComponent(name)}`;
const SELF = "self";
const PAGE = "http://webfinger.net/rel/profile-page";

describe("WebFinger (RFC 7033)", () => {
  test("4.1 the order of the parameters does not matter", async () => {
    const rels = [SELF, PAGE].map((rel) => `rel=${encodeURIComponent(rel)}`);
    const name = `resource=${encodeURIComponent(acct)}`;
    const orders = [
      [name, ...rels],
      [...rels, name],
      [rels[1], name, rels[0]],
      [name, ...[...rels].reverse()],
    ];
    const found = await Promise.all(orders.map((order) => jrd(`?${order.join("&")}`)));
    for (const one of found) assert.deepEqual(one, found[0]);
  });

  test("4.1 every rel is accepted, and what is returned is a part of the whole", async () => {
    const whole = await jrd(resource(acct));
    for (const rels of [[SELF], [PAGE], ["http://unknown.example/rel"], [SELF, "x"], [""], ["%", "a b"]]) {
      const some = await jrd(`${resource(acct)}${rels.map((rel) => `&rel=${encodeURIComponent(rel)}`).join("")}`);
      assert.deepEqual(
        some.links,
        whole.links.filter((l) => rels.includes(l.rel)),
      );
      assert.deepEqual({ ...some, links: [] }, { ...whole, links: [] });
    }
  });

  test("4.2 an account that exists answers 200 with a valid JRD, by every name it has", async () => {
    const actor = here.actorOf(ann);
    for (const name of [acct, acct.replace("ann", "ANN"), actor, `${here.at.url}/@ann`]) {
      const found = await jrd(resource(name));
      assert.equal(found.subject, acct);
      assert.ok(found.aliases.includes(actor));
      const self = found.links.find((l) => l.rel === SELF);
      assert.deepEqual([self?.type, self?.href], ["application/activity+json", actor]);
    }
  });

  test("4.2 a missing or malformed resource is 400 and no JRD", async () => {
    for (const query of [
      "",
      "?resource=",
      "?rel=self",
      "?resource=ann",
      `?resource==${acct}`,
      "?resource=acct:%20",
      "?resource=a%20b:c",
    ]) {
      const answer = await ask(query);
      assert.equal(answer.status, 400, query);
      assert.equal(((await answer.json()) as Partial<Jrd>).links, undefined);
    }
  });

  test("4.2 an account that does not exist is 404", async () => {
    for (const name of [
      `acct:nobody@${domain}`,
      "acct:ann@elsewhere.example",
      `${here.at.url}/@nobody`,
      `${here.at.url}/ap/actors/1`,
      `acct:@${domain}x`,
    ]) {
      const answer = await ask(resource(name));
      assert.equal(answer.status, 404, name);
      await answer.arrayBuffer();
    }
  });

  test("4.2 nothing is redirected", async () => {
    for (const query of ["", resource(acct), resource("acct:x@y.example")]) {
      const answer = await ask(query);
      assert.ok(answer.status < 300 || answer.status >= 400);
      await answer.arrayBuffer();
    }
  });

  test("4.5 any scheme is accepted as a resource; unknown ones are 404", async () => {
    for (const name of [
      "mailto:ann@x.example",
      "urn:isbn:1",
      "tel:+1",
      "did:web:x.example",
      "gopher://x/",
      "x-y.z+1:a",
      `https://${domain}/`,
      "acct:",
    ]) {
      const answer = await ask(resource(name));
      assert.ok([404, ...(name === "acct:" ? [400] : [])].includes(answer.status), `${name} ${answer.status}`);
      await answer.arrayBuffer();
    }
  });

  test("5 any origin may read every answer", async () => {
    for (const query of ["", resource(acct), resource("acct:x@y.example")]) {
      const answer = await here.at.fetch(`/.well-known/webfinger${query}`, {
        headers: { origin: "https://x.example" },
      });
      assert.equal(answer.headers.get("access-control-allow-origin"), "*", query);
      await answer.arrayBuffer();
    }
  });

  test("5 the instance has a handle, too, and its actor names the same", async () => {
    const found = await jrd(resource(`acct:${domain}@${domain}`));
    assert.equal(found.links.find((l) => l.rel === SELF)?.href, `${here.at.url}/actor`);
  });
});

describe("signatures between servers", () => {
  const document = async (path: string): Promise<Json> => {
    const answer = await here.at.fetch(path, { headers: { accept: "application/activity+json" } });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as Json;
  };
  const note = (more: Json): Json => {
    const made: Json = peer.note(bob, `n${Math.random()}`, {
      tag: [{ type: "Mention", href: here.actorOf(ann) }],
      ...more,
    });
    return made;
  };
  const stored = async (id: unknown): Promise<boolean> =>
    (await here.rows.one("select 1 as found from posts where uri = $1", [id])) !== undefined;

  test("every actor document carries a usable public key, and names itself as its owner", async () => {
    for (const path of ["/actor", `/ap/actors/${ann.id}`, "/@ann"]) {
      const actor = await document(path);
      const key = actor["publicKey"] as Json;
      assert.equal(key["owner"], actor["id"]);
      assert.ok(String(key["id"]).startsWith(`${String(actor["id"])}#`));
      assert.match(String(key["publicKeyPem"]), /^-----BEGIN PUBLIC KEY-----\n/);
    }
  });

  test("the instance actor is readable without a signature, also where everything else needs one", async () => {
    const closed = await instance({ SKEIN_AUTHORIZED_FETCH: "1" });
    const cara = await signUp(closed.at, "cara");
    const headers = { accept: "application/activity+json" };
    const status = async (path: string): Promise<number> => {
      const answer = await closed.at.fetch(path, { headers });
      await answer.arrayBuffer();
      return answer.status;
    };
    assert.equal(await status("/actor"), 200);
    assert.equal(await status(`/ap/actors/${cara.id}`), 401);
    await closed.rows.close();
  });

  test("a Create signed by the actor of the activity is accepted", async () => {
    for (const spec of ["cavage", "rfc9421"] as const) {
      const made = note({});
      assert.equal(await here.send(activity(bob, "Create", made), bob, { spec }), 202);
      await here.settle();
      assert.ok(await stored(made["id"]), spec);
    }
  });

  test("a Note without attributedTo counts as the actor's own when actor and signature agree", async () => {
    const made = note({ attributedTo: undefined });
    await here.takes(activity(bob, "Create", made), bob);
    assert.ok(await stored(made["id"]));
  });

  test("a Note whose attributedTo is the signer is accepted, in every form it is written", async () => {
    for (const attributedTo of [bob.id, [bob.id], { id: bob.id, type: "Person" }, [{ type: "Person", id: bob.id }]]) {
      const made = note({ attributedTo });
      await here.takes(activity(bob, "Create", made), bob);
      assert.ok(await stored(made["id"]), JSON.stringify(attributedTo));
    }
  });

  test("an inbox answers 401 to requests without a signature, and 401 to one that does not verify", async () => {
    const body = JSON.stringify(activity(bob, "Like", here.actorOf(ann)));
    for (const path of ["/inbox", "/actor/inbox", `/ap/actors/${ann.id}/inbox`]) {
      const answer = await here.at.fetch(path, { method: "POST", body });
      assert.equal(answer.status, 401, path);
      await answer.arrayBuffer();
      const spoiled = await here.send(JSON.parse(body) as Json, bob, { path, signedUrl: `${here.at.url}/other` });
      assert.equal(spoiled, 401, path);
    }
  });

  test("a valid signature of some other actor has no effect", async () => {
    const eve = peer.actor("eve");
    await here.find(ann, eve, peer);
    const made = note({});
    await here.unmoved(async () => assert.equal(await here.send(activity(bob, "Create", made), eve), 401));
  });
});
