import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { Id } from "#platform/ids.ts";
import { AppError } from "#platform/errors.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";
import { ACTION_KINDS, KIND_RULES, type ActionKind, type NewAction } from "./kinds.ts";

let here: TestApp;
let rows: Rows;
let moderator: Id;
let second: Id;

async function person(username: string, role: "user" | "moderator" | "admin" | "owner" = "user"): Promise<Id> {
  return here.app.accounts.signUp.create({
    username,
    email: `${username}@example.com`,
    password: "correct horse battery staple",
    role,
  });
}

async function post(accountId: Id, text: string, spoilerText = ""): Promise<Id> {
  const made = await here.app.posts.create(
    { accountId },
    { text, spoilerText, sensitive: false, visibility: "public", mediaIds: [] },
  );
  return made.id;
}

before(async () => {
  here = await testApp();
  rows = await rowsOf(here.databaseUrl);
  await person("boss", "owner");
  moderator = await person("mod1", "moderator");
  second = await person("mod2", "moderator");
});

after(() => rows.close());

const why = { ground: "terms", reference: "Rule 1: be kind", facts: "A test." } as const;

function actionOf(kind: ActionKind, postId: Id, onPost: boolean): NewAction {
  const rule = KIND_RULES[kind];
  const params = kind === "label" ? { name: "satire" } : kind === "content_warning" ? { text: "Spiders" } : {};
  return { kind, params, ...(rule.on === "post" || (rule.on === "either" && onPost) ? { postId } : {}) };
}

/** Everything that a decision may touch, except the revisions that caches go by. */
async function state(account: Id, postId: Id): Promise<unknown> {
  const [a] = await rows.all(
    `select suspended_at is not null as suspended, silenced_at is not null as silenced, sensitized_at is not null as sensitized, labels,
       (select disabled_at is not null from users where account_id = $1) as disabled from accounts where id = $1`,
    [account],
  );
  const [p] = await rows.all(
    `select restriction, withheld, imposed, labels, spoiler_text, sensitive, (select bool_or(withheld) from posts b where b.boost_of_id = $1) as boosts from posts where id = $1`,
    [postId],
  );
  const [f] = await rows.all(`select count(*)::int as n from follows where account_id = $1 or target_id = $1`, [
    account,
  ]);
  return { a, p, f };
}

test("T69 undoing actions in any order leads back to the state before, follows included", async () => {
  const account = await person("undone");
  const fan = await person("fan");
  await here.app.accounts.relations.follow(fan, account, {});
  const postId = await post(account, "Something");
  await here.app.posts.boost({ accountId: fan }, postId, "public");
  await here.app.jobs.drain();
  const before = await state(account, postId);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ kind: fc.constantFrom(...ACTION_KINDS), onPost: fc.boolean() }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      async (steps, order) => {
        const done: Id[] = [];
        for (const { kind, onPost } of steps) {
          const [row] = await here.app.safety.decisions.decide({
            account,
            by: { person: moderator },
            ...why,
            actions: [actionOf(kind, postId, onPost)],
          });
          assert.ok(row);
          done.push(row.id);
        }
        await here.app.jobs.drain();
        const after = await state(account, postId);
        if (steps.some((s) => s.kind !== "warn")) assert.notDeepEqual(after, before, "an action had no effect");
        for (const pick of order) {
          const [id] = done.length === 0 ? [] : done.splice(pick % done.length, 1);
          if (id !== undefined) await here.app.safety.decisions.undo(id, { person: moderator }, "a mistake");
        }
        await here.app.jobs.drain();
        assert.deepEqual(await state(account, postId), before);
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
  const follows = await here.app.accounts.relations.relationships(fan, [account]);
  assert.equal(follows[0]?.following, true);
});

