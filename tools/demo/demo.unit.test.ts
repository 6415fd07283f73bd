import assert from "node:assert/strict";
import { test } from "node:test";
import { isRecipe } from "./art/index.ts";
import { ARRIVALS, ENTRIES, PEOPLE, type Entry } from "./content/index.ts";
import { makePlan } from "./plan.ts";
import { withTag } from "./tags.ts";

const all: Entry[] = [];
const collect = (entry: Entry): void => {
  all.push(entry);
  entry.answers.forEach(collect);
};
for (const entry of [...ENTRIES, ...ARRIVALS]) collect(entry);
const names = new Set(PEOPLE.map((p) => p.username));
const NOW = new Date("2026-06-15T18:00:00Z");
const OPTIONS = { seed: 1, accounts: 40, posts: 10_000, now: NOW };

test("the content is whole: people exist, texts fit, pictures have recipes and alt texts", () => {
  assert.equal(PEOPLE.length, 40);
  assert.equal(names.size, 40);
  for (const person of PEOPLE) {
    assert.match(person.username, /^[a-z0-9_]{1,30}$/);
    assert.ok(
      person.name.length <= 50 && person.note.length <= 500 && (person.fields?.length ?? 0) <= 4,
      person.username,
    );
    assert.ok(person.header === undefined || (isRecipe(person.header) && person.headerAlt), person.username);
  }
  for (const entry of all) {
    assert.ok(names.has(entry.by), entry.by);
    // Room for the name of whom it answers, and a hashtag.
    assert.ok(Array.from(entry.text).length <= 460, entry.text);
    for (const [, name] of entry.text.matchAll(/@([a-z0-9_]+)/g)) assert.ok(names.has(name ?? ""), entry.text);
    for (const photo of entry.photos ?? []) assert.ok(isRecipe(photo.recipe) && photo.alt.length > 15, photo.recipe);
    if (entry.poll) assert.equal(entry.poll.options.length, entry.poll.weights.length);
    assert.ok((entry.photos?.length ?? 0) === 0 || !entry.poll, "a poll carries no pictures");
  }
});

test("nothing is said, shown or described twice", () => {
  const unique = (values: string[], rare: number): void => assert.ok(values.length - new Set(values).size <= rare);
  unique(
    all.map((e) => e.text).filter((t) => t.length > 12),
    0,
  );
  const photos = all.flatMap((e) => e.photos ?? []);
  unique(
    photos.map((p) => p.recipe),
    0,
  );
  unique(
    photos.map((p) => p.alt),
    0,
  );
  assert.ok(photos.length >= 65 && all.length >= 600);
});

test("the same seed plans the same network, another seed another one", () => {
  assert.deepEqual(makePlan(PEOPLE, ENTRIES, OPTIONS), makePlan(PEOPLE, ENTRIES, OPTIONS));
  assert.notDeepEqual(
    makePlan(PEOPLE, ENTRIES, OPTIONS).follows,
    makePlan(PEOPLE, ENTRIES, { ...OPTIONS, seed: 2 }).follows,
  );
});

test("in every month of the year answers come after what they answer, in the past, within eight months and a bit", () => {
  for (let month = 0; month < 12; month++) {
    const now = new Date(Date.UTC(2026, month, 20, 9));
    const { posts } = makePlan(PEOPLE, ENTRIES, { ...OPTIONS, now });
    assert.ok(posts.length > 500, `month ${month}: ${posts.length} posts`);
    posts.forEach((planned, i) => {
      assert.ok(planned.at.getTime() < now.getTime());
      assert.ok(planned.at.getTime() > now.getTime() - 245 * 86_400_000);
      if (planned.parent === undefined) return;
      assert.ok(planned.parent < i);
      assert.ok((posts[planned.parent]?.at ?? now) < planned.at);
      for (const boost of planned.boostedBy) assert.ok(boost.at < now);
    });
  }
});

test("a season's posts fall into it", () => {
  const months = { spring: [2, 3, 4], summer: [5, 6, 7], autumn: [8, 9, 10], winter: [11, 0, 1] };
  for (const { entry, at, parent } of makePlan(PEOPLE, ENTRIES, OPTIONS).posts) {
    if (entry.season && parent === undefined) assert.ok(months[entry.season].includes(at.getUTCMonth()), entry.text);
  }
});

test("fewer accounts and posts can be asked for, and then nobody else appears", () => {
  const plan = makePlan(PEOPLE, ENTRIES, { ...OPTIONS, accounts: 8, posts: 50 });
  const here = new Set(plan.people.map((p) => p.username));
  assert.equal(here.size, 8);
  assert.equal(plan.posts.length, 50);
  for (const p of plan.posts) {
    assert.ok(here.has(p.entry.by));
    for (const name of [...p.likedBy, ...p.boostedBy.map((b) => b.username), ...p.votes.map((v) => v.username)])
      assert.ok(here.has(name));
  }
  for (const { from, to } of plan.follows) assert.ok(here.has(from) && here.has(to));
});

test("some polls are over and some are open; the bot likes nothing", () => {
  const plan = makePlan(PEOPLE, ENTRIES, OPTIONS);
  const polls = plan.posts.filter((p) => p.entry.poll);
  const ends = polls.map((p) => p.at.getTime() + p.pollSeconds * 1000 - NOW.getTime());
  // Over within minutes: a poll must be open while the demo votes.
  assert.ok(ends.some((ms) => ms <= 125_000) && ends.some((ms) => ms > 3_600_000));
  for (const p of polls) assert.ok(p.pollSeconds <= 2_629_746 && p.votes.length > 0);
  assert.equal(
    plan.posts.some((p) => p.likedBy.includes("kranichzahl")),
    false,
  );
});

test("hashtags fit the text and its language", () => {
  assert.equal(withTag("Schon #da", "de"), "Schon #da");
  assert.equal(withTag("Nothing to see", "en"), "Nothing to see");
  const tagged = all.map((e) => withTag(e.text, "de")).filter((t) => t.endsWith("#Kraniche"));
  for (const text of tagged) assert.match(text, /kranich|crane/i);
});
