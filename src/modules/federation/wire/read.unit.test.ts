import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { refineAudience } from "./audience.ts";
import { readDocument } from "./jsonld.ts";
import { LIMITS } from "./limits.ts";
import { ParseProblem, parseDocument } from "./parse.ts";
import { readActivity, readObject } from "./read.ts";
import type { IncomingNote } from "./types.ts";
import { uri } from "./values.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const AS2 = "https://www.w3.org/ns/activitystreams";
const PUBLIC = `${AS2}#Public`;
const BASE = {
  "@context": AS2,
  id: "https://a.example/notes/1",
  type: "Note",
  attributedTo: "https://a.example/users/ann",
};

function note(properties: Record<string, unknown>): IncomingNote {
  const read = readObject({ ...BASE, ...properties }, NOW);
  assert.ok(read?.kind === "note");
  return read;
}

function parse(json: string): Record<string, unknown> | string {
  const parsed = parseDocument(new TextEncoder().encode(json));
  return parsed instanceof ParseProblem ? parsed.reason : parsed;
}

test("bytes that are no document", () => {
  assert.equal(parse("{"), "not_json");
  assert.equal(parse("[1]"), "not_object");
  assert.equal(parse('"x"'), "not_object");
  assert.equal(parse('{"a":"\u0001"}'), "not_json", "a raw control character");
  assert.equal(parse(`{"a":"${"x".repeat(LIMITS.documentBytes)}"}`), "too_large");
  assert.deepEqual(parseDocument(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), new ParseProblem("not_utf8"));
  assert.equal(parse(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`), "too_deep", "T23 depth 10,000");
  assert.equal(parse(`{"a":${"[".repeat(400_000)}${"]".repeat(400_000)}}`), "too_deep");
  assert.equal(parse(`{"a":[${"0,".repeat(200_000)}0]}`), "too_deep", "too many nodes");
  assert.deepEqual(parse("\ufeff{}"), {});
});

test("T23 duplicate keys, odd keys and odd numbers", () => {
  const twice = parse(
    `{"@context":"${AS2}","id":"https://a.example/1","type":"Follow","actor":"https://a.example/x","actor":"https://b.example/y","object":"https://c.example/z"}`,
  );
  assert.equal(readActivity(twice, NOW)?.actor, "https://b.example/y", "the last one counts, for everybody");
  const odd = parse(
    `{"@context":"${AS2}","id":"https://a.example/1","type":"Note","__proto__":{"content":"x","admin":true},"constructor":{"prototype":{"y":1}},"likes":{"totalItems":1e400},"shares":{"totalItems":-1e400},"content":"a\\u0000b\\ud800c"}`,
  );
  const read = readObject(odd, NOW);
  assert.ok(read?.kind === "note");
  assert.equal(read.likesCount, LIMITS.count);
  assert.equal(read.sharesCount, undefined);
  assert.equal(read.content, "ab\ufffdc");
  assert.ok(!("admin" in {}) && !("y" in {}), "prototypes are as before");
  // Inherited properties are nobody's words.
  assert.equal(readObject(Object.create({ ...BASE, content: "x" }), NOW), undefined);
});

test("T25 floods are cut", () => {
  const many = 10_000;
  const flood = note({
    type: "Question",
    to: Array.from({ length: many }, (_, i) => `https://a.example/u/${i}`),
    content: "x".repeat(5_000_000),
    summary: "s".repeat(100_000),
    tag: [
      ...Array.from({ length: many }, (_, i) => ({ type: "Mention", href: `https://a.example/u/${i}`, name: "@x" })),
      ...Array.from({ length: many }, (_, i) => ({ type: "Hashtag", name: `#t${i}` })),
    ],
    attachment: Array.from({ length: many }, (_, i) => ({ type: "Image", url: `https://a.example/i/${i}` })),
    anyOf: Array.from({ length: 100_000 }, (_, i) => ({ type: "Note", name: `${i}`.repeat(500) })),
  });
  assert.equal(flood.mentions.length, LIMITS.mentions);
  assert.ok(flood.hashtags.length <= LIMITS.hashtags);
  assert.equal(flood.media.length, LIMITS.attachments);
  assert.equal(flood.poll?.options.length, LIMITS.pollOptions);
  assert.ok(flood.poll.options.every((option) => option.text.length <= LIMITS.pollOption));
  assert.equal(flood.audience.to.length, LIMITS.recipients);
  assert.ok(flood.content.length <= LIMITS.content);
  assert.equal(flood.spoiler.length, LIMITS.spoiler);
});

