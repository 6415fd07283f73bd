import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sanitizeParsed } from "./sanitize-parsed.ts";
import { sanitizeSimple } from "./sanitize-simple.ts";
import { foreignText, MAX_HTML, sanitizeHtml } from "./sanitize.ts";

const REL = 'rel="nofollow noopener noreferrer"';

/** Every tag of the output in the only form in which it may be written. */
const WRITTEN =
  /^(?:[^<>]|<br \/>|<\/?(?:p|span|a|del|pre|code|em|strong|b|i|u|ul|ol|li|blockquote)>|<(?:p|span)(?: class="[a-z0-9 -]+")?(?: translate="no")?>|<ol start="-?\d+">|<li value="-?\d+">|<a href="(?:https?|mailto|xmpp|matrix|gemini|magnet|ipfs|ipns):[^"<>]*"(?: class="[a-z0-9 -]+")?(?: translate="no")? rel="nofollow noopener noreferrer">)*$/;

function assertInert(html: string): void {
  // Compared by hand: a failure must not print megabytes.
  if (!WRITTEN.test(html)) assert.fail(`not inert: ${html.slice(0, 2_000)}`);
  const again = sanitizeHtml(html);
  if (again !== html) assert.fail(`not stable: ${html.slice(0, 2_000)}\n${again.slice(0, 2_000)}`);
}

test("what Mastodon sends stays as it is, but for the rel of links", () => {
  const sent =
    '<p>Hi <span class="h-card" translate="no"><a href="https://m.example/@ann" class="u-url mention">@<span>ann</span></a></span>, see ' +
    '<a href="https://www.example.org/a/long/path?x=1&amp;y=2" target="_blank" rel="nofollow" translate="no"><span class="invisible">https://www.</span>' +
    '<span class="ellipsis">example.org/a/long</span><span class="invisible">/path?x=1&amp;y=2</span></a><br>bye</p>';
  assert.equal(
    sanitizeHtml(sent),
    `<p>Hi <span class="h-card" translate="no"><a href="https://m.example/@ann" class="u-url mention" ${REL}>@<span>ann</span></a></span>, see ` +
      `<a href="https://www.example.org/a/long/path?x=1&amp;y=2" translate="no" ${REL}><span class="invisible">https://www.</span>` +
      `<span class="ellipsis">example.org/a/long</span><span class="invisible">/path?x=1&amp;y=2</span></a><br />bye</p>`,
  );
  assert.notEqual(sanitizeSimple(sent), undefined, "it takes the short way");
});

for (const [what, html, expected] of [
  [
    "headings become strong paragraphs",
    "<h2>Title <em>x</em></h2>text",
    "<p><strong>Title <em>x</em></strong></p>text",
  ],
  ["blocks become paragraphs", "<div>a</div><section>b</section>", "<p>a</p><p>b</p>"],
  ["old names", "<s>a</s><strike>b</strike>", "<del>a</del><del>b</del>"],
  ["numbers of lists", '<ol start="3"><li value="7">a</li></ol>', '<ol start="3"><li value="7">a</li></ol>'],
  [
    "other classes and attributes go",
    '<p class="quote-inline x" style="color:red" onclick="x()">a</p>',
    '<p class="quote-inline">a</p>',
  ],
  ["a link to nowhere is text", '<a href="/relative">a</a><a>b</a>', "<span>a</span><span>b</span>"],
  ["other schemes", '<a href="mailto:a@b.example">m</a>', `<a href="mailto:a@b.example" ${REL}>m</a>`],
  ["T30 event handler of SVG", "<svg/onload=alert(1)>", ""],
  ["T30 script", "a<script>alert(1)</script>b", "ab"],
  ["T30 mutation by MathML", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""],
  ["T30 tab in the scheme", '<a href="java\tscript:alert(1)">x</a>', "<span>x</span>"],
  ["T30 entity in the scheme", '<a href="&#106;avascript:alert(1)">x</a>', "<span>x</span>"],
  ["T30 data address", '<a href="data:text/html,<script>1</script>">x</a>', "<span>x</span>"],
  ["T30 srcset and base", '<base href="//evil.example"><img srcset="x 1x" src="y">z', "z"],
  ["T30 nested noscript", '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', ""],
  ["T30 paragraphs in a button", "<p><button><p>x</p></button></p>", "<p>x</p>"],
  ["T31 user info before the host", '<a href="https://good.example@evil.example">x</a>', "<span>x</span>"],
  [
    "T31 a hidden part of the host is shown",
    '<a href="https://good.example.evil.example/"><span class="invisible">https://</span><span class="ellipsis">good.example</span><span class="invisible">.evil.example/</span></a>',
    `<a href="https://good.example.evil.example/" ${REL}><span>https://</span><span>good.example</span><span>.evil.example/</span></a>`,
  ],
  [
    "T31 a hidden text of another host is shown",
    '<a href="https://evil.example/">https://good.example<span class="invisible">@evil.example</span></a>',
    `<a href="https://evil.example/" ${REL}>https://good.example<span>@evil.example</span></a>`,
  ],
  ["T31 nothing hides outside of links", '<p>a<span class="invisible">b</span></p>', "<p>a<span>b</span></p>"],
  [
    "T31 look-alike letters in a host",
    '<a href="https://аpple.example/">x</a>',
    `<a href="https://xn--pple-43d.example/" ${REL}>x</a>`,
  ],
  ["T31 forced direction of writing", "<p>exe\u202egpj&#x202e;</p>", "<p>exegpj</p>"],
  ["characters that cannot be stored", "<p>a\u0000b\ud800c</p>", "<p>ab\ufffdc</p>"],
] as const)
  test(what, () => {
    const out = sanitizeHtml(html);
    assert.equal(out, expected);
    assertInert(out);
  });

