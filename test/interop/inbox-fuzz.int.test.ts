/**
 * Validly signed nonsense against the inbox, and as answers to what it makes us fetch. 5,000 activities; SKEIN_FUZZ=100000 for more,
 * SKEIN_FUZZ_SEED for others.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpus } from "#test/fixtures/activitypub/corpus.ts";
import { activity, hostilePeer, PUBLIC, type Json, type PeerActor } from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { mutated, random, type Material } from "#test/support/mutate.ts";
import { signUp } from "#test/support/people.ts";

const ROUNDS = Number(process.env["SKEIN_FUZZ"] ?? 5000);
const SEED = Number(process.env["SKEIN_FUZZ_SEED"] ?? 1);
const TOGETHER = 250;
const METRICS = "a token for the metrics";

/** Puts the documents of the corpus on hosts that exist here, so that nothing is looked for anywhere else. */
function rehosted(value: unknown, hosts: readonly string[], key = ""): unknown {
  if (key === "@context") return value;
  if (key === "webfinger") return undefined;
  if (typeof value === "string") {
    if (value.startsWith("https://www.w3.org/")) return value;
    return value.replaceAll(/https?:\/\/([^/\s"'<>]+)/g, (_, host: string) => hosts[host.length % hosts.length] ?? "");
  }
  if (Array.isArray(value)) return value.map((entry) => rehosted(entry, hosts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, rehosted(entry, hosts, name)]));
}

/** What no activity of the attackers may change, and what none of them may be able to write. */
async function protectedRows(here: Instance, evil: string): Promise<Record<string, unknown>> {
  const theirs = `(select id from accounts where uri like '${evil}/%')`;
  const queries: Record<string, string> = {
    "posts of others": `select id, account_id, uri, visibility, content, spoiler_text, edited_at, withheld, pinned_at, in_reply_to_id, quote_of_id, quote_state, media, tags
      from posts where account_id not in ${theirs} order by id`,
    "people elsewhere": `select id, uri, username, domain, display_name, note_html, moved_to_id, also_known_as, suspended_at, deleted_at, avatar from accounts
      where id not in ${theirs} order by id`,
    "follows of others": `select account_id, target_id from follows where account_id not in ${theirs} and target_id not in ${theirs} order by 1, 2`,
    "requests of others": `select account_id, target_id from follow_requests where account_id not in ${theirs} and target_id not in ${theirs} order by 1, 2`,
    "blocks of others": `select account_id, target_id from blocks where account_id not in ${theirs} order by 1, 2`,
    "mutes of others": `select account_id, target_id from mutes where account_id not in ${theirs} order by 1, 2`,
    "likes of others": `select account_id, post_id from favourites where account_id not in ${theirs} order by 1, 2`,
    bookmarks: `select account_id, post_id from bookmarks order by 1, 2`,
    "votes of others": `select account_id, post_id, choice from poll_votes where account_id not in ${theirs} order by 1, 2, 3`,
    "keys of others": `select id, pem, account_id from remote_keys where account_id not in ${theirs} order by id`,
    "actors of others": `select account_id, uri, inbox, shared_inbox, gone_at from remote_actors where account_id not in ${theirs} order by 1`,
    "own keys": `select account_id, public_pem from local_keys order by 1`,
    users: `select account_id, role from users order by 1`,
    // Of each of these there must be none at all.
    "posts whose author lives elsewhere": `select p.uri from posts p join accounts a on a.id = p.account_id
      where p.uri is not null and (a.uri is null or split_part(p.uri, '/', 3) <> split_part(a.uri, '/', 3))`,
    "our addresses taken by strangers": `select uri from posts where uri like '${here.at.url}/%' union all select uri from accounts where uri like '${here.at.url}/%'`,
    "actors with parts elsewhere": `select uri from remote_actors where split_part(inbox, '/', 3) <> host or split_part(uri, '/', 3) <> host
      or split_part(coalesce(shared_inbox, inbox), '/', 3) <> host or split_part(coalesce(followers, inbox), '/', 3) <> host`,
    "keys with other origins": `select k.id from remote_keys k join remote_actors r using (account_id) where split_part(k.id, '/', 3) <> r.host`,
    "boosts of hidden posts": `select b.id from posts b join posts p on p.id = b.boost_of_id where p.visibility > 1 and b.account_id in ${theirs} and p.account_id not in ${theirs}`,
  };
  const found: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(queries)) found[name] = await here.rows.all(text);
  return found;
}

test("nonsense with a valid signature breaks nothing and changes nothing of others", async (t) => {
  const here = await instance({ SKEIN_METRICS_TOKEN: METRICS });
  const [evil, victim] = [await hostilePeer("127.0.0.10"), await hostilePeer("127.0.0.11")];
  const keys = evil.actor("mallory");
  /** New ones for each round: sooner or later they destroy their own accounts. */
  let attackers: PeerActor[] = [];
  const enter = async (round: number): Promise<void> => {
    attackers = [0, 1, 2].map((n) => evil.actor(`m${round}_${n}`, {}, keys));
    for (const actor of attackers) await here.find(ann, actor, evil);
    await here.follow(ann, attackers[0] ?? keys, evil);
  };
  const [bob, cleo] = [victim.actor("bob"), victim.actor("cleo")];
  const [ann, ben] = [await signUp(here.at, "ann"), await signUp(here.at, "ben")];
  for (const actor of [bob, cleo]) await here.follow(ann, actor, victim);
  // Everybody here has a key already.
  await here.follow(ben, bob, victim);
  await here.takes(activity(bob, "Follow", here.actorOf(ann)), bob);
  await ann.ok("POST", `/api/v1/accounts/${ben.id}/follow`);
  const statuses: string[] = [];
  for (const body of [
    { status: "open", quote_approval_policy: "public" },
    { status: "quiet", visibility: "private" },
    { status: "secret @ben", visibility: "direct" },
    { status: "poll", poll: { options: ["a", "b"], expires_in: 86400 } },
  ])
    statuses.push((await ann.ok<{ id: string }>("POST", "/api/v1/statuses", body)).id);
  const theirs = ["1", "2"].map((n) => victim.note(bob, `v${n}`, n === "2" ? { to: [bob.followers], cc: [] } : {}));
  for (const note of theirs) await here.takes(activity(bob, "Create", note), bob);
  await here.takes(activity(bob, "Like", here.postOf(statuses[0] ?? "")), bob);
  await here.takes(activity(bob, "Announce", here.postOf(statuses[0] ?? "")), bob);

  const rng = random(SEED);
  const hosts = [evil.origin, evil.origin, victim.origin];
  const documents = corpus().map((entry) => rehosted(entry.document, hosts) as Json);
  const own = (n: number): string => `${evil.origin}/notes/${attackers[0]?.name ?? ""}/${n}`;
  const material: Material = {
    documents,
    types: [
      "Create",
      "Update",
      "Delete",
      "Undo",
      "Follow",
      "Accept",
      "Reject",
      "Like",
      "Announce",
      "Add",
      "Remove",
      "Move",
      "Block",
      "Flag",
      "EmojiReact",
      "QuoteRequest",
      "Note",
      "Question",
      "Person",
      "Tombstone",
      "OrderedCollection",
      "Article",
      "valueOf",
      "x",
    ],
    addresses: [
      ...statuses.map((id) => here.postOf(id)),
      ...[ann, ben].flatMap((p) => [here.actorOf(p), `${here.actorOf(p)}/followers`, `${here.at.url}/@${p.username}`]),
      `${here.at.url}/actor`,
      `${here.actorOf(ann)}#follows/1`,
      ...[bob, cleo].flatMap((p) => [p.id, p.followers, p.keyId]),
      ...theirs.map((note) => note.id),
      ...[0, 1, 2].flatMap((n) => [`${evil.origin}/users/m0_${n}`, `${evil.origin}/users/m1_${n}/followers`]),
      ...[0, 1, 2, 3].map((n) => `${evil.origin}/notes/m0_0/${n}`),
      `${evil.origin}/fuzz/1`,
      `${evil.origin}/fuzz/2`,
      PUBLIC,
    ],
  };
  /** Something well-formed that this attacker might say. */
  const said = (n: number, by: PeerActor): Json => {
    const note = (at: number): Json => ({
      type: "Note",
      id: own(at),
      attributedTo: by.id,
      content: `<p>${n}</p>`,
      published: new Date().toISOString(),
      to: [PUBLIC],
      cc: [by.followers],
      ...(rng.chance(0.3) ? { inReplyTo: rng.pick(material.addresses) } : {}),
      ...(rng.chance(0.2) ? { quote: rng.pick(material.addresses) } : {}),
      ...(rng.chance(0.2) ? { updated: new Date(Date.now() + n).toISOString() } : {}),
    });
    const about = rng.pick([
      ...statuses.map((id) => here.postOf(id)),
      ...theirs.map((t2) => t2.id),
      own(rng.below(50)),
    ]);
    const whom = rng.pick([here.actorOf(ann), here.actorOf(ben), bob.id]);
    const more = { cc: [by.followers] };
    const follow = activity(
      rng.chance(0.5) ? by : { id: rng.pick([here.actorOf(ann), bob.id]) },
      "Follow",
      rng.pick([whom, by.id]),
    );
    return rng.pick([
      () => activity(by, "Create", note(n), more),
      () => activity(by, "Create", note(rng.below(50)), more),
      () => activity(by, "Update", note(rng.below(50)), more),
      () => activity(by, "Update", by.document, more),
      () => activity(by, "Delete", rng.pick([own(rng.below(50)), about]), more),
      () => activity(by, "Follow", whom),
      () => activity(by, rng.pick(["Accept", "Reject", "Undo"]), follow),
      () => activity(by, "Like", about),
      () => activity(by, "Undo", activity(by, rng.pick(["Like", "Announce", "Block"]), rng.pick([about, whom]))),
      () => activity(by, "Announce", about, more),
      () => activity(by, "EmojiReact", about, { content: "🌱" }),
      () => activity(by, "Block", whom),
      () => activity(by, "Flag", [whom, about], { content: "bad" }),
      () => activity(by, rng.pick(["Add", "Remove"]), own(rng.below(50)), { target: by.featured }),
      () =>
        activity(by, "Move", by.id, { target: rng.pick([bob.id, here.actorOf(ben), ...attackers.map((x) => x.id)]) }),
      () => activity(by, "QuoteRequest", about, { instrument: own(rng.below(50)) }),
      () =>
        activity(by, "Create", {
          ...note(n),
          content: undefined,
          name: "a",
          inReplyTo: here.postOf(statuses[3] ?? ""),
        }),
    ])();
  };
  /** A document of the corpus, said by this attacker. */
  const quoted = (by: PeerActor): Json => {
    const document = rng.pick(documents);
    const actor = document["actor"] ?? document["attributedTo"];
    if (typeof actor !== "string") return document;
    return JSON.parse(JSON.stringify(document).replaceAll(`"${actor}"`, JSON.stringify(by.id))) as Json;
  };
  // Whatever else is asked for is nonsense, too.
  evil.others = ({ method, path }) => {
    if (method !== "GET" || rng.chance(0.2)) return undefined;
    const body = mutated(rng.pick(documents), rng, material);
    if (rng.chance(0.7)) body["id"] = evil.origin + path;
    return { body };
  };

  await here.settle();
  const before = await protectedRows(here, evil.origin);
  const answers = new Map<number, number>();
  for (let n = 0; n < ROUNDS; n += TOGETHER) {
    await enter(n / TOGETHER);
    const sent = Array.from({ length: Math.min(TOGETHER, ROUNDS - n) }, async (_, i) => {
      const by = rng.pick(attackers);
      const base = rng.chance(0.4) ? quoted(by) : said(n + i, by);
      const made = rng.chance(0.1) ? structuredClone(base) : mutated(base, rng, material);
      if (rng.chance(0.9)) made["actor"] = by.id;
      // Seen once, the same id would be dropped.
      if (rng.chance(0.8)) made["id"] = `${by.id}/activities/f${n + i}`;
      // Who is deleted says nothing any more; that is tested elsewhere.
      if (made["type"] === "Delete" && JSON.stringify(made["object"] ?? "").includes(`${by.id}"`))
        made["type"] = "Like";
      return here.send(made, by, { spec: rng.pick(["cavage", "rfc9421"] as const) });
    });
    for (const status of await Promise.all(sent)) answers.set(status, (answers.get(status) ?? 0) + 1);
    await here.settle();
  }

  t.diagnostic(`answers: ${[...answers].map(([status, n]) => `${status}: ${n}`).join(", ")}`);
  const strange = [...answers.keys()].filter((status) => ![202, 400, 401].includes(status));
  assert.deepEqual(strange, []);
  assert.ok((answers.get(202) ?? 0) > ROUNDS / 2, "most of it has to get past the signature");
  const after = await protectedRows(here, evil.origin);
  for (const name of Object.keys(before)) assert.deepEqual(after[name], before[name], name);
  const [left] = await here.rows.all<{ waiting: string; leased: string }>(
    `select (select count(*) from inbox_queue)::text as waiting, (select count(*) from inbox_lanes where lease_until > now())::text as leased`,
  );
  assert.deepEqual(left, { waiting: "0", leased: "0" });
  const failed = await here.rows.all<{ task: string; error: string }>(
    `select t.identifier as task, j.last_error as error from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where j.last_error is not null`,
  );
  assert.deepEqual(failed, []);
  const metrics = await here.at.fetch("/metrics", { headers: { authorization: `Bearer ${METRICS}` } });
  assert.doesNotMatch(await metrics.text(), /skein_federation_total\{[^}]*outcome="failed"/);
  assert.equal(({} as Json)["polluted"], undefined);
  const [kept] = await here.rows.all<{ posts: string; likes: string }>(
    "select (select count(*) from posts where uri is not null)::text as posts, (select count(*) from favourites)::text as likes",
  );
  t.diagnostic(`what was legitimate in it: ${kept?.posts} posts, ${kept?.likes} likes`);
  await here.rows.close();
});
