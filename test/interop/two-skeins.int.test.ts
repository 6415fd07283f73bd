/** Two instances talk over loopback: the social life of their people, seen through both client APIs. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import { PASSWORD, setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

interface Status {
  id: string;
  uri: string;
  url: string;
  content: string;
  visibility: string;
  spoiler_text: string;
  account: { id: string; acct: string };
  favourites_count: number;
  reblogs_count: number;
  replies_count: number;
  in_reply_to_id: string | null;
  edited_at: string | null;
  mentions: { id: string; acct: string }[];
  tags: { name: string }[];
  poll: { votes_count: number; options: { title: string; votes_count: number }[]; expires_at: string } | null;
  quote: { state: string; quoted_status: Status | null } | null;
  reblog: Status | null;
  pinned?: boolean;
}
interface Account {
  id: string;
  acct: string;
  display_name: string;
  note: string;
  url: string;
  uri: string;
  locked: boolean;
  followers_count: number;
}
interface Relationship {
  following: boolean;
  requested: boolean;
  followed_by: boolean;
  blocked_by: boolean;
}
interface Notification {
  id: string;
  type: string;
  account: Account;
  status?: Status;
}

const PEERS = { SKEIN_ALLOW_LOOPBACK_PEERS: "1" };
let north: TestServer;
let south: TestServer;
let ann: Person;
let ben: Person;
let cat: Person;

const hostOf = (server: TestServer): string => new URL(server.url).host;
const handle = (person: Person, server: TestServer): string => `@${person.username}@${hostOf(server)}`;

/** The account of somebody elsewhere, as `viewer`'s server knows it. */
async function find(viewer: Person, address: string): Promise<Account> {
  const found = await viewer.ok<{ accounts: Account[] }>(
    "GET",
    `/api/v2/search?q=${encodeURIComponent(address)}&resolve=true&type=accounts`,
  );
  assert.equal(found.accounts.length, 1, `${address} was not found`);
  return found.accounts[0] as Account;
}
const relation = async (viewer: Person, id: string): Promise<Relationship> => {
  const [row] = await viewer.ok<Relationship[]>("GET", `/api/v1/accounts/relationships?id[]=${id}`);
  assert.ok(row);
  return row;
};
const home = (viewer: Person): Promise<Status[]> => viewer.ok<Status[]>("GET", "/api/v1/timelines/home");
const post = (author: Person, body: Record<string, unknown>): Promise<Status> =>
  author.ok<Status>("POST", "/api/v1/statuses", body);
/** The copy of a post on the viewer's server, once it is in the viewer's home. */
const arrives = (viewer: Person, uri: string): Promise<Status> =>
  eventually(`${uri} in ${viewer.username}'s home`, async () =>
    (await home(viewer)).find((s) => s.uri === uri || s.reblog?.uri === uri),
  );
const notified = (viewer: Person, type: string, from: string): Promise<Notification> =>
  eventually(`${type} from ${from} for ${viewer.username}`, async () =>
    (await viewer.ok<Notification[]>("GET", "/api/v1/notifications")).find(
      (n) => n.type === type && n.account.acct === from,
    ),
  );
const status = (viewer: Person, id: string): Promise<Status> => viewer.ok<Status>("GET", `/api/v1/statuses/${id}`);

