// The judge: Fedify's vocabulary, which reads documents as JSON-LD and shares nothing with our reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as vocab from "@fedify/vocab";
import { corpus } from "#test/fixtures/activitypub/corpus.ts";
import { DIFFERENCES } from "#test/interop/differences.ts";
import { readObject } from "./read.ts";
import type { Audience, IncomingObject } from "./types.ts";
import { bundledContext } from "./usual-names.ts";

const NOW = new Date("2026-06-01T00:00:00Z");

/** What both are asked for. Properties that a kind of object does not have are left out. */
interface Summary {
  type: string;
  id?: string | undefined;
  by?: string | undefined;
  to?: string[];
  cc?: string[];
  content?: boolean;
  tags?: string[];
  attachments?: number;
  inReplyTo?: string | undefined;
  published?: string | undefined;
  object?: Summary | string | undefined;
}

async function context(url: string): Promise<{ contextUrl: null; documentUrl: string; document: unknown }> {
  return { contextUrl: null, ...(await bundledContext(url)) };
}

const loaders = {
  contextLoader: context,
  documentLoader: (url: string): Promise<never> => Promise.reject(new Error(`nothing is fetched: ${url}`)),
};

const PUBLIC = vocab.PUBLIC_COLLECTION.href;

function addresses(urls: readonly URL[]): string[] {
  return [...new Set(urls.map((url) => url.href))].filter((href) => href !== PUBLIC && href !== "as:Public").sort();
}

/** The entries of a list that came embedded. */
async function embedded<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

function typeName(object: vocab.Object): string {
  return object.constructor.name;
}

async function theirSummary(object: vocab.Object, depth = 0): Promise<Summary> {
  const summary: Summary = { type: typeName(object), id: object.id?.href };
  // A type that the vocabulary does not have.
  if (object.constructor === vocab.Object) return { ...summary, type: "Object" };
  if (object instanceof vocab.Tombstone) return summary;
  if (object instanceof vocab.Collection) return summary;
  if (object instanceof vocab.Activity && !(object instanceof vocab.Question)) {
    summary.by = object.actorId?.href;
    summary.to = addresses(object.toIds);
    summary.cc = addresses(object.ccIds);
    summary.published = object.published?.toString({ fractionalSecondDigits: 3 });
    const id = object.objectId?.href;
    let inner: vocab.Object | null = null;
    if (depth < 3) inner = await object.getObject({ ...loaders, suppressError: true });
    summary.object = inner ? await theirSummary(inner, depth + 1) : id;
    return summary;
  }
  if (vocab.isActor(object)) {
    summary.published = object.published?.toString({ fractionalSecondDigits: 3 });
    return summary;
  }
  if (
    object instanceof vocab.QuoteAuthorization ||
    object instanceof vocab.ReplyAuthorization ||
    object instanceof vocab.LikeAuthorization
  ) {
    summary.by = object.attributionId?.href;
    return summary;
  }
  summary.by = object.attributionId?.href;
  summary.to = addresses(object.toIds);
  summary.cc = addresses(object.ccIds);
  summary.content = String(object.content ?? "") !== "";
  summary.inReplyTo = object.replyTargetId?.href;
  summary.published = object.published?.toString({ fractionalSecondDigits: 3 });
  const tags = await embedded(object.getTags({ ...loaders, suppressError: true }));
  summary.tags = tags
    .flatMap((tag) => {
      if (tag instanceof vocab.Mention) return [`mention ${tag.href?.href ?? ""}`];
      if (tag instanceof vocab.Hashtag) return [`hashtag ${String(tag.name ?? "").replace(/^#/, "")}`];
      if (tag instanceof vocab.Emoji) return [`emoji ${String(tag.name ?? "").replaceAll(":", "")}`];
      return [];
    })
    .sort();
  summary.attachments = (await embedded(object.getAttachments({ ...loaders, suppressError: true }))).length;
  return summary;
}

function ours(audience: Audience): Pick<Summary, "to" | "cc"> {
  return { to: [...audience.to].sort(), cc: [...audience.cc].sort() };
}

function ourSummary(read: IncomingObject): Summary {
  switch (read.kind) {
    case "activity":
      return {
        type: read.type,
        id: read.id,
        by: read.actor,
        ...ours(read.audience),
        published: read.published?.toISOString(),
        object: read.object ? ourSummary(read.object) : read.objectId,
      };
    case "note":
      return {
        type: read.type,
        id: read.id,
        by: read.attributedTo,
        ...ours(read.audience),
        content: read.content !== "",
        inReplyTo: read.inReplyTo,
        published: read.published?.toISOString(),
        tags: [
          ...read.mentions.map((mention) => `mention ${mention.href}`),
          ...read.hashtags.map((tag) => `hashtag ${tag}`),
          ...read.emojis.map((emoji) => `emoji ${emoji.name}`),
        ].sort(),
        attachments: read.media.length,
      };
    case "actor":
      return { type: read.type, id: read.id, published: read.published?.toISOString() };
    case "approval":
      return { type: read.type, id: read.id, by: read.attributedTo };
    case "collection":
      return { type: "Collection", id: read.id };
    case "tombstone":
      return { type: "Tombstone", id: read.id };
    case "key":
      return { type: "Key", id: read.id };
    case "unknown":
      return { type: read.type, id: read.id };
  }
}

/** Differences as `path: theirs / ours`. */
function compare(theirs: Summary | string | undefined, mine: Summary | string | undefined, path = ""): string[] {
  if (typeof theirs === "object" && typeof mine === "object") {
    const keys = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].sort() as (keyof Summary)[];
    return keys.flatMap((key) => {
      const a = theirs[key];
      const b = mine[key];
      if (key === "object") return compare(theirs.object, mine.object, `${path}object.`);
      return JSON.stringify(a) === JSON.stringify(b)
        ? []
        : [`${path}${key}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`];
    });
  }
  return theirs === mine ? [] : [`${path.slice(0, -1)}: ${JSON.stringify(theirs)} / ${JSON.stringify(mine)}`];
}

async function differences(document: Record<string, unknown>): Promise<string[]> {
  const read = readObject(document, NOW);
  const mine = read && ourSummary(read);
  let theirs: Summary;
  try {
    theirs = await theirSummary(await vocab.Object.fromJsonLd(structuredClone(document), loaders));
  } catch (error) {
    return [`refused: ${error instanceof Error ? error.constructor.name : typeof error} / ${mine?.type}`];
  }
  if (theirs.type.includes("Collection")) theirs.type = "Collection";
  return compare(theirs, mine);
}

const entries = corpus();

for (const { name, document } of entries) {
  test(name, async () => {
    const listed = DIFFERENCES.filter((difference) => difference.document === name).map(
      (difference) => difference.what,
    );
    assert.deepEqual((await differences(document)).sort(), listed.sort(), "differences, found and listed");
  });
}

test("every listed difference is about a document of the corpus and has a reason", () => {
  const names = new Set(entries.map((entry) => entry.name));
  for (const { document, reason } of DIFFERENCES) assert.ok(names.has(document) && reason.length > 10, document);
});
