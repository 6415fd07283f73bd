/** Asks every reader of the product and compares with the model. */
import assert from "node:assert/strict";
import { MAX_ID } from "#platform/ids.ts";
import type { CardRow } from "#modules/posts/index.ts";
import { COMMON, TAGS, type Life } from "./life.ts";
import type { Post, Viewer, World } from "./rules.ts";

const ALL = { before: MAX_ID, after: 0n, upward: false, limit: 500 };
const ids = (cards: readonly { id: bigint }[]): string[] => cards.map((c) => c.id.toString());

/** Posts as a list shows them: newest first. */
const newest = (posts: readonly Post[]): string[] => ids([...posts].sort((a, b) => (a.id < b.id ? 1 : -1)));

export async function compareModules(life: Life, viewer: Viewer): Promise<void> {
  const { world } = life;
  const { posts, timelines, notifications } = life.app.app;
  const { views } = posts;
  const v = viewer?.id ?? null;
  const who = viewer?.name ?? "nobody";
  const same = (what: string, got: readonly string[], wanted: readonly string[]): void =>
    assert.deepEqual(named(world, got), named(world, wanted), `${what} for ${who}`);
  const list = (what: string, got: readonly CardRow[], wanted: readonly Post[]): void =>
    same(what, ids(got), newest(wanted));
  const where = (rule: (p: Post) => boolean): Post[] => world.posts.filter(rule);

  const cards = await views.cards(
    v,
    [...world.posts].sort((a, b) => (a.id < b.id ? 1 : -1)).map((p) => p.id),
  );
  list(
    "cards",
    cards,
    where((p) => world.visible(viewer, p)),
  );
  for (const card of cards) {
    const post = world.posts.find((p) => p.id === (card.boost_of_id ?? card.id));
    assert.ok(post);
    // What everyone reads in the counters must not tell of answers and quotes for a few.
    const open = where((p) => p.visibility <= 1);
    const counted = [
      open.filter((p) => p.replyTo === post),
      where((p) => p.boostOf === post),
      world.favourites.filter((f) => f.post === post),
      open.filter((p) => p.quoteOf === post),
    ].map((l) => l.length);
    assert.deepEqual(
      [card.replies, card.boosts, card.favourites, card.quotes],
      counted,
      `counters of ${name(world, post.id)}`,
    );
  }
  const rows = await life.app.app.accounts.profiles.get(world.humans.map((h) => h.id));
  const written = world.humans.map((h) => where((p) => p.author === h && p.visibility < 3).length);
  assert.deepEqual(
    rows.map((r) => r.statuses),
    written,
    "posts counted on profiles",
  );
  list(
    "local",
    await timelines.publicTimeline(v, ALL, false),
    where((p) => world.inLocal(viewer, p)),
  );
  for (const written of TAGS) {
    const tag = written.toLowerCase();
    const filter = { any: [tag], all: [], none: [], media: false };
    list(
      `tag ${tag}`,
      await timelines.tag(v, ALL, filter),
      where((p) => world.inTag(viewer, p, tag)),
    );
  }
  const tags = TAGS.map((t) => t.toLowerCase());
  list(
    "both tags",
    await timelines.tag(v, ALL, { any: tags, all: [], none: [], media: false }),
    where((p) => tags.some((t) => world.inTag(viewer, p, t))),
  );
  list(
    "search",
    await views.search(v, { words: COMMON, media: false, poll: false, language: undefined }, ALL, 0),
    where((p) => p.common && world.findable(viewer, p)),
  );

  for (const human of world.humans) {
    const own = where((p) => p.author === human && world.visible(viewer, p));
    const all = { media: false, replies: true, boosts: true, tag: null };
    list(`account ${human.name}`, await views.ofAccount(v, human.id, ALL, all), own);
    list(
      `account ${human.name} without answers and boosts`,
      await views.ofAccount(v, human.id, ALL, { ...all, replies: false, boosts: false }),
      own.filter((p) => !p.boostOf && !world.answersOther(p)),
    );
    const pinned = await views.pinned(v, human.id);
    same(`pinned by ${human.name}`, ids(pinned).sort(), ids(own.filter((p) => p.pinned)).sort());
  }

  for (const post of world.posts) {
    const seen = world.visible(viewer, post);
    assert.equal((await views.get(v, post.id)) !== undefined, seen, `post ${name(world, post.id)} for ${who}`);
    list(
      `quotes of ${name(world, post.id)}`,
      await views.quotes(v, post.id, ALL),
      where((p) => p.quoteOf === post && world.visible(viewer, p)),
    );
    const liked = world.people(
      viewer,
      world.favourites.filter((f) => f.post === post).map((f) => f.by),
    );
    assert.deepEqual(
      (await views.favouritedBy(v, post.id, ALL)).map((r) => r.account_id),
      liked.reverse().map((h) => h.id),
      `favourited_by for ${who}`,
    );
    const boosts = [...world.posts]
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .filter((p) => p.boostOf === post && p.visibility <= 1);
    assert.deepEqual(
      (await views.boostedBy(v, post.id, ALL)).map((r) => r.account_id),
      world
        .people(
          viewer,
          boosts.map((p) => p.author),
        )
        .map((h) => h.id),
      `boosted_by for ${who}`,
    );
    if (!seen || post.boostOf) continue;
    const thread = await views.thread(v, post.id);
    same(`ancestors of ${name(world, post.id)}`, thread.ancestors.map(String), ids(world.ancestors(viewer, post)));
    same(
      `descendants of ${name(world, post.id)}`,
      thread.descendants.map(String),
      ids(world.descendants(viewer, post)),
    );
  }
  for (const card of await views.trendingPosts(v, 40, 0)) {
    const post = world.posts.find((p) => p.id === card.id);
    assert.ok(post && post.visibility === 0 && world.fed(viewer, post), `a trend that is not for ${who}`);
  }
  if (!viewer) return;

  const home = ids(await timelines.home(viewer.id, ALL));
  const may = newest(where((p) => world.inHome(viewer, p, false)));
  const sure = newest(where((p) => world.inHome(viewer, p, true)));
  same(
    "home has too much",
    home.filter((id) => !may.includes(id)),
    [],
  );
  same(
    "home",
    home.filter((id) => sure.includes(id)),
    sure,
  );
  const marked = (rows: readonly { by: Viewer; post: Post }[]): string[] =>
    ids(rows.filter((f) => f.by === viewer && world.visible(viewer, f.post)).map((f) => f.post)).reverse();
  same("favourites", ids(await views.favourites(viewer.id, ALL)), marked(world.favourites));
  same("bookmarks", ids(await views.bookmarks(viewer.id, ALL)), marked(world.bookmarks));

  const notices = await notifications.list(viewer.id, ALL, {
    types: [],
    excludeTypes: ["admin.sign_up"],
    fromAccountId: undefined,
  });
  const told = (type: string, from: bigint, post: bigint | null): string =>
    `${type} from ${life.world.humans.find((h) => h.id === from)?.name} about ${post === null ? "-" : name(world, post)}`;
  const wanted = world.heard(viewer).map((n) => told(n.type, n.from.id, n.post?.id ?? null));
  assert.deepEqual(
    notices.map((r) => told(r.type, r.from_account_id, r.post_id)).sort(),
    wanted.sort(),
    `notifications for ${who}`,
  );
  assert.equal(await notifications.unread(viewer.id, 0n, 1000), notices.length, `unread notifications for ${who}`);
}

