import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#platform/errors.ts";
import {
  attachProblem,
  checkDescription,
  checkFocus,
  fit,
  judgeHeader,
  largeFormat,
  MEDIA_LIMITS,
  refusalSentence,
  refused,
  sniff,
} from "./rules.ts";
import { blobKey, keyOfBlob, newMediaKey } from "./urls.ts";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((p) => (typeof p === "string" ? Buffer.from(p, "latin1") : Buffer.from(p))));

test("formats are told by content", () => {
  assert.equal(sniff(bytes([0xff, 0xd8, 0xff, 0xe1])), "jpeg");
  assert.equal(sniff(bytes([0x89], "PNG\r\n", [0x1a, 0x0a])), "png");
  assert.equal(sniff(bytes("GIF89a....")), "gif");
  assert.equal(sniff(bytes("RIFF", [9, 0, 0, 0], "WEBPVP8 ")), "webp");
  assert.equal(sniff(bytes([0, 0, 0, 28], "ftypavif", [0, 0, 0, 0], "mif1avif")), "avif");
  assert.equal(sniff(bytes([0, 0, 0, 28], "ftypmif1", [0, 0, 0, 0], "mif1avif")), "avif");
});

test("what is no picture is named", () => {
  assert.equal(sniff(bytes()), "empty");
  assert.equal(sniff(bytes("hello, this is no picture")), "unknown");
  assert.equal(sniff(bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")), "svg");
  assert.equal(sniff(bytes("\n<?xml version='1.0'?><!DOCTYPE x><SVG>")), "svg");
  assert.equal(sniff(bytes("<!doctype html><script>")), "unknown");
  assert.equal(sniff(bytes([0, 0, 0, 28], "ftypheic", [0, 0, 0, 0], "mif1heic")), "heic");
  assert.equal(sniff(bytes([0, 0, 0, 24], "ftypisom", [0, 0, 0, 0], "mp42")), "video");
  assert.equal(sniff(bytes([0x1a, 0x45, 0xdf, 0xa3])), "video");
  assert.equal(sniff(bytes("II*", [0, 8, 0, 0, 0])), "other_picture");
  assert.equal(sniff(bytes("%PDF-1.7")), "unknown");
  // A length that lies must not lead out of the file.
  assert.equal(sniff(bytes([0xff, 0xff, 0xff, 0xff], "ftypxxxx")), "video");
});

test("headers beyond the limits are refused before decoding", () => {
  const limits = MEDIA_LIMITS;
  assert.equal(judgeHeader({ width: 8192, height: 6144, frames: 1 }, limits), undefined);
  assert.equal(judgeHeader({ width: 30_000, height: 30_000, frames: 1 }, limits), "too_many_pixels");
  assert.equal(judgeHeader({ width: 10, height: 10, frames: 200 }, limits), undefined);
  assert.equal(judgeHeader({ width: 10, height: 10, frames: 201 }, limits), "too_many_frames");
  assert.equal(judgeHeader({ width: 1000, height: 1000, frames: 60 }, limits), "too_many_pixels");
  assert.equal(judgeHeader({ width: 0, height: 5, frames: 1 }, limits), "damaged");
});

test("photos become JPEG, drawings stay lossless, transparency and movement become WebP", () => {
  const photo = { animated: false, transparent: false, bytes: 9_000_000, pixels: 4_000_000 };
  assert.equal(largeFormat({ ...photo, input: "jpeg" }), "jpg");
  assert.equal(largeFormat({ ...photo, input: "avif" }), "jpg");
  assert.equal(largeFormat({ ...photo, input: "png" }), "jpg");
  assert.equal(largeFormat({ ...photo, input: "png", transparent: true }), "webp");
  assert.equal(largeFormat({ ...photo, input: "png", bytes: 300_000 }), "png");
  assert.equal(largeFormat({ ...photo, input: "gif", animated: true }), "webp");
  assert.equal(largeFormat({ ...photo, input: "gif" }), "png");
});

test("pictures are fitted, never enlarged, and never vanish", () => {
  assert.deepEqual(fit(8000, 4000, 3840), { width: 3840, height: 1920 });
  assert.deepEqual(fit(100, 50, 3840), { width: 100, height: 50 });
  assert.deepEqual(fit(50_000, 1, 640), { width: 640, height: 1 });
});

test("a focal point is clamped, and must be a number", () => {
  assert.deepEqual(checkFocus({ x: 0.25, y: -0.5 }), { x: 0.25, y: -0.5 });
  assert.deepEqual(checkFocus({ x: 7, y: -1.0000001 }), { x: 1, y: -1 });
  assert.throws(() => checkFocus({ x: Number.NaN, y: 0 }), AppError);
});

test("an alt text is counted in characters, not in code units", () => {
  assert.equal(checkDescription("  a crane \u0000", MEDIA_LIMITS), "a crane");
  assert.equal(checkDescription("🪶".repeat(1500), MEDIA_LIMITS).length, 3000);
  assert.throws(() => checkDescription("x".repeat(1501), MEDIA_LIMITS), /maximum is 1500/);
});

test("a picture goes with one post of its owner", () => {
  assert.equal(attachProblem({ account_id: 1n, post_id: null }, 1n, 9n), undefined);
  assert.equal(attachProblem({ account_id: 1n, post_id: 9n }, 1n, 9n), undefined);
  assert.match(attachProblem({ account_id: 1n, post_id: 8n }, 1n, 9n) ?? "", /another post/);
  assert.equal(attachProblem({ account_id: 2n, post_id: null }, 1n, 9n), attachProblem(undefined, 1n, 9n));
});

test("refusals are sentences with a reason", () => {
  const error = refused("too_large", MEDIA_LIMITS);
  assert.equal(error.code, "unprocessable");
  assert.equal(error.reason, "media_too_large");
  assert.match(error.message, /at most 16 MB/);
  assert.match(refusalSentence("too_many_pixels", MEDIA_LIMITS), /50 megapixels/);
});

test("blob keys can be read back, and only ours", () => {
  const key = newMediaKey();
  assert.deepEqual(keyOfBlob(blobKey(key, "large", "jpg")), { key, variant: "large", remote: false });
  assert.equal(keyOfBlob(`${key}-other.jpg`), undefined);
  assert.equal(keyOfBlob("x-large.jpg"), undefined);
});
