import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { App } from "../../src/app.ts";
import { drawScene } from "./art/index.ts";
import { drawAvatar } from "./art/portrait.ts";
import { hash } from "./art/random.ts";
import { ARRIVALS, ENTRIES, INSTANCE, PEOPLE, RULES, type Person, type Photo } from "./content/index.ts";
import { loadMemes } from "./memes.ts";
import { makePlan, type Planned } from "./plan.ts";
import { withTag } from "./tags.ts";

export const DEMO_PASSWORD = "demo-password";
/** The log-ins that are shown: the owner (German), a regular (German) and a regular (English). */
export const DEMO_LOGINS = ["hanne", "jonte", "wren"] as const;
export const DEMO_SIZE = { accounts: PEOPLE.length, posts: countEntries() };

const DAY_MS = 86_400_000;

/** When somebody came: over the five weeks before the first posts. */
function joined(username: string, now: Date): Date {
  return new Date(now.getTime() - 255 * DAY_MS - (hash(username) % (35 * 24)) * 3_600_000);
}

export interface DemoOptions {
  /** Another seed gives other dates, likes and friendships. */
  seed: number;
  /** At most `DEMO_SIZE`: there are so many people and texts, none is invented on the fly. */
  accounts: number;
  posts: number;
  /** The host becomes the owner and the instance gets the demo's name and rules. Only for an instance that is empty. */
  settle: boolean;
}

export type DemoDeps = Pick<App, "accounts" | "media" | "memes" | "posts" | "instance" | "clock">;

export interface DemoResult {
  accounts: number;
  posts: number;
  photos: number;
  boosts: number;
  favourites: number;
  follows: number;
  memes: number;
}

/**
 * Fills an instance with the demo through the faces of its modules, as if all of it had happened over the last months.
 * Throws `AppError("conflict")` when the demo is there already. `say` hears of progress.
 */