test("T68 every restricting action has a statement with reasons, a valid PUID, truthful flags and six months to object", async () => {
  const account = await person("stated");
  const postId = await post(account, "Something else");
  const kinds = ACTION_KINDS.flatMap((kind) =>
    KIND_RULES[kind].on === "either"
      ? [actionOf(kind, postId, true), actionOf(kind, postId, false)]
      : [actionOf(kind, postId, true)],
  );
  for (const by of [{ person: moderator }, { rule: "links", version: 3 }, { gate: true }] as const) {
    for (const action of kinds) {
      const [row] = await here.app.safety.decisions.decide({ account, by, ...why, actions: [action] });
      assert.ok(row);
      await here.app.jobs.drain();
      const [explained] = await here.app.safety.decisions.ofDecision(row.decision_id);
      assert.ok(explained, `${action.kind} has no statement`);
      const { statement } = explained;
      assert.match(statement.puid, /^[A-Za-z0-9_-]{1,500}$/);
      assert.equal(statement.reference, why.reference);
      assert.equal(statement.automated_decision, !("person" in by));
      assert.equal(statement.automated_detection, !("person" in by));
      const months = (statement.appeal_until.getTime() - row.at.getTime()) / (30.44 * 86_400_000);
      assert.ok(months >= 6, `${months} months`);
      assert.ok(statement.sent_at, `nobody was told of ${action.kind}`);
      await here.app.safety.decisions.undo(row.id, { person: second }, "only a test");
    }
  }
  const puids = await rows.all(`select count(*)::int as n, count(distinct puid)::int as d from mod_statements`);
  assert.equal(puids[0]?.["n"], puids[0]?.["d"]);
  const mails = await here.app.jobs
    .drain()
    .then(() => rows.all(`select body from mail where recipient = 'stated@example.com' order by id`));
  const first = String(mails[0]?.["body"]);
  assert.match(first, /Rule 1: be kind/);
  assert.match(first, /\/standing\?key=/);
  assert.match(first, /Article 21/);
});

test("an appeal goes to somebody else, once, and can bring everything back", async () => {
  const account = await person("objector");
  const postId = await post(account, "An innocent joke");
  const { decisions } = here.app.safety;
  const [removed] = await decisions.decide({
    account,
    by: { person: moderator },
    ...why,
    actions: [actionOf("remove", postId, true)],
  });
  assert.ok(removed);
  // Nobody can object to what they were not told.
  await assert.rejects(decisions.redress.appeal(account, removed.id, "But why?"), notFound);
  await here.app.jobs.drain();
  assert.equal(await here.app.posts.views.get(null, postId), undefined);
  await assert.rejects(decisions.redress.appeal(second, removed.id, "Not mine"), notFound);
  const appeal = await decisions.redress.appeal(account, removed.id, "It was a joke.");
  await assert.rejects(decisions.redress.appeal(account, removed.id, "Again!"), unprocessable);
  await assert.rejects(decisions.redress.review(appeal.id, { person: moderator }, "upheld", "No."), forbidden);
  await assert.rejects(decisions.redress.review(appeal.id, { person: account }, "overturned", "Yes!"), forbidden);
  await assert.rejects(decisions.redress.review(appeal.id, { person: second }, "upheld", " "), unprocessable);
  const decided = await decisions.redress.review(appeal.id, { person: second }, "overturned", "You are right.");
  assert.equal(decided.outcome, "overturned");
  await assert.rejects(decisions.redress.review(appeal.id, { person: second }, "upheld", "No."), conflict);
  await here.app.jobs.drain();
  assert.ok(await here.app.posts.views.get(null, postId));
  assert.equal((await decisions.redress.standing(account)).strikes.length, 0);
  const mails = await rows.all(`select body from mail where recipient = 'objector@example.com' order by id`);
  assert.match(String(mails.at(-1)?.["body"]), /You were right/);
});

test("what is taken back before anybody was told leaves no letter and no strike", async () => {
  const account = await person("lucky");
  const { decisions } = here.app.safety;
  const [row] = await decisions.decide({ account, by: { person: moderator }, ...why, actions: [{ kind: "warn" }] });
  assert.ok(row);
  await decisions.undo(row.id, { person: moderator }, "the wrong person");
  await assert.rejects(decisions.undo(row.id, { person: moderator }, "again"), conflict);
  await here.app.jobs.drain();
  assert.deepEqual(await rows.all(`select 1 from mail where recipient = 'lucky@example.com'`), []);
  assert.deepEqual(await decisions.redress.standing(account), { restrictions: [], strikes: [], reports: [] });
});

