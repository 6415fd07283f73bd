/**
 * Fills a migrated database with people and posts, always the same ones. Activity follows a square law: few write much.
 * The oldest twentieth of all posts belongs to people who never wrote again: whoever follows only them is the reader that
 * careless timeline queries read the whole table for.
 */
import { createHash } from "node:crypto";
import pg from "pg";
import { copyInto, type Value } from "./copy.ts";

export interface SeedOptions {
  /** Default 1,000. A fifth of them are dormant. */
  accounts?: number;
  /** Default 200,000. */
  posts?: number;
  /** How many active people everybody follows. Default 500. */
  follows?: number;
}

/** Somebody who reads, with a token of the API. */
export interface Reader {
  id: bigint;
  token: string;
  /** Ids of the people this reader follows. */
  follows: ReadonlySet<bigint>;
}

export interface Seeded {
  readers: Reader[];
  /** Follows only dormant people. */
  quiet: Reader;
  /** Follows everybody. */
  busy: Reader;
  posts: number;
}

const DAY = 86_400_000;
const SPAN_DAYS = 365;
const APP_ID = 1n;

const WORDS =
  "river morning bread window garden train letter summer bridge music paper winter coffee village story market light rain stone bird kitchen harbour evening field cloud sister radio island mountain table forest bicycle lamp autumn wall night spring road water friend city".split(
    " ",
  );

/** A small seeded generator of numbers from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const idAt = (ms: number, low = 0): bigint => (BigInt(Math.floor(ms)) << 16n) | BigInt(low);

/** The token of a seeded account; only its digest is in the database. */
function tokenOf(index: number): string {
  return `token-of-bench-account-${index}`;
}

/** Seeds and analyses the database. Times lie in the year before now, so that trends and activity look alive. */
export async function seed(url: string, options: SeedOptions = {}): Promise<Seeded> {
  const count = options.accounts ?? 1000;
  const posts = options.posts ?? 200_000;
  const perReader = options.follows ?? 500;
  const dormant = Math.floor(count / 5);
  const active = count - dormant;
  const begin = Date.now() - SPAN_DAYS * DAY;
  const accountId = (index: number): bigint => idAt(begin - 30 * DAY + index * 1000);

  const rand = random(1);
  // Both write little themselves, so that their homes are made of what others wrote.
  const quietIndex = count - 1;
  const busyIndex = active - 1;
  const follows: number[][] = [];
  for (let reader = 0; reader < count; reader++) {
    const chosen = new Set<number>();
    if (reader === quietIndex) for (let i = active; i < count; i++) chosen.add(i);
    else if (reader === busyIndex) for (let i = 0; i < count; i++) chosen.add(i);
    else while (chosen.size < Math.min(perReader, active - 1)) chosen.add(Math.floor(rand() * active));
    chosen.delete(reader);
    follows.push([...chosen]);
  }

  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off");
    // What is written here is consistent; checking each reference would take longer than writing.
    await client.query("set session_replication_role = replica");
    const restore = await dropIndexes(client, ["posts", "follows", "post_tags"]);
    await people(client, { count, begin, accountId });
    const written = await writePosts(client, { posts, active, dormant, begin, accountId });
    const followers = Array.from({ length: count }, () => 0);
    for (const list of follows) for (const target of list) followers[target] = (followers[target] ?? 0) + 1;
    await copyInto(client, "follows", ["account_id", "target_id", "id"], followRows(follows, accountId, begin));
    await copyInto(
      client,
      "account_stats",
      ["account_id", "followers", "following", "statuses"],
      followers.map((n, i) => [accountId(i), n, follows[i]?.length ?? 0, written[i] ?? 0]),
    );
    await restore();
    await client.query("vacuum (analyze)");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }

  const readers = follows.map((list, index): Reader => {
    return { id: accountId(index), token: tokenOf(index), follows: new Set(list.map(accountId)) };
  });
  const quiet = readers[quietIndex];
  const busy = readers[busyIndex];
  if (!quiet || !busy) throw new Error("There must be at least two accounts.");
  return { readers, quiet, busy, posts };
}

interface People {
  count: number;
  begin: number;
  accountId: (index: number) => bigint;
}

async function people(client: pg.Client, { count, begin, accountId }: People): Promise<void> {
  const indexes = Array.from({ length: count }, (_, i) => i);
  const since = new Date(begin - 30 * DAY);
  await copyInto(
    client,
    "accounts",
    ["id", "username", "display_name", "note", "note_html", "discoverable", "indexable", "created_at"],
    indexes.map((i) => [
      accountId(i),
      `person${i}`,
      `Person ${i}`,
      `I am number ${i}.`,
      `<p>I am number ${i}.</p>`,
      true,
      true,
      since,
    ]),
  );
  await copyInto(
    client,
    "users",
    ["account_id", "email", "email_confirmed_at", "password_hash", "approved_at"],
    indexes.map((i) => [accountId(i), `person${i}@example.invalid`, since, "none", since]),
  );
  await copyInto(
    client,
    "oauth_apps",
    ["id", "client_id", "secret_digest", "name", "redirect_uris", "scopes"],
    [[APP_ID, "bench", Buffer.alloc(32), "Bench", ["urn:ietf:wg:oauth:2.0:oob"], ["read", "write", "follow"]]],
  );
  await copyInto(
    client,
    "oauth_tokens",
    ["id", "digest", "app_id", "account_id", "scopes"],
    indexes.map((i) => tokenRow(i, accountId(i))),
  );
}

