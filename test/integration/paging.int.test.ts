/** Pages without gap and without doubles, while posts arrive and when nothing moves. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { page, walkDown, walkUp, type Reader } from "./paging/pages.ts";
import { place, type Place, type Someone } from "./paging/place.ts";
import { chance } from "./visibility/random.ts";

const SEED = Number(process.env["SKEIN_TEST_SEED"] ?? "20");
const HOME = "/api/v1/timelines/home";
const LOCAL = "/api/v1/timelines/public";
const rnd = chance(SEED);
const limit = (): number => 1 + rnd.below(40);
const nobody: Reader = { id: 0n, name: "nobody", token: undefined };

interface Written {
  id: bigint;
  by: Someone;
  boostOf: bigint | undefined;
}

let at: Place;
let writers: Someone[];
/** Follows two writers with few followers. */
let normal: Someone;
/** Follows a writer whose posts are merged when read, too. */
let fan: Someone;
/** Follows everyone and comes back after long. */
let returner: Someone;
let follows: Map<Someone, Someone[]>;
/** Every acknowledged post, oldest first, and those that were deleted since. */
const written: Written[] = [];
const deleted = new Set<bigint>();

before(async () => {
  at = await place({ SKEIN_PULL_FOLLOWERS: "3" });
  writers = [];
  for (const name of ["ada", "ben", "cleo", "star"]) writers.push(await at.person(name));
  [normal, fan, returner] = [await at.person("normal"), await at.person("fan"), await at.person("returner")];
  const [ada, ben, cleo, star] = writers;
  assert.ok(ada && ben && cleo && star);
  follows = new Map([
    [normal, [ada, ben]],
    [fan, [ben, star]],
    [returner, [ada, ben, cleo, star]],
  ]);
  for (const [reader, list] of follows) for (const author of list) await at.follow(reader, author);
  for (const name of ["crowd1", "crowd2"]) await at.follow(await at.person(name), star);
  // More of one author than a home takes of each: what is older has to be merged.
  for (let i = 0; i < 130; i++) written.push({ id: await at.post(ada, `old ${i}`), by: ada, boostOf: undefined });
  for (const author of [ben, cleo, star]) {
    for (let i = 0; i < 12; i++)
      written.push({ id: await at.post(author, `old ${i}`), by: author, boostOf: undefined });
  }
  await at.drain();
});

const gone = (w: Written): boolean => deleted.has(w.id) || (w.boostOf !== undefined && deleted.has(w.boostOf));
const homeOf = (reader: Someone): Written[] => written.filter((w) => follows.get(reader)?.includes(w.by) === true);
const idsOf = (list: readonly Written[]): bigint[] => list.map((w) => w.id).sort((a, b) => (a < b ? -1 : 1));

/** Compares what was read with what had to be read. Deleted posts may have been seen while they were there. */
function complete(what: string, got: readonly bigint[], wanted: readonly Written[]): void {
  assert.equal(new Set(got).size, got.length, `${what} (seed ${SEED}): something came twice`);
  const seen = new Set(got);
  const missing = idsOf(wanted.filter((w) => !gone(w) && !seen.has(w.id)));
  assert.deepEqual(missing, [], `${what} (seed ${SEED}): missed`);
  const known = new Set(wanted.map((w) => w.id));
  assert.deepEqual(
    got.filter((id) => !known.has(id)),
    [],
    `${what} (seed ${SEED}): does not belong there`,
  );
}

test("homes older than what is written join without a gap", async () => {
  for (const reader of [normal, fan, returner]) {
    const wanted = idsOf(homeOf(reader));
    assert.deepEqual(await walkDown(at.app, reader, HOME, limit), wanted.toReversed(), `${reader.name} downwards`);
    assert.deepEqual(await walkUp(at.app, reader, HOME, limit), wanted, `${reader.name} upwards`);
  }
  const { rows } = await at.pool.query<{ floor_id: bigint }>("select floor_id from home_states where owner_id = $1", [
    normal.id,
  ]);
  assert.ok((rows[0]?.floor_id ?? 0n) > 0n, "the home of the test is not cut");
});