test("size and nesting are bounded", () => {
  assert.ok(sanitizeHtml("a".repeat(MAX_HTML + 10)).length <= MAX_HTML);
  for (const bomb of [
    "<b>".repeat(170_000),
    "<p><ul><li>".repeat(40_000),
    "<".repeat(MAX_HTML),
    "</p>".repeat(100_000),
    '<a href="https://a.example">'.repeat(20_000),
  ])
    assertInert(sanitizeHtml(bomb));
  assert.equal(
    sanitizeHtml(`${"<em>".repeat(40)}x${"</em>".repeat(40)}`),
    `${"<em>".repeat(16)}x${"</em>".repeat(16)}`,
  );
});

const name = fc.constantFrom(
  ..."p span br a del pre code em strong b i u ul ol li blockquote h1 h3 div button table td svg math style script noscript iframe template textarea title form option select".split(
    " ",
  ),
);
const attribute = fc.oneof(
  fc.constantFrom(
    'href="https://a.example/?x=1&amp;y=2"',
    'href="https://www.b.example"',
    'href="javascript:alert(1)"',
    "href='https://c.example'",
    "href=https://d.example/x",
    'class="mention hashtag"',
    'class="invisible"',
    'class="ellipsis"',
    'class="u-url evil"',
    'class=""',
    'translate="no"',
    'rel="me"',
    'onclick="alert(1)"',
    'style="x"',
    'start="3"',
    'value="x"',
    "hidden",
    'title="a>b"',
    'title="</noscript><b>"',
  ),
  fc.string({ maxLength: 6 }),
);
const text = fc.oneof(
  fc.constantFrom(
    "word ",
    "https://",
    "www.",
    "a.example/",
    "&amp;",
    "&lt;b&gt;",
    "&",
    "&nbsp;",
    "&#39;",
    "&quot;",
    "<",
    ">",
    "\u202e",
    "\u0000",
    "\ud800",
    "<!--",
    "-->",
    "]]>",
    "é",
    "🛶",
    "\n",
    '"',
    "&#x202e;",
    "&NewLine;",
  ),
  fc.string({ maxLength: 8 }),
);
const piece: fc.Arbitrary<string> = fc.letrec<{ piece: string; element: string }>((tie) => ({
  piece: fc.oneof(
    { depthSize: "small" },
    text,
    name.map((n) => `</${n}>`),
    fc.tuple(name, fc.array(attribute, { maxLength: 2 })).map(([n, a]) => `<${[n, ...a].join(" ")}>`),
    tie("element"),
  ),
  element: fc
    .tuple(name, fc.array(attribute, { maxLength: 3 }), fc.array(tie("piece"), { maxLength: 4 }))
    .map(([n, a, inner]) => (n === "br" ? "<br>" : `<${[n, ...a].join(" ")}>${inner.join("")}</${n}>`)),
})).piece;
const hostile = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

/** Well-formed and simple, as most servers send it. */
const simple: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<p>a</p>",
        "<p></p>",
        "<br>",
        "<br/>",
        "x &amp; y",
        "&quot;q&#39; >",
        "<ul><li>a<p>b</p></li><li></li></ul>",
        "<blockquote><p>q</p><pre>c</pre></blockquote>",
      ),
      fc
        .tuple(
          fc.constantFrom("p", "span", "a", "em", "code"),
          fc.uniqueArray(
            fc.constantFrom(
              'href="https://a.example/x?y=1&amp;z"',
              'class="mention u-url z"',
              'translate="no"',
              'target="_blank"',
              'href="x"',
              'class="invisible"',
              'rel="tag"',
            ),
            { maxLength: 3, selector: (a) => a.split("=")[0] },
          ),
        )
        .map(([n, a]) => `<${[n, ...a].join(" ")}>t<span class="invisible">u</span></${n}>`),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

test("property: whatever comes in, what comes out is inert and stays the same", () => {
  fc.assert(
    fc.property(fc.oneof(hostile, simple, fc.string({ maxLength: 60 })), (html) => assertInert(sanitizeHtml(html))),
    { numRuns: 8_000, seed: 20261 },
  );
});

test("property: the short way gives exactly what the parser gives", () => {
  let short = 0;
  fc.assert(
    fc.property(fc.oneof(simple, hostile), (html) => {
      const quick = sanitizeSimple(html);
      if (quick === undefined) return;
      short++;
      assert.equal(quick, sanitizeParsed(html));
    }),
    { numRuns: 8_000, seed: 20262 },
  );
  assert.ok(short > 3_000, `only ${short} documents took the short way`);
});

test("foreign plain text: markup goes, text stays", () => {
  assert.equal(foreignText("Ann <3 <b>bold</b> &amp; co"), "Ann <3 bold & co");
  assert.equal(foreignText("a\n b\t c "), "a b c");
  assert.equal(foreignText("<p>a<br>b</p><p>c</p>", { lines: true }), "a\nb\n\nc");
  assert.equal(foreignText("x&#0;y&#xd800;z&#x202e;!&#1114112;"), "xyz!");
  assert.equal(foreignText("<".repeat(100_000)).length, 100_000);
});
