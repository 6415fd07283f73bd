import assert from "node:assert/strict";
import { test } from "node:test";
import { sanitizeHtml } from "#platform/text/sanitize.ts";
import { corpus } from "#test/fixtures/activitypub/corpus.ts";
import { readDocument } from "./jsonld.ts";
import { LIMITS } from "./limits.ts";
import { readObject } from "./read.ts";
import type { IncomingObject } from "./types.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const RUNS = 20_000;
const documents = corpus().map((entry) => entry.document);

/** Mulberry32: the same documents in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Container = Record<string, unknown> | unknown[];

/** All places of a document where a value stands. */
function places(root: Container): { in: Container; key: string }[] {
  const found: { in: Container; key: string }[] = [];
  const open: Container[] = [root];
  for (let container = open.pop(); container; container = open.pop()) {
    for (const [key, value] of Object.entries(container)) {
      found.push({ in: container, key });
      if (typeof value === "object" && value !== null) open.push(value as Container);
    }
  }
  return found;
}

function set(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutate(document: Record<string, unknown>, next: () => number): Record<string, unknown> {
  const copy = structuredClone(document);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T;
  const junk = (): unknown =>
    pick([
      null,
      true,
      0,
      -1,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      "",
      "x",
      "\u0000\ud800",
      "https://a.example/\u0000",
      "https://u:p@a.example/",
      "javascript:alert(1)",
      "https://www.w3.org/ns/activitystreams#Public",
      "<script>alert(1)</script><p onclick=x>hi",
      "<b>".repeat(300),
      "2026-13-45T99:99:99Z",
      "9999-12-31T23:59:59Z",
      [],
      {},
      [null],
      [[]],
      { id: 5 },
      { type: ["Note", 5, null] },
      { "@value": "x" },
      { "@list": ["https://a.example/1"] },
      { "@id": "https://a.example/2" },
      Array.from({ length: 2_000 }, (_, i) => `https://a.example/${i}`),
      Array.from({ length: 300 }, (_, i) => ({
        type: pick(["Mention", "Hashtag", "Emoji", "Image", "Note"]),
        name: `n${i}`,
        href: `https://a.example/${i}`,
        url: `https://a.example/${i}`,
      })),
      { nested: { nested: { nested: [{}] } } },
    ]);
  const changes = 1 + Math.floor(next() * 6);
  for (let i = 0; i < changes; i++) {
    const all = places(copy);
    if (all.length === 0) break;
    const { in: container, key } = pick(all);
    const value = Object.getOwnPropertyDescriptor(container, key)?.value as unknown;
    switch (Math.floor(next() * 8)) {
      case 0:
        if (Array.isArray(container)) container.splice(Number(key), 1);
        else delete container[key];
        break;
      case 1:
        set(container, key, [value]);
        break;
      case 2:
        set(container, key, {
          id: value,
          type: pick(["Note", "Link", "Person", "Create", "Tombstone", "OrderedCollection"]),
        });
        break;
      case 3:
        // Arrays of parsed JSON have no other keys than their indexes.
        set(
          Array.isArray(container) ? copy : container,
          pick([
            "__proto__",
            "constructor",
            "toString",
            "@id",
            "@type",
            "@context",
            "content",
            "object",
            "type",
            "id",
            "actor",
          ]),
          value,
        );
        break;
      case 4: {
        // A part of some other document, e.g. a whole actor as an attachment.
        const other = pick(places(pick(documents)));
        set(container, key, structuredClone(Object.getOwnPropertyDescriptor(other.in, other.key)?.value as unknown));
        break;
      }
      case 5:
        set(container, key, typeof value === "string" ? value.repeat(1 + Math.floor(next() * 50)) : [value, junk()]);
        break;
      default:
        set(container, key, junk());
    }
  }
  return copy;
}

const HTML = new Set(["content", "summary", "value"]);
const ADDRESSES = new Set(
  "id url actor attributedTo objectId target inReplyTo quote quoteAuthorization approvedBy replies inbox sharedInbox outbox followers following featured movedTo owner interactingObject interactionTarget result next partOf href".split(
    " ",
  ),
);

/** Everything in the output is of bounded size, storable, and what its name promises. */
function check(value: unknown, key: string, depth: number): void {
  assert.ok(depth < 20, "depth");
  if (value === undefined || value === null || typeof value === "boolean") return;
  if (typeof value === "number") return assert.ok(Number.isFinite(value) && Math.abs(value) <= LIMITS.count, key);
  if (typeof value === "string") {
    assert.ok(value.isWellFormed() && !value.includes("\u0000"), `${key} can be stored`);
    assert.ok(value.length <= LIMITS.content, `${key} is bounded`);
    if (ADDRESSES.has(key))
      assert.ok(URL.parse(value)?.href === value && /^https?:/.test(value), `${key} is an address: ${value}`);
    if (HTML.has(key) && value.includes("<")) assert.equal(sanitizeHtml(value), value, `${key} is sanitised`);
    return;
  }
  if (value instanceof Date) return assert.ok(!Number.isNaN(value.getTime()) && value.getUTCFullYear() <= 9999, key);
  if (Array.isArray(value)) {
    assert.ok(value.length <= LIMITS.recipients, `${key} has ${value.length} entries`);
    for (const entry of value) check(entry, key, depth + 1);
    return;
  }
  assert.equal(Object.getPrototypeOf(value), Object.prototype, key);
  for (const [name, entry] of Object.entries(value)) check(entry, name, depth + 1);
}

function checkObject(read: IncomingObject | undefined): void {
  if (read === undefined) return;
  check(read, "", 0);
  if (read.kind === "actor") assert.ok(read.username.length <= LIMITS.username && read.fields.length <= LIMITS.fields);
  if (read.kind === "note") {
    assert.ok(
      read.media.length <= LIMITS.attachments &&
        read.hashtags.length <= LIMITS.hashtags &&
        read.emojis.length <= LIMITS.emojis,
    );
    assert.ok((read.published ?? NOW) <= NOW && (read.updated ?? NOW) <= NOW, "no date of the future");
  }
}

test(`${RUNS} mutated documents: never an exception, always typed and bounded`, () => {
  const next = random(20_260_601);
  const kinds = new Map<string, number>();
  for (let run = 0; run < RUNS; run++) {
    const document = mutate(documents[run % documents.length] ?? {}, next);
    try {
      const read = readObject(document, NOW);
      checkObject(read);
      const kind = read?.kind ?? "none";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    } catch (error) {
      throw new Error(`run ${run}: ${JSON.stringify(document).slice(0, 3_000)}`, { cause: error });
    }
  }
  // Mutation must not be so wild that nothing is read any more.
  for (const kind of ["note", "actor", "activity", "collection", "approval", "key"])
    assert.ok((kinds.get(kind) ?? 0) > 50, `${kind}: ${kinds.get(kind)}`);
});

test("mutated documents by way of JSON-LD", async () => {
  const next = random(7);
  let read = 0;
  for (let run = 0; run < 600; run++) {
    const document = mutate(documents[run % documents.length] ?? {}, next);
    if (document["type"] !== undefined) {
      document["@type"] = document["type"];
      delete document["type"];
    }
    const found = await readDocument(document, NOW);
    checkObject(found);
    if (found) read++;
  }
  assert.ok(read > 100, `${read} read`);
});