test("four people write while everyone reads: nothing missed, nothing twice", async () => {
  await at.app.app.jobs.start();
  let writing = true;

  async function write(by: Someone): Promise<void> {
    const own: bigint[] = [];
    for (let i = 0; i < 38; i++) {
      const dice = rnd.below(100);
      const boostable = rnd.pick(written.filter((w) => w.boostOf === undefined && !gone(w) && w.by !== by));
      const last = own.at(-1);
      if (dice < 15 && boostable) {
        const id = await at.boost(by, boostable.id).catch(() => undefined);
        if (id !== undefined && !written.some((w) => w.id === id)) written.push({ id, by, boostOf: boostable.id });
      } else if (dice < 22 && last !== undefined) {
        deleted.add(last);
        own.pop();
        await at.remove(by, last);
      } else {
        const id = await at.post(by, `new ${i}`);
        own.push(id);
        written.push({ id, by, boostOf: undefined });
      }
    }
  }

  /** Asks for the oldest of the newer ones, again and again. */
  async function pollUp(reader: Reader, path: string): Promise<bigint[]> {
    const all: bigint[] = [];
    for (let more = true; more;) {
      more = writing;
      all.push(...(await walkUp(at.app, reader, path, limit, all.at(-1) ?? 0n)));
    }
    return all;
  }

  /** Asks for everything newer, and follows the link down to what is known. */
  async function pollSince(reader: Reader, path: string): Promise<bigint[]> {
    const all: bigint[] = await walkDown(at.app, reader, path, limit);
    for (let more = true; more;) {
      more = writing;
      const newest = all.reduce((a, b) => (a > b ? a : b), 0n);
      const first = await page(at.app, reader, `${path}?since_id=${newest}&limit=20`);
      // Only the link tells whether there is more: a post deleted while the page was made leaves it one short.
      const rest = first.next !== undefined ? await walkDownFrom(reader, first.next, newest) : [];
      all.push(...first.ids, ...rest.filter((id) => id > newest));
    }
    return all;
  }

  async function walkDownFrom(reader: Reader, next: string, upTo: bigint): Promise<bigint[]> {
    const all: bigint[] = [];
    for (let url: string | undefined = next; url !== undefined;) {
      const got = await page(at.app, reader, url);
      all.push(...got.ids);
      const oldest = got.ids.at(-1);
      url = oldest !== undefined && oldest <= upTo ? undefined : got.next;
    }
    return all;
  }

  /** Walks from the newest to the oldest; what was there at the start has to come. */
  async function walk(reader: Someone): Promise<void> {
    while (writing) {
      const start = homeOf(reader);
      const got = await walkDown(at.app, reader, HOME, limit);
      assert.ok(
        got.every((id, i) => i === 0 || id < (got[i - 1] ?? 0n)),
        `walk of ${reader.name} (seed ${SEED}) is not descending over its pages`,
      );
      const seen = new Set(got);
      assert.deepEqual(
        idsOf(start.filter((w) => !gone(w) && !seen.has(w.id))),
        [],
        `walk of ${reader.name} (seed ${SEED}): missed`,
      );
    }
  }

  const open = (w: Written): boolean => w.boostOf === undefined;
  const readers = [normal, fan, returner];
  const [, ups, sinces, publicUp] = await Promise.all([
    Promise.all(writers.map(write)).finally(() => (writing = false)),
    Promise.all(readers.map((r) => pollUp(r, HOME))),
    Promise.all([normal, fan].map((r) => pollSince(r, HOME))),
    pollUp(nobody, LOCAL),
    Promise.all(readers.map(walk)),
  ]).finally(() => {
    writing = false;
    return at.app.app.jobs.stop();
  });
  await at.drain();

  readers.forEach((r, i) => complete(`home of ${r.name} by min_id`, ups[i] ?? [], homeOf(r)));
  [normal, fan].forEach((r, i) => complete(`home of ${r.name} by since_id`, sinces[i] ?? [], homeOf(r)));
  complete("local by min_id", publicUp, written.filter(open));
  for (const r of readers) {
    const wanted = idsOf(homeOf(r).filter((w) => !gone(w)));
    assert.deepEqual(await walkDown(at.app, r, HOME, limit), wanted.toReversed(), `${r.name} downwards (seed ${SEED})`);
    assert.deepEqual(await walkUp(at.app, r, HOME, limit), wanted, `${r.name} upwards (seed ${SEED})`);
  }
  const { rows } = await at.pool.query("select 1 from big_accounts");
  assert.equal(rows.length, 1, "one of the writers has more followers than are written to");
});

