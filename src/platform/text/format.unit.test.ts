import assert from "node:assert/strict";
import { test } from "node:test";
import { extractParts, plainText, tagName, textLength, toHtml, type LinkTargets } from "./format.ts";

const targets: LinkTargets = {
  mention: (m) =>
    m.username.toLowerCase() === "ada" && m.domain === undefined
      ? { url: "http://x.test/@ada", username: "ada" }
      : undefined,
  tagUrl: (t) => `http://x.test/tags/${encodeURIComponent(tagName(t))}`,
};

test("plain text becomes exactly one paragraph", () => {
  assert.equal(toHtml("test", targets), "<p>test</p>");
  assert.equal(toHtml("a\nb\n\n\nc", targets), "<p>a<br />b</p><p>c</p>");
  assert.equal(toHtml("  ", targets), "");
});

test("markup in the text stays text", () => {
  const html = toHtml(`<script>alert("1")</script> & <b onclick='x'>`, targets);
  assert.equal(html, "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;b onclick=&#39;x&#39;&gt;</p>");
  assert.equal(plainText(html), `<script>alert("1")</script> & <b onclick='x'>`);
});

test("links cannot break out of their attribute", () => {
  const html = toHtml(`see https://a.example/"onmouseover="x and https://b.example/<b>`, targets);
  assert.ok(!/ onmouseover/.test(html), html);
  assert.ok(!html.includes("<b>"), html);
});

test("links hide scheme and tail", () => {
  const html = toHtml("https://www.example.org/a/very/long/path/that/goes/on?x=1", targets);
  assert.match(
    html,
    /^<p><a href="https:\/\/www\.example\.org\/a[^"]*" target="_blank" rel="nofollow noopener" translate="no">/,
  );
  assert.match(html, /<span class="invisible">https:\/\/www\.<\/span><span class="ellipsis">example\.org/);
});

test("only known people become links", () => {
  assert.match(
    toHtml("@ada hi", targets),
    /<span class="h-card" translate="no"><a href="http:\/\/x\.test\/@ada" class="u-url mention">@<span>ada<\/span><\/a><\/span> hi/,
  );
  assert.equal(toHtml("@nobody hi", targets), "<p>@nobody hi</p>");
});

test("finds mentions and tags where people mean them", () => {
  const parts = extractParts(
    "@Ada, @ada and mail a@b.example, #Cranes #cranes #1 #über_2 https://x.example/#frag @bob@Far.Example:3001.",
  );
  assert.deepEqual(
    parts.mentions.map((m) => `${m.username}@${m.domain ?? ""}`),
    ["Ada@", "bob@far.example:3001"],
  );
  assert.deepEqual(parts.tags, ["Cranes", "über_2"]);
  assert.deepEqual(parts.urls, ["https://x.example/#frag"]);
});

test("length counts graphemes, links as 23, mentions without host", () => {
  assert.equal(textLength("abc"), 3);
  assert.equal(textLength("👩‍👩‍👧 é"), 3);
  assert.equal(textLength("https://example.org/" + "x".repeat(300)), 23);
  assert.equal(textLength("@bob@far.example hi"), 7);
});
