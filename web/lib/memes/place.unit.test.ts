import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { cropOf, framingOf, type Framing } from "./crop.ts";
import { moved, resized, tidy } from "./place.ts";

const box = { x: 40, y: 30, w: 400, h: 200 };

test("a box that comes near the middle snaps to it, and says so", () => {
  const { rect, guides } = moved(box, 297, 500, [], 10);
  equal(rect.x + rect.w / 2, 540);
  deepEqual(
    guides.filter(({ axis }) => axis === "x"),
    [{ axis: "x", at: 540 }],
  );
});

test("far from every line nothing snaps", () => {
  const { rect, guides } = moved(box, 115, 111, [], 10);
  deepEqual(guides, []);
  deepEqual(rect, { ...box, x: 155, y: 141 });
});

test("boxes line up with each other", () => {
  const { rect } = moved(box, 3, 300, [{ x: 600, y: 331, w: 300, h: 90 }], 10);
  equal(rect.y, 331);
});

test("a handle moves its own sides and leaves the others", () => {
  const { rect } = resized(box, { x: -1, y: 0 }, 101, 57, [], 4);
  deepEqual(rect, { x: 141, y: 30, w: 299, h: 200 });
  const other = resized(box, { x: 1, y: 1 }, 51, 57, [], 4).rect;
  deepEqual(other, { x: 40, y: 30, w: 451, h: 257 });
});

test("no box becomes too small, too large, or lost", () => {
  for (const [dx, dy] of [
    [-5000, -5000],
    [5000, 5000],
    [-5000, 5000],
  ] as const) {
    for (const rect of [
      moved(box, dx, dy, [], 10).rect,
      resized(box, { x: 1, y: 1 }, dx, dy, [], 10).rect,
      resized(box, { x: -1, y: -1 }, dx, dy, [], 10).rect,
      tidy({ x: dx, y: dy, w: 1, h: 9999 }),
    ]) {
      ok(rect.w >= 160 && rect.w <= 1080 && rect.h >= 60 && rect.h <= 1080, JSON.stringify(rect));
      ok(rect.x >= -200 && rect.y >= -200 && rect.x + rect.w <= 1280 && rect.y + rect.h <= 1280, JSON.stringify(rect));
    }
  }
});

test("what was cropped is read back as it was chosen", () => {
  const chosen: Framing = { shape: "square", zoom: 1.8, x: 0.6, y: 0.5 };
  const crop = cropOf(chosen, 1.5);
  const read = framingOf(crop, 1.5);
  equal(read.shape, "square");
  for (const key of ["zoom", "x", "y"] as const) ok(Math.abs(read[key] - chosen[key]) < 0.001, key);
});

test("a crop never leaves the photo, and all of it is no crop", () => {
  equal(cropOf({ shape: "whole", zoom: 1, x: 0.9, y: 0.1 }, 0.7), undefined);
  for (const aspect of [0.4, 1, 2.5])
    for (const shape of ["whole", "square", "wide", "bar"] as const)
      for (const zoom of [1, 2, 6]) {
        const crop = cropOf({ shape, zoom, x: 2, y: -1 }, aspect);
        if (!crop) continue;
        ok(crop.x >= 0 && crop.y >= 0 && crop.x + crop.w <= 1.0001 && crop.y + crop.h <= 1.0001, JSON.stringify(crop));
      }
});