export async function loadDemo(options: DemoOptions, deps: DemoDeps, say: (line: string) => void): Promise<DemoResult> {
  const { accounts, media, posts } = deps;
  if ((await accounts.profiles.byHandle(PEOPLE[0]?.username ?? "", null)) !== undefined) {
    throw new AppError("conflict", "The demo has been loaded here before.");
  }
  const now = deps.clock.now();
  const plan = makePlan(PEOPLE, ENTRIES, { ...options, now });
  const result: DemoResult = { accounts: 0, posts: 0, photos: 0, boosts: 0, favourites: 0, follows: 0, memes: 0 };
  const ids = new Map<string, Id>();
  const idOf = (username: string): Id => {
    const id = ids.get(username);
    if (id === undefined) throw new Error(`@${username} is not part of this demo`);
    return id;
  };
  const known = (usernames: string[]): string[] => usernames.filter((name) => ids.has(name));

  if (options.settle) await deps.instance.update(INSTANCE, RULES);
  say(`Inviting ${plan.people.length} people …`);
  await eachOf(plan.people, 3, async (person) => {
    const role = options.settle && person.username === PEOPLE[0]?.username ? "owner" : "user";
    ids.set(
      person.username,
      await accounts.signUp.create({
        username: person.username,
        email: `${person.username}@demo.example`,
        password: DEMO_PASSWORD,
        role,
        joinedAt: joined(person.username, now),
      }),
    );
    await dress(person, idOf(person.username));
    result.accounts++;
  });

  async function dress(person: Person, id: Id): Promise<void> {
    const avatar = await media.profileImage(await drawAvatar(person.likeness, hash(person.username)), "avatar");
    const header = person.header && (await media.profileImage(await drawScene(person.header, "header"), "header"));
    await accounts.profiles.update(id, {
      display_name: person.name,
      note: person.note,
      fields: (person.fields ?? []).map(([name, value]) => ({ name, value })),
      avatar: { ...avatar, description: person.avatarAlt },
      header: header && { ...header, description: person.headerAlt ?? "" },
      bot: person.bot ?? false,
      locked: person.locked ?? false,
    });
    await accounts.profiles.setPreferences(id, { locale: person.lang, posting_language: person.lang });
  }

  await eachOf(plan.follows, 6, async ({ from, to }) => {
    await accounts.relations.follow(idOf(from), idOf(to), { quiet: hash(from + to) % 12 !== 0 });
    if (plan.people.find((p) => p.username === to)?.locked)
      await accounts.relations.acceptRequest(idOf(to), idOf(from));
    result.follows++;
  });

  const photoCount = plan.posts.reduce((sum, p) => sum + (p.entry.photos?.length ?? 0), 0);
  say(`Drawing ${photoCount} pictures …`);
  // Two at a time: one is drawn here while the other is decoded in the picture process.
  const pictures = new Map<Planned, Id[]>();
  await eachOf(
    plan.posts.filter((p) => p.entry.photos),
    2,
    async (planned) => {
      const attached: Id[] = [];
      for (const photo of planned.entry.photos ?? []) attached.push(await uploadPhoto(photo, idOf(planned.entry.by)));
      pictures.set(planned, attached);
    },
  );

  async function uploadPhoto(photo: Photo, owner: Id): Promise<Id> {
    const bytes = await drawScene(photo.recipe, photo.shape ?? "photo");
    const focus = photo.focus ? { x: photo.focus[0], y: photo.focus[1] } : undefined;
    const item = await media.upload(owner, { bytes, description: photo.alt, focus });
    result.photos++;
    return item.id;
  }

  say(`Writing ${plan.posts.length} posts …`);
  const written: Id[] = [];
  const language = (planned: Pick<Planned, "entry">): string =>
    planned.entry.lang ?? plan.people.find((p) => p.username === planned.entry.by)?.lang ?? "en";
  const wording = (planned: Planned): string => {
    const { entry } = planned;
    const parent = planned.parent === undefined ? undefined : plan.posts[planned.parent];
    if (!parent) return withTag(entry.text, language(planned));
    // An answer names whom it answers, as clients do.
    return parent.entry.by === entry.by || entry.text.startsWith("@")
      ? entry.text
      : `@${parent.entry.by} ${entry.text}`;
  };
  for (const planned of plan.posts) {
    const { entry } = planned;
    const { id } = await posts.create(
      { accountId: idOf(entry.by) },
      {
        text: wording(planned),
        spoilerText: entry.cw,
        visibility: entry.visibility ?? "public",
        language: language(planned),
        inReplyToId: planned.parent === undefined ? undefined : written[planned.parent],
        mediaIds: pictures.get(planned),
        poll: entry.poll && {
          options: entry.poll.options,
          expiresIn: planned.pollSeconds,
          multiple: entry.poll.multiple ?? false,
          hideTotals: false,
        },
      },
      { at: planned.at },
    );
    written.push(id);
    result.posts++;
    for (const vote of planned.votes)
      if (ids.has(vote.username)) await posts.vote(idOf(vote.username), id, vote.choices);
    if (entry.pinned) await posts.pin(idOf(entry.by), id);
  }

  say("Liking and sharing …");
  const doings = plan.posts.flatMap((planned, i) => {
    const id = written[i];
    if (id === undefined) return [];
    const likes = known(planned.likedBy).map((name) => async (): Promise<void> => {
      // Only what happened lately is news: nobody wants to begin with a hundred notifications.
      await posts.favourite(idOf(name), id, now.getTime() - planned.at.getTime() > 4 * DAY_MS);
      result.favourites++;
    });
    const boosts = planned.boostedBy
      .filter((b) => ids.has(b.username))
      .map((boost) => async (): Promise<void> => {
        await posts.boost({ accountId: idOf(boost.username) }, id, "public", { at: boost.at });
        result.boosts++;
      });
    return [...likes, ...boosts];
  });
  await eachOf(doings, 6, (act) => act());

  say("Drawing memes …");
  result.memes = await loadMemes(deps, ids);

  if (plan.people.length === PEOPLE.length) {
    let previous: Id | undefined;
    for (const entry of ARRIVALS) {
      const made = await posts.create(
        { accountId: idOf(entry.by) },
        { text: entry.text, visibility: "public", language: language({ entry }), inReplyToId: previous },
      );
      previous = made.id;
      result.posts++;
    }
  }
  return result;
}

/** Runs `work` for every item, at most `lanes` at a time. */
async function eachOf<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function countEntries(): number {
  const count = (list: readonly (typeof ENTRIES)[number][]): number =>
    list.reduce((sum, e) => sum + 1 + count(e.answers), 0);
  return count(ENTRIES);
}
