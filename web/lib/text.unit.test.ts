import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { localPath } from "#web/loaders/context.ts";
import { nextQuery } from "./api/links.ts";
import { postLength, replyVisibility } from "./compose.ts";
import { plainText, renderHead } from "./server/head.ts";

test("the length of a post: graphemes, short links, mentions without their domain", () => {
  equal(postLength("Grüße 👩‍👩‍👧‍👦", 23), 7);
  equal(postLength("see https://example.org/a/very/long/path?with=query", 23), 4 + 23);
  equal(postLength("hi @ada@example.org", 23), 7);
});

test("a reply reaches no more people than what it answers", () => {
  equal(replyVisibility("private", "public"), "private");
  equal(replyVisibility("public", "unlisted"), "unlisted");
  equal(replyVisibility(undefined, "direct"), "direct");
});

test("the next page of a list", () => {
  const link =
    '<https://example.org/api/v1/x?limit=2&max_id=5>; rel="next", <https://example.org/api/v1/x?limit=2&min_id=9>; rel="prev"';
  equal(nextQuery(link), "max_id=5");
  equal(nextQuery('<https://example.org/api/v1/x?min_id=9>; rel="prev"'), null);
  equal(nextQuery(null), null);
});

test("only paths of this site are followed after a log-in", () => {
  for (const bad of ["https://evil.example", "//evil.example", "/\\evil.example", "", null])
    equal(localPath(bad, "/home"), "/home");
  equal(localPath("/settings/profile?x=1", "/home"), "/settings/profile?x=1");
});

test("preview tags: plain text, escaped, and data that cannot end its script", () => {
  equal(plainText("<p>a &amp; b &lt;c&gt;</p><p>d</p>", 99), "a & b <c> d");
  const html = renderHead(
    { title: 'a "quote"', canonical: "/@ada/1", structured: { text: "</script><script>alert(1)" } },
    "https://example.org",
    "Place",
  );
  match(html, /content="a &quot;quote&quot;"/);
  match(html, /href="https:\/\/example\.org\/@ada\/1"/);
  equal(html.includes("</script><script>alert"), false);
  match(renderHead(null, "https://example.org", "Place"), /noindex/);
});