test("T22 contexts that change the meaning of names are not interpreted, neither way", async () => {
  for (const context of [
    [AS2, { actor: "as:object", object: "as:actor" }],
    [AS2, { actor: { "@id": "https://evil.example/ns#x" } }],
    [AS2, { as: "https://evil.example/ns#" }],
    [AS2, null],
    [AS2, { "@base": "https://evil.example/" }],
    [AS2, { id: "as:name" }],
    null,
    "https://evil.example/context",
  ]) {
    const document = {
      ...BASE,
      "@context": context,
      type: "Like",
      actor: "https://a.example/x",
      object: "https://b.example/1",
    };
    assert.equal(readObject(document, NOW), undefined, JSON.stringify(context));
    assert.equal(await readDocument(document, NOW), undefined, JSON.stringify(context));
  }
  const embedded = readActivity(
    {
      "@context": AS2,
      id: "https://a.example/2",
      type: "Create",
      actor: "https://a.example/x",
      object: { ...BASE, "@context": { content: "as:summary" } },
    },
    NOW,
  );
  assert.equal(embedded?.object, undefined);
  assert.equal(embedded?.objectId, BASE.id, "what it is, is left to a fetch");
});

test("documents with other names are read by way of JSON-LD", async () => {
  const aliased = {
    "@context": { v: `${AS2}#` },
    "@type": "v:Create",
    "@id": "https://a.example/1",
    "v:actor": { "@id": "https://a.example/x" },
    "v:to": { "@id": PUBLIC },
    "v:object": {
      "@type": "v:Note",
      "@id": "https://a.example/2",
      "v:content": { "@value": "<p>hi</p>", "@language": "en" },
    },
  };
  assert.equal(readObject(aliased, NOW), undefined, "not the short way");
  const read = await readDocument(aliased, NOW);
  assert.ok(read?.kind === "activity" && read.object?.kind === "note");
  assert.equal(read.audience.visibility, "public");
  assert.equal(read.object.content, "<p>hi</p>");
  assert.equal(read.object.language, "en");
  const huge = { ...aliased, "v:tag": Array.from({ length: 10_000 }, () => ({ "@type": "v:Mention" })) };
  assert.equal(await readDocument(huge, NOW), undefined, "too much for JSON-LD");
  assert.equal(await readDocument([aliased], NOW), undefined);
});

test("who is meant to read it", () => {
  const followers = "https://a.example/users/ann/followers";
  for (const [to, cc, expected] of [
    [PUBLIC, undefined, "public"],
    [["as:Public"], [], "public"],
    [{ id: "Public" }, null, "public"],
    [[followers], [PUBLIC], "unlisted"],
    [followers, [], "followers"],
    [[], followers, "followers"],
    ["https://b.example/users/bo/followers", [], "direct"],
    [["https://b.example/u"], [], "direct"],
    [null, null, "direct"],
    [[[PUBLIC]], [], "direct"],
    [42, {}, "direct"],
  ] as const)
    assert.equal(note({ to, cc }).audience.visibility, expected, JSON.stringify([to, cc]));
  const { audience } = note({ to: followers });
  assert.equal(refineAudience(audience, followers).visibility, "followers");
  assert.equal(
    refineAudience(audience, "https://a.example/other").visibility,
    "direct",
    "only looked like the followers",
  );
  assert.equal(
    refineAudience(note({ to: "https://a.example/f/1" }).audience, "https://a.example/f/1").visibility,
    "followers",
  );
  assert.equal(refineAudience(note({ to: PUBLIC }).audience, undefined).visibility, "public");
});

test("an object without an audience has that of its activity", () => {
  const read = readActivity(
    {
      "@context": AS2,
      type: "Create",
      id: "https://a.example/c",
      actor: BASE.attributedTo,
      to: PUBLIC,
      object: { ...BASE },
    },
    NOW,
  );
  assert.ok(read?.object?.kind === "note");
  assert.equal(read.object.audience.visibility, "public");
});