/** Reads everything as the viewer does and looks for words of posts that are not for them. */
export async function scanAnswers(life: Life, viewer: Viewer): Promise<void> {
  const { world } = life;
  const texts: { path: string; text: string }[] = [];
  const get = async (path: string): Promise<number> => {
    const answer = await life.app.fetch(path, viewer ? { headers: { authorization: `Bearer ${viewer.token}` } } : {});
    const text = await answer.text();
    assert.ok(answer.status < 500, `${path} answered ${answer.status}`);
    texts.push({ path, text });
    return answer.status;
  };

  const paths = [
    "/api/v1/timelines/public?limit=40",
    "/api/v1/trends/statuses?limit=40",
    "/api/v1/trends/tags",
    "/api/v1/trends",
    "/api/v1/directory",
  ];
  paths.push(
    ...TAGS.map((t) => `/api/v1/timelines/tag/${encodeURIComponent(t)}?limit=40`),
    ...["secret", COMMON, "yes"].map((w) => `/api/v2/search?q=${w}&limit=40`),
  );
  for (const h of world.humans) {
    paths.push(
      `/api/v1/accounts/${h.id}`,
      `/api/v1/accounts/${h.id}/statuses?limit=40`,
      `/api/v1/accounts/${h.id}/statuses?pinned=true`,
      `/api/v2/search?q=from:${h.name}&limit=40`,
    );
  }
  if (viewer)
    paths.push(
      "/api/v1/timelines/home?limit=40",
      "/api/v1/favourites?limit=40",
      "/api/v1/bookmarks?limit=40",
      "/api/v1/notifications?limit=80",
      "/api/v2/notifications?limit=80",
      "/api/v1/conversations",
    );
  for (const path of paths) await get(path);

  const all = world.posts.map((p) => `id[]=${p.id}`).join("&");
  await get(`/api/v1/statuses?${all}`);
  for (const post of world.posts) {
    const wanted = world.visible(viewer, post) ? 200 : 404;
    const status = await get(`/api/v1/statuses/${post.id}`);
    assert.equal(status, wanted, `post ${name(world, post.id)} for ${viewer?.name ?? "nobody"}`);
    for (const part of ["context", "favourited_by", "reblogged_by", "quotes", "history"]) {
      assert.equal(
        await get(`/api/v1/statuses/${post.id}/${part}`),
        wanted,
        `${part} of ${name(world, post.id)} for ${viewer?.name ?? "nobody"}`,
      );
    }
    if (viewer) assert.equal(await get(`/api/v1/statuses/${post.id}/source`), wanted);
    if (post.poll) assert.equal(await get(`/api/v1/polls/${post.id}`), wanted);
  }
  if (viewer) {
    const heard = await life.app.app.notifications.list(viewer.id, ALL, {
      types: [],
      excludeTypes: [],
      fromAccountId: undefined,
    });
    for (const row of await life.allNotifications(viewer)) {
      const status = await get(`/api/v1/notifications/${row}`);
      assert.equal(status, heard.some((n) => n.id === row) ? 200 : 404, `notification ${row} for ${viewer.name}`);
    }
  }
  for (const post of world.posts) {
    if (post.secret === "" || world.visible(viewer, post)) continue;
    const leak = texts.find((t) => t.text.includes(post.secret));
    assert.equal(
      leak?.path,
      undefined,
      `${viewer?.name ?? "nobody"} reads words of ${name(world, post.id)}: ${leak?.text.slice(0, 3000)}`,
    );
  }
}

/** A post in words, for messages. */
function name(world: World, id: bigint | string): string {
  const post = world.posts.find((p) => p.id.toString() === id.toString());
  if (!post) return `gone ${id}`;
  const parts = [
    `#${world.posts.indexOf(post)}`,
    post.author.name,
    ["public", "unlisted", "followers", "direct"][post.visibility],
  ];
  if (post.replyToAuthor) parts.push(`answer to ${post.replyToAuthor.name}`);
  if (post.boostOf) parts.push(`boost of ${post.boostOf.author.name}`);
  if (post.quoteOf) parts.push(`quote of ${post.quoteOf.author.name}`);
  if (post.mentioned.size > 0) parts.push(`to ${[...post.mentioned].map((h) => h.name).join(" and ")}`);
  return parts.join(" ");
}

const named = (world: World, list: readonly string[]): string[] => list.map((id) => name(world, id));
