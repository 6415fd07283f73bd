import { equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { CHARACTERS, MOODS, PROPS, SCENES } from "#shared/meme/doc.ts";
import { against, contrast, READABLE } from "./contrast.ts";
import { C, random } from "./draw.ts";
import { figure } from "./figure.ts";
import { scene } from "./scenes.ts";

const stand = { x: 200, y: 500, s: 1 };

test("ink or white can be read on every colour", () => {
  const next = random(11);
  for (const colour of [...Object.values(C), "#000000", "#ffffff", "#777777", "#c93a36"])
    ok(contrast(against(colour), colour) >= READABLE, colour);
  for (let n = 0; n < 5000; n++) {
    const colour = `#${Math.floor(next() * 0x1000000)
      .toString(16)
      .padStart(6, "0")}`;
    ok(contrast(against(colour), colour) >= READABLE, colour);
  }
  ok(contrast("#ffffff", "#c93a36") >= READABLE);
  equal(contrast("#000000", "#ffffff"), 21);
});

test("every mood, thing and side of every character is another drawing", () => {
  for (const character of CHARACTERS) {
    const drawings = [
      ...MOODS.map((mood) => figure({ character, mood }, stand)),
      ...PROPS.map((prop) => figure({ character, mood: "joy", prop }, stand)),
      figure({ character, mood: "joy", flip: true }, stand),
    ];
    equal(new Set(drawings).size, drawings.length);
    for (const drawing of drawings) ok(!/NaN|undefined|null/.test(drawing), character);
  }
});

test("a scene is the same for the same seed and varies with it", () => {
  const frame = { x: 0, y: 0, w: 1080, h: 1080 };
  for (const id of SCENES) {
    equal(scene(id, 1, frame), scene(id, 1, frame));
    if (id !== "bedroom-night") notEqual(scene(id, 1, frame), scene(id, 2, frame), id);
    ok(!/NaN|undefined/.test(scene(id, 65_535, frame, 700)), id);
  }
});