test("texts, languages and dates", () => {
  assert.equal(note({ content: null, contentMap: { de: "<p>Hallo</p>" } }).content, "<p>Hallo</p>");
  assert.equal(note({ content: null, contentMap: { de: "<p>Hallo</p>" } }).language, "de");
  assert.equal(note({ content: "b", contentMap: { en: "a", fr: "b" } }).language, "fr");
  assert.equal(note({ content: "x", contentMap: { und: "x" } }).language, undefined);
  assert.equal(note({ name: "1 < 2 & <b>3</b>" }).content, "<p>1 &lt; 2 &amp; 3</p>");
  assert.equal(
    note({ content: "*a* <b>b</b>", mediaType: "text/markdown" }).content,
    "<p><em>a</em> &lt;b&gt;b&lt;/b&gt;</p>",
  );
  assert.equal(note({ content: "a < b\nc", mediaType: "text/plain; charset=utf-8" }).content, "<p>a &lt; b<br />c</p>");
  assert.equal(
    note({ published: "2030-01-01T00:00:00Z" }).published?.toISOString(),
    NOW.toISOString(),
    "clamped to now",
  );
  assert.equal(
    note({ published: "2026-01-01T00:00:00" }).published?.toISOString(),
    "2026-01-01T00:00:00.000Z",
    "without a zone: UTC",
  );
  for (const published of [
    "yesterday",
    5,
    {},
    "-2000-01-01T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
  ])
    assert.equal(note({ published }).published, undefined, JSON.stringify(published));
});

test("addresses", () => {
  for (const id of [
    "",
    "relative",
    "ftp://a.example/",
    "javascript:alert(1)",
    "https://",
    "https://u:p@a.example/",
    `https://a.example/${"x".repeat(3_000)}`,
    5,
    null,
    {},
  ])
    assert.equal(readObject({ ...BASE, id }, NOW)?.kind, "unknown", JSON.stringify(id));
  assert.equal(note({ id: "HTTPS://A.example:443/x/../notes/1" }).id, BASE.id, "normal form");
});

test("property: addresses come in the normal form of the URL standard", () => {
  const host = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
  const path = fc.stringMatching(/^[\w~@./%?# -]{0,12}$/);
  const address = fc.oneof(
    fc.tuple(host, path).map(([h, p]) => `https://${h}/${p}`),
    fc
      .tuple(host, fc.constantFrom("example", "org", "1", "0x1", "xn--a", "a-"), path)
      .map(([h, tld, p]) => `https://${h}.${tld}/${p}`),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(address, (raw) => {
      const url = URL.parse(raw);
      assert.equal(uri(raw), url && url.username === "" ? url.href : undefined, raw);
    }),
    { numRuns: 20_000, seed: 20263 },
  );
});

test("the first of several quotes counts; a plain object link is none", () => {
  const quoted = "https://b.example/1";
  for (const quote of [
    { quote: quoted },
    { quote: { id: quoted } },
    { quoteUrl: quoted },
    { quoteUri: quoted },
    { _misskey_quote: quoted },
  ])
    assert.equal(note({ ...quote, tag: [] }).quote, quoted);
  const link = {
    type: "Link",
    href: quoted,
    mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  };
  assert.equal(note({ tag: [{ ...link, rel: "https://misskey-hub.net/ns#_misskey_quote" }] }).quote, quoted);
  assert.equal(note({ tag: { ...link, name: "RE: that" } }).quote, quoted);
  assert.equal(note({ tag: [link] }).quote, undefined);
  assert.equal(note({ quote: "https://c.example/2", quoteUrl: quoted }).quote, "https://c.example/2");
});

test("things of unknown types are named, not refused", () => {
  assert.deepEqual(readObject({ ...BASE, type: "Recipe" }, NOW), { kind: "unknown", id: BASE.id, type: "Recipe" });
  const read = readActivity(
    {
      "@context": AS2,
      type: "Bite",
      id: "https://a.example/b",
      actor: "https://a.example/x",
      object: "https://b.example/y",
    },
    NOW,
  );
  assert.equal(read?.type, "Bite");
  assert.equal(
    note({ type: ["https://schema.example/Recipe", "Note"] }).type,
    "Note",
    "the known one of several types",
  );
  assert.equal(note({ type: "as:Note" }).type, "Note");
  assert.equal(readObject({ "@context": AS2 }, NOW), undefined);
  for (const json of [undefined, null, 5, "x", [], [BASE], true]) assert.equal(readObject(json, NOW), undefined);
});

test("embedding has an end", () => {
  let nested: Record<string, unknown> = { ...BASE };
  for (let i = 0; i < 50; i++)
    nested = {
      "@context": AS2,
      type: "Announce",
      id: `https://a.example/${i}`,
      actor: "https://a.example/x",
      object: nested,
    };
  let depth = 0;
  for (let read = readObject(nested, NOW); read?.kind === "activity"; read = read.object) depth++;
  assert.equal(depth, LIMITS.embedding);
});
