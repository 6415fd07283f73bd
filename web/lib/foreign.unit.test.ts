import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { emojiParts, hostOf, webAddress } from "./foreign.ts";
import { localised } from "./localise.ts";

const goose = { shortcode: "goose", url: "/media/goose.webp", static_url: "/media/goose.png" };
const picture = '<img class="emoji" src="/media/goose.png" alt=":goose:" loading="lazy">';

test("a text is cut at its emojis, and only at those that are known", () => {
  deepEqual(emojiParts("a :goose: b :swan: 12:30:45", [goose]), ["a ", goose, " b :swan: 12:30:45"]);
  deepEqual(emojiParts(":goose::goose:", [goose]), [goose, goose]);
  deepEqual(emojiParts("", [goose]), []);
});

test("emojis in HTML are pictures, but not within tags", () => {
  equal(localised("<p>hi :goose:</p>", [goose]), `<p>hi ${picture}</p>`);
  const link = '<a href="https://x.example/:goose:?a=>" rel="nofollow">:goose:</a>';
  equal(localised(link, [goose]), link.replace(">:goose:<", `>${picture}<`));
});

test("an address of an emoji cannot leave its attribute", () => {
  const hostile = { ...goose, static_url: '/x" onerror="alert(1)' };
  equal(localised(":goose:", [hostile]).includes('" onerror'), false);
});

test("mentions and hashtags lead to this site, other links stay", () => {
  const mention = { id: "1", acct: "ben@south.example", url: "https://south.example/@ben" };
  const html =
    '<p><a href="https://south.example/@ben" class="u-url mention" rel="nofollow">@ben</a> <a href="https://south.example/tags/moss" class="mention hashtag" rel="tag">#moss</a> <a href="https://south.example/@ada">x</a></p>';
  equal(
    localised(html, [], [mention]),
    html
      .replace("https://south.example/@ben", "/@ben@south.example")
      .replace("https://south.example/tags/moss", "/tags/moss"),
  );
});

test("only addresses of the web are addresses", () => {
  equal(webAddress("javascript:alert(1)"), null);
  equal(webAddress("https://a.example/x"), "https://a.example/x");
  equal(webAddress(null), null);
  deepEqual([hostOf({ acct: "ann" }), hostOf({ acct: "ben@south.example" })], ["", "south.example"]);
});