describe("two instances", { concurrency: false }, () => {
  before(async () => {
    [north, south] = await Promise.all([startSkein({ env: PEERS }), startSkein({ env: PEERS })]);
    [ann, ben, cat] = [await signUp(north, "ann"), await signUp(south, "ben"), await signUp(south, "cat")];
  });

  test("somebody is found by handle, and a follow is accepted by their server", async () => {
    await ben.ok("PATCH", "/api/v1/accounts/update_credentials", {
      display_name: 'Ben & "the South" < all',
      note: "Likes #moss",
    });
    const account = await find(ann, handle(ben, south));
    assert.equal(account.acct, `ben@${hostOf(south)}`);
    assert.equal(account.display_name, 'Ben & "the South" < all');
    assert.equal(account.url, `${south.url}/@ben`);
    await ann.ok("POST", `/api/v1/accounts/${account.id}/follow`);
    await eventually("ann follows ben", async () => (await relation(ann, account.id)).following || undefined);
    await notified(ben, "follow", `ann@${hostOf(north)}`);
    const back = await find(ben, handle(ann, north));
    assert.equal((await relation(ben, back.id)).followed_by, true);
    await ben.ok("POST", `/api/v1/accounts/${back.id}/follow`);
    await eventually("ben follows ann", async () => (await relation(ben, back.id)).following || undefined);
  });

  test("a post arrives, is answered, liked and boosted, and its author hears of it", async () => {
    const sent = await post(ben, { status: "Hello from the south #moss", spoiler_text: "greeting", language: "en" });
    const seen = await arrives(ann, sent.uri);
    assert.equal(seen.spoiler_text, "greeting");
    assert.equal(seen.url, sent.url);
    assert.equal(seen.visibility, "public");
    assert.deepEqual(
      seen.tags.map((t) => t.name),
      ["moss"],
    );
    const answer = await post(ann, { status: `${handle(ben, south)} good morning`, in_reply_to_id: seen.id });
    const mention = await notified(ben, "mention", `ann@${hostOf(north)}`);
    assert.equal(mention.status?.in_reply_to_id, sent.id);
    assert.equal(mention.status?.uri, answer.uri);
    await ann.ok("POST", `/api/v1/statuses/${seen.id}/favourite`);
    await notified(ben, "favourite", `ann@${hostOf(north)}`);
    await ann.ok("POST", `/api/v1/statuses/${seen.id}/reblog`);
    await notified(ben, "reblog", `ann@${hostOf(north)}`);
    const counted = await status(ben, sent.id);
    assert.deepEqual([counted.replies_count, counted.favourites_count, counted.reblogs_count], [1, 1, 1]);
    await ann.ok("POST", `/api/v1/statuses/${seen.id}/unfavourite`);
    await ann.ok("POST", `/api/v1/statuses/${seen.id}/unreblog`);
    await eventually("like and boost are taken back", async () => {
      const now = await status(ben, sent.id);
      return (now.favourites_count === 0 && now.reblogs_count === 0) || undefined;
    });
  });

  test("an edit and a deletion reach the other side", async () => {
    const sent = await post(ben, { status: "first version" });
    const seen = await arrives(ann, sent.uri);
    await ben.ok("PUT", `/api/v1/statuses/${sent.id}`, { status: "second version" });
    const edited = await eventually("the edit", async () => {
      const now = await status(ann, seen.id);
      return now.content.includes("second version") ? now : undefined;
    });
    assert.notEqual(edited.edited_at, null);
    await ben.ok("DELETE", `/api/v1/statuses/${sent.id}`);
    await eventually("the deletion", async () => {
      const answer = await ann.call("GET", `/api/v1/statuses/${seen.id}`);
      await answer.arrayBuffer();
      return answer.status === 404 || undefined;
    });
  });

  test("followers-only and direct posts reach exactly their readers", async () => {
    const quiet = await post(ben, { status: "for followers", visibility: "private" });
    const seen = await arrives(ann, quiet.uri);
    assert.equal(seen.visibility, "private");
    const secret = await post(ben, { status: `${handle(ann, north)} between us`, visibility: "direct" });
    const note = await eventually("the direct message", async () =>
      (await ann.ok<Notification[]>("GET", "/api/v1/notifications")).find((n) => n.status?.uri === secret.uri),
    );
    assert.equal(note.status?.visibility, "direct");
    const dora = await signUp(north, "dora");
    for (const id of [seen.id, note.status?.id]) {
      const answer = await dora.call("GET", `/api/v1/statuses/${id}`);
      assert.equal(answer.status, 404);
      await answer.arrayBuffer();
    }
    // Not to be had at its address either.
    for (const uri of [quiet.uri, secret.uri]) {
      const answer = await fetch(uri, { headers: { accept: "application/activity+json" } });
      assert.equal(answer.status, 404);
      await answer.arrayBuffer();
    }
  });

  test("a poll is voted on from the other side, and its end is told", async () => {
    const sent = await post(ben, {
      status: "Moss or fern?",
      poll: { options: ["moss", "fern"], expires_in: 3600 },
    });
    const seen = await arrives(ann, sent.uri);
    assert.deepEqual(
      seen.poll?.options.map((o) => o.title),
      ["moss", "fern"],
    );
    await ann.ok("POST", `/api/v1/polls/${seen.id}/votes`, { choices: [1] });
    await eventually("the vote", async () => {
      const now = await status(ben, sent.id);
      return (now.poll?.options[1]?.votes_count === 1 && now.poll.votes_count === 1) || undefined;
    });
  });

  test("a quote is asked for, allowed, shown on both sides, and taken back", async () => {
    const sent = await post(ben, { status: "worth quoting", quote_approval_policy: "public" });
    const seen = await arrives(ann, sent.uri);
    const quoting = await post(ann, { status: "look at this", quoted_status_id: seen.id });
    await eventually(
      "the permission",
      async () => (await status(ann, quoting.id)).quote?.state === "accepted" || undefined,
    );
    const there = await arrives(ben, quoting.uri);
    const shown = await eventually("the quote at ben's", async () => {
      const now = await status(ben, there.id);
      return now.quote?.state === "accepted" ? now : undefined;
    });
    assert.equal(shown.quote?.quoted_status?.id, sent.id);
    await ben.ok("POST", `/api/v1/statuses/${sent.id}/quotes/${there.id}/revoke`);
    await eventually(
      "the revocation",
      async () => (await status(ann, quoting.id)).quote?.state === "revoked" || undefined,
    );
  });

  test("a fresh follower sees the recent posts of a profile elsewhere", async () => {
    await post(cat, { status: "written before anybody followed" });
    await post(cat, { status: "and one more", visibility: "unlisted" });
    await post(cat, { status: "not for you", visibility: "private" });
    const account = await find(ann, handle(cat, south));
    await ann.ok("POST", `/api/v1/accounts/${account.id}/follow`);
    await eventually("ann follows cat", async () => (await relation(ann, account.id)).following || undefined);
    const past = await eventually("the past of cat", async () => {
      const list = await ann.ok<Status[]>("GET", `/api/v1/accounts/${account.id}/statuses`);
      return list.length >= 2 ? list : undefined;
    });
    assert.equal(
      past.some((s) => s.content.includes("not for you")),
      false,
    );
  });

  test("a locked account decides, and unfollowing is heard", async () => {
    await cat.ok("PATCH", "/api/v1/accounts/update_credentials", { locked: true });
    const dora = await signUp(north, "dorothea");
    const account = await eventually("the lock", async () => {
      const now = await find(dora, handle(cat, south));
      return now.locked ? now : undefined;
    });
    await dora.ok("POST", `/api/v1/accounts/${account.id}/follow`);
    const asked = await notified(cat, "follow_request", `dorothea@${hostOf(north)}`);
    assert.equal((await relation(dora, account.id)).requested, true);
    await cat.ok("POST", `/api/v1/follow_requests/${asked.account.id}/authorize`);
    await eventually("the acceptance", async () => (await relation(dora, account.id)).following || undefined);
    await dora.ok("POST", `/api/v1/accounts/${account.id}/unfollow`);
    await eventually("the unfollow", async () => !(await relation(cat, asked.account.id)).followed_by || undefined);
  });

  test("a block cuts both ways", async () => {
    const account = await find(ann, handle(cat, south));
    await ann.ok("POST", `/api/v1/accounts/${account.id}/block`);
    const back = await find(cat, handle(ann, north));
    await eventually("the block", async () => (await relation(cat, back.id)).blocked_by || undefined);
    await ann.ok("POST", `/api/v1/accounts/${account.id}/unblock`);
    await eventually("the end of the block", async () => !(await relation(cat, back.id)).blocked_by || undefined);
  });

  test("who may not answer is refused here, and their answer is not shown there", async () => {
    const sent = await post(ben, { status: "only whom I follow may answer", reply_policy: "following" });
    const seen = await arrives(ann, sent.uri);
    // Ben follows ann, so she may; dora does not even follow him.
    await post(ann, { status: "thank you", in_reply_to_id: seen.id });
    await eventually("ann's answer", async () => (await status(ben, sent.id)).replies_count === 1 || undefined);
    const few = await post(ben, { status: "nobody may answer", reply_policy: "mentioned" });
    const there = await arrives(ann, few.uri);
    const refused = await ann.call("POST", "/api/v1/statuses", { status: "but I", in_reply_to_id: there.id });
    assert.equal(refused.status, 422, await refused.text());
  });

  test("somebody moves to the other instance and takes the followers along", async () => {
    const old = await signUp(south, "fred");
    const fresh = await signUp(north, "freda");
    const there = await find(ann, handle(old, south));
    await ann.ok("POST", `/api/v1/accounts/${there.id}/follow`);
    await eventually("ann follows fred", async () => (await relation(ann, there.id)).following || undefined);
    const early = await old.call("POST", "/api/skein/v1/me/move", { target: handle(fresh, north), current: PASSWORD });
    assert.equal(early.status, 422, await early.text());
    await fresh.ok("POST", "/api/skein/v1/me/aliases", { target: handle(old, south) });
    await old.ok("POST", "/api/skein/v1/me/move", { target: handle(fresh, north), current: PASSWORD });
    await eventually("ann follows freda", async () => (await relation(ann, fresh.id)).following || undefined);
    await eventually("ann follows fred no more", async () => !(await relation(ann, there.id)).following || undefined);
    const late = await old.call("POST", "/api/v1/statuses", { status: "still here" });
    assert.equal(late.status, 403, await late.text());
  });

  test("a complaint is forwarded by the instance, and does not say who complains", async () => {
    const sent = await post(ben, { status: "something bad" });
    const seen = await arrives(ann, sent.uri);
    await ann.ok("POST", "/api/v1/reports", {
      account_id: seen.account.id,
      status_ids: [seen.id],
      comment: "please look",
      forward: true,
    });
    const owner = await setUpOwner(south);
    const report = await eventually("the report", async () => {
      const [found] = await owner.ok<
        {
          comment: string;
          account: { username: string; domain: string };
          target_account: { username: string };
          statuses: Status[];
        }[]
      >("GET", "/api/v1/admin/reports");
      return found;
    });
    assert.equal(report.comment, "please look");
    assert.equal(report.target_account.username, "ben");
    assert.deepEqual(
      report.statuses.map((s) => s.id),
      [sent.id],
    );
    assert.equal(report.account.domain, hostOf(north));
    assert.notEqual(report.account.username, "ann");
  });

  test("an account's deletion is told", async () => {
    const eve = await signUp(south, "eve");
    const account = await find(ann, handle(eve, south));
    await ann.ok("POST", `/api/v1/accounts/${account.id}/follow`);
    await eventually("ann follows eve", async () => (await relation(ann, account.id)).following || undefined);
    await eve.ok("POST", "/api/skein/v1/me/delete", { current: "correct horse battery staple" });
    await eventually("eve is gone", async () => {
      const answer = await ann.call("GET", `/api/v1/accounts/${account.id}`);
      await answer.arrayBuffer();
      return answer.status === 404 || undefined;
    });
  });
});
