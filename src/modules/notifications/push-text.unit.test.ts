import assert from "node:assert/strict";
import { test } from "node:test";
import { pushBody, pushTitle, textOf } from "./push-text.ts";
import { NOTIFICATION_TYPES } from "./types.ts";

test("every type has a title in both languages, however long the name", () => {
  for (const locale of ["en", "de"] as const) {
    for (const type of NOTIFICATION_TYPES) {
      const title = pushTitle(locale, type, "n".repeat(500));
      assert.ok(title.length > 5 && title.length < 150, `${locale} ${type}: ${title}`);
    }
  }
});

test("a body is one line of whole characters", () => {
  assert.equal(pushBody("one\n\n two"), "one two");
  assert.equal(pushBody("🐟".repeat(140)), "🐟".repeat(140));
  assert.equal(pushBody("🐟".repeat(141)), `${"🐟".repeat(139)}…`);
});

test("the text of stored HTML", () => {
  assert.equal(textOf("<p>a &lt;b&gt; &amp;amp; &#39;c&#x27;</p><p>d<br />e</p>"), "a <b> &amp; 'c'\nd\ne");
  assert.equal(
    textOf('<p><a href="https://x.example/?a=1">@<span>anna</span></a>&nbsp;hi &unknown;</p>'),
    "@anna hi &unknown;",
  );
  assert.equal(textOf("&#0;&#x110000;"), "&#0;&#x110000;");
});