function tokenRow(index: number, account: bigint): Value[] {
  const digest = createHash("sha256").update(tokenOf(index)).digest();
  return [account + 1n, digest, APP_ID, account, ["read", "write", "follow"]];
}

function* followRows(follows: number[][], accountId: (i: number) => bigint, begin: number): Generator<Value[]> {
  let n = 0;
  for (const [reader, targets] of follows.entries()) {
    for (const target of targets) yield [accountId(reader), accountId(target), idAt(begin + n, n++ % 65536)];
  }
}

interface Writing {
  posts: number;
  active: number;
  dormant: number;
  begin: number;
  accountId: (index: number) => bigint;
}

/** Writes the posts, oldest first, and returns how many each account wrote. */
async function writePosts(client: pg.Client, w: Writing): Promise<number[]> {
  const written: number[] = [];
  const columns = ["id", "account_id", "visibility", "in_reply_to_id", "in_reply_to_account_id", "boost_of_id"];
  columns.push("boost_of_account_id", "conversation_id", "text", "content", "language", "tags", "search");
  await copyInto(client, "posts", columns, postRows(w, written));
  return written;
}

function* postRows({ posts, active, dormant, begin, accountId }: Writing, written: number[]): Generator<Value[]> {
  const rand = random(2);
  const step = ((SPAN_DAYS - 1) * DAY) / posts;
  const dormantPosts = Math.floor(posts / 20);
  const recent: { id: bigint; author: number; conversation: bigint; boostedBy: Set<number> }[] = [];
  for (let i = 0; i < posts; i++) {
    const author = i < dormantPosts ? active + (i % dormant) : Math.floor(rand() ** 2 * active);
    written[author] = (written[author] ?? 0) + 1;
    const id = idAt(begin + i * step, i % 65536);
    const kind = rand();
    const other = recent[Math.floor(rand() * recent.length)];
    const account = accountId(author);
    if (kind < 0.05 && other && other.author !== author && !other.boostedBy.has(author)) {
      other.boostedBy.add(author);
      yield [id, account, 0, null, null, other.id, accountId(other.author), id, "", "", null, [], null];
      continue;
    }
    const words = Array.from(
      { length: 14 + Math.floor(rand() * 8) },
      () => WORDS[Math.floor(rand() * WORDS.length)] ?? "",
    );
    const text = words.join(" ");
    const reply = kind < 0.25 ? other : undefined;
    const conversation = reply?.conversation ?? id;
    const replyTo = [reply?.id ?? null, reply ? accountId(reply.author) : null] as const;
    const visibility = rand() < 0.85 ? 0 : 1;
    const content = `<p>${text}</p>`;
    yield [id, account, visibility, ...replyTo, null, null, conversation, text, content, "en", [], searchVector(words)];
    recent.push({ id, author, conversation, boostedBy: new Set() });
    if (recent.length > 2000) recent.splice(0, 1000);
  }
}

/** The text form of a tsvector. */
function searchVector(words: string[]): string {
  const positions = new Map<string, number[]>();
  for (const [i, word] of words.entries()) positions.set(word, [...(positions.get(word) ?? []), i + 1]);
  return [...positions].map(([word, at]) => `'${word}':${at.join(",")}`).join(" ");
}

/** Drops the plain indexes of tables before much is written; the returned function makes them again. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<() => Promise<void>> {
  const found = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
     where i.indrelid = any($1::text[]::regclass[]) and c.oid is null`,
    [tables],
  );
  for (const { name } of found.rows) await client.query(`drop index ${name}`);
  return async () => {
    await client.query("set maintenance_work_mem = '256MB'");
    for (const { definition } of found.rows) await client.query(definition);
  };
}

/**
 * Adds an author with many local followers, some of them reading.
 *
 * @returns the readers among the followers.
 */
export async function addAuthor(url: string, seeded: Seeded, author: Reader, followers: number): Promise<Reader[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off");
    await client.query("set session_replication_role = replica");
    // The author's seeded followers go, so that the number is exact.
    await client.query("delete from follows where target_id = $1", [author.id]);
    const reading = seeded.readers.filter((r) => r !== author && r !== seeded.quiet).slice(0, Math.min(followers, 200));
    const made = Math.max(0, followers - reading.length);
    const base = idAt(Date.now() - 3 * DAY) + (author.id & 0xffffn);
    const since = new Date(Date.now() - 3 * DAY);
    const ids = Array.from({ length: made }, (_, i) => base + BigInt(i) * 4n);
    const name = (i: number): string => `follower${author.id}x${i}`;
    await copyInto(
      client,
      "accounts",
      ["id", "username"],
      rows(ids, (id, i) => [id, name(i)]),
    );
    await copyInto(
      client,
      "users",
      ["account_id", "email", "email_confirmed_at", "password_hash", "approved_at"],
      rows(ids, (id, i) => [id, `${name(i)}@example.invalid`, since, "none", since]),
    );
    await copyInto(
      client,
      "account_stats",
      ["account_id", "following"],
      rows(ids, (id) => [id, 1]),
    );
    const all = [...reading.map((r) => r.id), ...ids];
    await copyInto(
      client,
      "follows",
      ["account_id", "target_id", "id"],
      rows(all, (id, i) => [id, author.id, base + BigInt(i)]),
    );
    await client.query("update account_stats set followers = $2 where account_id = $1", [author.id, followers]);
    await client.query("vacuum (analyze) accounts, users, account_stats, follows");
    return reading;
  } finally {
    await client.end();
  }
}

function* rows(ids: bigint[], row: (id: bigint, index: number) => Value[]): Generator<Value[]> {
  for (const [i, id] of ids.entries()) yield row(id, i);
}