test("a reader who comes back after long finds everything", async () => {
  await at.pool.query("update home_states set active_at = now() - interval '20 days' where owner_id = $1", [
    returner.id,
  ]);
  // What other processes say when they change a home.
  await at.pool.query("select pg_notify('skein_signals', 'home:*')");
  const [ada, , cleo] = writers;
  assert.ok(ada && cleo);
  for (const by of [ada, cleo, ada]) written.push({ id: await at.post(by, "while away"), by, boostOf: undefined });
  await at.drain();
  const wanted = idsOf(homeOf(returner).filter((w) => !gone(w)));
  assert.deepEqual(await walkDown(at.app, returner, HOME, limit), wanted.toReversed());
  assert.deepEqual(await walkUp(at.app, returner, HOME, limit), wanted);
});

test("lists that stand still: local, hashtag, account, favourites, bookmarks, notifications", async () => {
  const [ada, ben, cleo] = writers;
  assert.ok(ada && ben && cleo);
  const reader = await at.person("collector");
  const tagged: bigint[] = [];
  for (let i = 0; i < 45; i++) tagged.push(await at.post(ben, `about #kelp ${i}`));
  const marked = written.filter((w) => w.by === ada && w.boostOf === undefined && !gone(w)).slice(-50);
  for (const w of marked) {
    await at.app.app.posts.favourite(reader.id, w.id);
    await at.app.app.posts.bookmark(reader.id, w.id);
  }
  await at.drain();

  const local = [...written.filter((w) => w.boostOf === undefined && !gone(w)).map((w) => w.id), ...tagged].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  const cleos = idsOf(written.filter((w) => w.by === cleo && !gone(w)));
  for (const [path, wanted] of [
    [LOCAL, local],
    ["/api/v1/timelines/tag/kelp", tagged],
    [`/api/v1/accounts/${cleo.id}/statuses`, cleos],
  ] as const) {
    assert.deepEqual(await walkDown(at.app, reader, path, limit), wanted.toReversed(), `${path} downwards`);
    assert.deepEqual(await walkUp(at.app, reader, path, limit), wanted, `${path} upwards`);
    const middle = wanted[Math.floor(wanted.length / 2)] ?? 0n;
    const above = await page(at.app, reader, `${path}?since_id=${middle}&limit=7`);
    assert.deepEqual(above.ids, wanted.toReversed().slice(0, 7), `${path}: since_id gives the newest`);
    const over = await page(at.app, reader, `${path}?min_id=${middle}&limit=7`);
    assert.deepEqual(
      over.ids,
      wanted
        .filter((id) => id > middle)
        .slice(0, 7)
        .toReversed(),
      `${path}: min_id gives the next`,
    );
  }
  // These are ordered by when they were marked, and their pages follow the links alone.
  for (const path of ["/api/v1/favourites", "/api/v1/bookmarks"]) {
    const all: bigint[] = [];
    for (let url: string | undefined = `${path}?limit=7`; url !== undefined;) {
      const got = await marks(reader, url);
      all.push(...got.ids);
      url = got.next;
    }
    assert.deepEqual(all, marked.map((w) => w.id).toReversed(), path);
  }
  const told = await walkDown(at.app, ada, "/api/v1/notifications", limit);
  const { rows } = await at.pool.query<{ id: bigint }>(
    "select id from notifications where account_id = $1 order by id desc",
    [ada.id],
  );
  assert.deepEqual(
    told,
    rows.map((r) => r.id),
  );
  assert.deepEqual(await walkUp(at.app, ada, "/api/v1/notifications", limit), told.toReversed());
  assert.ok(told.length > 50);
});

/** A page whose ids are not in order. */
async function marks(reader: Someone, path: string): Promise<{ ids: bigint[]; next: string | undefined }> {
  const response = await at.app.fetch(path, { headers: { authorization: `Bearer ${reader.token}` } });
  const list = (await response.json()) as { id: string }[];
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return { ids: list.map((s) => BigInt(s.id)), next: next?.slice(at.app.url.length) };
}
