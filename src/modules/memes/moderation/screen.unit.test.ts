import assert from "node:assert/strict";
import { describe, it } from "node:test";
import heldOut from "./fixtures/held-out.json" with { type: "json" };
import tuning from "./fixtures/tuning.json" with { type: "json" };
import { SCREEN_CODES, screenCaptions, screenPrompt } from "./index.ts";

const unsafe = [...tuning.unsafe, ...heldOut.unsafe];
const harmless = [...tuning.harmless, ...heldOut.harmless];

describe("moderation of prompts", () => {
  it("has sets of the promised size, in every category", () => {
    assert.ok(unsafe.length >= 120 && harmless.length >= 80);
    const codes = new Set(unsafe.map(([code]) => code));
    assert.deepEqual(
      SCREEN_CODES.filter((code) => !codes.has(code)),
      [],
    );
  });

  it("blocks every unsafe prompt, whatever was done to its letters", () => {
    assert.deepEqual(
      unsafe.flatMap(([, text]) => (screenPrompt(text ?? "", "en").ok ? [text] : [])),
      [],
    );
  });

  it("says what it blocked for", () => {
    for (const [code, text] of tuning.unsafe) {
      const judged = screenPrompt(text ?? "", "en");
      assert.equal(judged.ok ? "ok" : judged.code, code, text ?? "");
    }
  });

  it("blocks at most two of the harmless prompts with risky words", () => {
    const blocked = harmless.filter((text) => !screenPrompt(text, "en").ok);
    assert.ok(blocked.length <= 2, blocked.join("\n"));
  });

  it("offers another subject of the same prompt, and never repeats a name", () => {
    const judged = screenPrompt("make fun of my coworker Anna Schmidt from accounting because she is fat", "en");
    assert.ok(!judged.ok);
    assert.equal(judged.code, "harassment.private_person");
    assert.equal(judged.message.en, "We don't roast private people. Want one about expense reports instead?");
    assert.equal(judged.redirect?.de, "Reisekostenabrechnungen");
    assert.doesNotMatch(JSON.stringify(judged), /anna|schmidt/iu);
  });

  it("has its own redirects pass", () => {
    for (const [, text] of unsafe) {
      const judged = screenPrompt(text ?? "", "en");
      if (!judged.ok && judged.redirect) {
        assert.ok(screenPrompt(judged.redirect.en, "en").ok, judged.redirect.en);
        assert.ok(screenPrompt(judged.redirect.de, "de").ok, judged.redirect.de);
      }
    }
  });

  it("allows satire of public people, and neutral mentions of others", () => {
    for (const text of [
      "roast the president",
      "make fun of the chancellor's printer",
      "my friend Ben makes the best lasagne",
    ])
      assert.ok(screenPrompt(text, "en").ok, text);
  });

  it("sees through spacing, look-alikes and digits", () => {
    for (const text of [
      "k i l l  y o u r s e l f",
      "ｋｉｌｌ yourself",
      "kіll yоurself",
      "k1ll your5elf",
      "ki\u200bll yourself",
      "KILL    YOURSELF",
    ])
      assert.equal(screenPrompt(text, "en").ok, false, text);
  });

  it("is quick also for long texts", () => {
    const long = `${"my neighbour is a ".repeat(500)}${"a".repeat(5000)}${"i i i i ".repeat(800)}`;
    assert.equal(typeof screenPrompt(long, "en").ok, "boolean");
  });
});

describe("moderation of captions", () => {
  it("reads each box and all of them joined", () => {
    assert.equal(screenCaptions(["a quiet day", "kys"]).ok, false);
    assert.equal(screenCaptions(["make fun of", "my coworker Anna because she is fat"]).ok, false);
    assert.ok(screenCaptions(["Tiny change", "Saturday, 2 am", ""]).ok);
  });
});