test("T53 nobody decides about themselves, nor about staff of the own role; programs not about staff", async () => {
  const admin = await person("admin1", "admin");
  const user = await person("bystander");
  const { decisions } = here.app.safety;
  const limit = { ...why, actions: [{ kind: "limit" as const }] };
  await assert.rejects(decisions.decide({ account: moderator, by: { person: moderator }, ...limit }), forbidden);
  await assert.rejects(decisions.decide({ account: second, by: { person: moderator }, ...limit }), forbidden);
  await assert.rejects(decisions.decide({ account: admin, by: { person: moderator }, ...limit }), forbidden);
  await assert.rejects(decisions.decide({ account: moderator, by: { person: user }, ...limit }), forbidden);
  await assert.rejects(decisions.decide({ account: admin, by: { rule: "links", version: 1 }, ...limit }), forbidden);
  assert.equal((await decisions.decide({ account: moderator, by: { person: admin }, ...limit })).length, 1);
});

test("a decision that cannot be carried out whole is not carried out at all, and says which field is wrong", async () => {
  const account = await person("whole");
  const other = await post(moderator, "Not theirs");
  const { decisions } = here.app.safety;
  const by = { person: moderator };
  const cases: [NewAction[], string][] = [
    [[{ kind: "limit" }, { kind: "remove", postId: other }], "post_id"],
    [[{ kind: "limit" }, { kind: "remove" }], "post_id"],
    [[{ kind: "limit" }, { kind: "label", params: { name: "<b>" } }], "name"],
    [[{ kind: "limit", ttlSeconds: 5 }], "ttl"],
    [[], "actions"],
  ];
  for (const [actions, field] of cases)
    await assert.rejects(decisions.decide({ account, by, ...why, actions }), (e) => {
      assert.ok(e instanceof AppError);
      assert.ok(e.details?.[field], `${field} is not named by "${e.message}"`);
      return true;
    });
  assert.equal((await here.app.accounts.profiles.get([account]))[0]?.silenced, false);
  assert.deepEqual(await rows.all(`select 1 from mod_actions where account_id = $1`, [account]), []);
});

test("an edit cannot take away what moderation put over a post, and comes through when it is lifted", async () => {
  const account = await person("editor");
  const postId = await post(account, "Look at this");
  const { decisions } = here.app.safety;
  const [row] = await decisions.decide({
    account,
    by: { person: moderator },
    ...why,
    actions: [actionOf("content_warning", postId, true)],
  });
  assert.ok(row);
  const edit = { text: "Look at that", sensitive: false, mediaIds: [], mediaChanges: [], poll: undefined };
  await here.app.posts.edit({ accountId: account }, postId, { ...edit, spoilerText: "" });
  const covered = await here.app.posts.views.get(account, postId);
  assert.equal(covered?.spoiler_text, "Spiders");
  assert.equal(covered?.sensitive, true);
  await here.app.posts.edit({ accountId: account }, postId, { ...edit, spoilerText: "Eight legs" });
  assert.equal((await here.app.posts.views.get(account, postId))?.spoiler_text, "Eight legs");
  await decisions.undo(row.id, { person: moderator }, "harmless");
  const free = await here.app.posts.views.get(account, postId);
  assert.equal(free?.spoiler_text, "Eight legs");
  await here.app.posts.edit({ accountId: account }, postId, { ...edit, spoilerText: "" });
  assert.equal((await here.app.posts.views.get(account, postId))?.sensitive, false);
});

test("an action with an end is over when its time has come", async () => {
  const account = await person("patient");
  const { decisions } = here.app.safety;
  const [row] = await decisions.decide({
    account,
    by: { person: moderator },
    ...why,
    actions: [{ kind: "limit", ttlSeconds: 3600 }],
  });
  assert.ok(row);
  assert.equal((await here.app.accounts.profiles.get([account]))[0]?.silenced, true);
  await rows.all(`update mod_actions set expires_at = now() - interval '1 second' where id = $1`, [row.id]);
  await decisions.tasks.find((t) => t.name === "safety.expireActions")?.run({});
  assert.equal((await here.app.accounts.profiles.get([account]))[0]?.silenced, false);
});

const code =
  (wanted: string) =>
  (e: unknown): boolean =>
    e instanceof AppError && e.code === wanted;
const notFound = code("not_found");
const forbidden = code("forbidden");
const conflict = code("conflict");
const unprocessable = code("unprocessable");
