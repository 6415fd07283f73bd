import { createRandom, hash, type Random } from "./art/random.ts";
import type { Entry, Person, Season } from "./content/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** How far back the demo reaches. */
const DAYS = 240;

/** A post with its moment and what others did with it. */
export interface Planned {
  entry: Entry;
  /** Index of the parent in the plan. */
  parent: number | undefined;
  at: Date;
  likedBy: string[];
  boostedBy: { username: string; at: Date }[];
  /** Choices by voter. */
  votes: { username: string; choices: number[] }[];
  /** Seconds a poll runs from its post on. */
  pollSeconds: number;
}

export interface Plan {
  people: readonly Person[];
  /** In the order of time. */
  posts: Planned[];
  follows: { from: string; to: string }[];
}

export interface PlanOptions {
  seed: number;
  accounts: number;
  posts: number;
  now: Date;
}

const SEASONS: Readonly<Record<Season, readonly number[]>> = {
  spring: [2, 3, 4],
  summer: [5, 6, 7],
  autumn: [8, 9, 10],
  winter: [11, 0, 1],
};

/**
 * Decides who follows whom, when everything was said, and who liked it. Pure: the same options give the same plan.
 * What belongs to a season is left out when the last eight months had no such day.
 */
export function makePlan(people: readonly Person[], entries: readonly Entry[], options: PlanOptions): Plan {
  const r = createRandom(hash(`plan ${options.seed}`));
  const chosen = people.slice(0, Math.max(1, options.accounts));
  const here = new Map(chosen.map((p) => [p.username, p]));
  const follows = makeFollows(chosen, createRandom(hash(`follows ${options.seed}`)));
  const planned: { entry: Entry; parent: Planned | undefined; made: Planned }[] = [];

  function add(entry: Entry, parent: Planned | undefined, at: Date): void {
    if (!here.has(entry.by) || planned.length >= options.posts) return;
    const made: Planned = { entry, parent: undefined, at, likedBy: [], boostedBy: [], votes: [], pollSeconds: 0 };
    planned.push({ entry, parent, made });
    let last = at;
    for (const answer of entry.answers) {
      const wait = (2 + r.next() ** 3 * 240) * MINUTE;
      const reply = new Date(Math.min(options.now.getTime() - r.range(2, 30) * MINUTE, last.getTime() + wait));
      last = new Date(Math.max(reply.getTime(), at.getTime() + 1000));
      add(answer, made, last);
    }
  }
  for (const entry of r.shuffled(entries)) {
    const at = momentOf(entry, options.now, r);
    if (at) add(entry, undefined, at);
  }
  planned.sort((a, b) => a.made.at.getTime() - b.made.at.getTime());
  const index = new Map(planned.map((p, i) => [p.made, i]));
  const followersOf = new Map<string, string[]>();
  for (const { from, to } of follows) followersOf.set(to, [...(followersOf.get(to) ?? []), from]);
  const posts = planned.map(({ entry, parent, made }) => {
    made.parent = parent === undefined ? undefined : index.get(parent);
    react(made, entry, here, followersOf.get(entry.by) ?? [], options.now, parent !== undefined, r);
    return made;
  });
  return { people: chosen, posts, follows };
}

/** The moment of a post: on its day, in its season, or some day; at an hour when its author is awake. */
function momentOf(entry: Entry, now: Date, r: Random): Date | undefined {
  // More of it lately, and the pictures most of all: that is what a visitor sees first.
  let days = entry.daysAgo ?? r.next() ** (entry.photos && (entry.heat ?? 1) >= 2 ? 2.4 : 1.5) * DAYS;
  if (entry.season) {
    const months = SEASONS[entry.season];
    const fitting = Array.from({ length: DAYS }, (_, d) => d).filter((d) =>
      months.includes(new Date(now.getTime() - d * DAY).getUTCMonth()),
    );
    if (fitting.length === 0) return undefined;
    days = r.pick(fitting);
  }
  const start = new Date(now.getTime() - Math.max(0, days) * DAY);
  const hour =
    entry.by === "idris_bakes"
      ? r.range(2, 12)
      : entry.by === "wren" || entry.by === "noor"
        ? r.range(16, 27)
        : 6 + (r.next() + r.next()) * 8;
  start.setUTCHours(0, 0, 0, 0);
  const at = start.getTime() + hour * HOUR;
  const latest = now.getTime() - (40 + r.range(0, 300)) * MINUTE;
  return new Date(Math.min(at, latest));
}

/** Everybody follows the host; people with the same interests find each other; some follow back. */
function makeFollows(people: readonly Person[], r: Random): Plan["follows"] {
  const follows = new Set<string>();
  for (const [i, from] of people.entries()) {
    for (const [j, to] of people.entries()) {
      if (i === j) continue;
      const shared = from.topics.filter((t) => to.topics.includes(t)).length;
      const close = 0.08 + 0.22 * shared + (from.lang === to.lang ? 0.1 : 0) + (j === 0 ? 1 : 0);
      const back = follows.has(`${to.username} ${from.username}`) ? 0.25 : 0;
      if (r.chance(Math.min(1, close + back))) follows.add(`${from.username} ${to.username}`);
    }
  }
  return [...follows].map((line) => {
    const [from = "", to = ""] = line.split(" ");
    return { from, to };
  });
}

const LIKED = [0.03, 0.14, 0.34, 0.62] as const;
const BOOSTED = [0, 0.01, 0.03, 0.06] as const;

function react(
  made: Planned,
  entry: Entry,
  here: Map<string, Person>,
  followers: string[],
  now: Date,
  reply: boolean,
  r: Random,
): void {
  const heat = entry.heat ?? 1;
  const others = [...here.keys()].filter((name) => name !== entry.by && here.get(name)?.bot !== true);
  const circle = entry.visibility === "private" ? followers : others;
  for (const name of circle) {
    const near = followers.includes(name) ? 1 : 0.35;
    if (r.chance(LIKED[heat] * near * (reply ? 0.55 : 1))) made.likedBy.push(name);
    if (!reply && entry.visibility === undefined && r.chance(BOOSTED[heat] * near)) {
      // Some hours later, but never later than now: what is fresh is shared sooner.
      const wait = Math.min(r.range(0.1, 20) * HOUR, (now.getTime() - made.at.getTime()) * r.range(0.1, 0.9));
      const at = new Date(made.at.getTime() + wait);
      made.boostedBy.push({ username: name, at });
    }
  }
  const { poll } = entry;
  if (!poll) return;
  const age = Math.ceil((now.getTime() - made.at.getTime()) / 1000);
  // A poll that is over must still be open while the demo votes, so it ends two minutes after.
  made.pollSeconds = Math.max(poll.days * 86_400, age + 120);
  const total = poll.weights.reduce((sum, w) => sum + w, 0);
  for (const name of r.shuffled(others).slice(0, total)) {
    let point = r.range(0, total);
    const choice = poll.weights.findIndex((w) => (point -= w) < 0);
    made.votes.push({ username: name, choices: [Math.max(0, choice)] });
  }
}
