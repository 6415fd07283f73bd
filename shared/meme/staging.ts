/** A person's own words in formats that suit how they are built. Invents nothing; the server and the live preview agree. */
import type { FormatId, FormatSpec, Mechanism } from "./formats.ts";
import { formatOf, FORMAT_IDS } from "./formats.ts";

const VERSUS = /\s+(?:vs\.?|versus|gegen|contre|contra|oder|or)\s+|\s*(?:対|より)\s*/iu;
const STEPS =
  /\s*(?:[,;.]\s*(?:and\s+|und\s+)?(?:then|next|finally|dann|danach)|\s+(?:and\s+|und\s+)?(?:then|dann)|→|->|=>)\s+/iu;
const COLON = /\s*[:：]\s+|：/u;
const CLAUSE = /^((?:when|if|while|wenn|während|falls|quand|cuando|quando)\s[^,]+),\s+(.+)$/iu;
const SENTENCE = /(?<=[.!?…])\s+|(?<=[。！？])/u;
const COMMA = /,\s+|、|，/u;
/** Japanese has no spaces: after a topic or time particle a line may turn. */
const PARTICLE = /^(.{2,}?(?:時に|時は|中に|のに|けど|から|まで|とき|ので|は|が))(.{3,})$/u;
const JOINING =
  /^(.{8,}?)\s+((?:until|but|because|while|although|so that|bis|aber|obwohl|weil|while|mais|pero)\s.+)$/iu;

/** How a text falls apart. `pair` are two thoughts, `sides` two things set against each other. */
export type Shape = "sides" | "steps" | "dialogue" | "pair" | "whole";

export interface Parts {
  shape: Shape;
  parts: string[];
}

/** Splits a text where it has a natural joint. Every part is part of the text. */
export function partsOf(text: string): Parts {
  const two = (shape: Shape, split: readonly (string | undefined)[]): Parts | undefined => {
    const [a, b] = split.map((part) => part?.trim());
    return a && b && split.length === 2 ? { shape, parts: [a, b] } : undefined;
  };
  const steps = text
    .replace(/^(?:first|at first|erst|zuerst)\s+/iu, "")
    .split(STEPS)
    .map((part) => part.trim());
  if (steps.length >= 3 && steps.length <= 4 && steps.every((s) => s !== "")) return { shape: "steps", parts: steps };
  const clause = CLAUSE.exec(text);
  const joined = JOINING.exec(text);
  const sentences = text
    .split(SENTENCE)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const commas = text
    .split(COMMA)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const particle = PARTICLE.exec(text);
  return (
    two("sides", text.split(VERSUS)) ??
    two("dialogue", text.split(COLON)) ??
    (clause ? two("pair", [clause[1], clause[2]]) : undefined) ??
    two("pair", sentences) ??
    (sentences.length >= 3 && sentences.length <= 4 ? { shape: "steps", parts: sentences } : undefined) ??
    (commas.length === 3 || commas.length === 4 ? { shape: "steps", parts: commas } : undefined) ??
    two("pair", commas) ??
    (joined ? two("pair", [joined[1], joined[2]]) : undefined) ??
    (particle ? two("pair", [particle[1], particle[2]]) : undefined) ?? { shape: "whole", parts: [text] }
  );
}

/** Formats for a shape, best first, and which parts go where; `all` is the whole text. */
export const FITTING: Readonly<Record<Shape, readonly (readonly [FormatId, Mechanism])[]>> = {
  sides: [
    ["two-panel", "contrast"],
    ["reject-prefer", "contrast"],
    ["doors", "dilemma"],
    ["expectation-reality", "contrast"],
    ["caption-bar", "contrast"],
    ["top-bottom", "contrast"],
  ],
  steps: [
    ["four-step-ladder", "escalation"],
    ["timeline", "escalation"],
    ["caption-bar", "escalation"],
  ],
  dialogue: [
    ["dialogue", "role-mismatch"],
    ["top-bottom", "betrayed-expectation"],
    ["museum-label", "over-literal"],
    ["caption-bar", "over-literal"],
    ["road-sign", "over-literal"],
  ],
  pair: [
    ["top-bottom", "betrayed-expectation"],
    ["two-panel", "contrast"],
    ["expectation-reality", "betrayed-expectation"],
    ["dialogue", "role-mismatch"],
    ["road-sign", "over-literal"],
    ["caption-bar", "over-literal"],
  ],
  whole: [
    ["caption-bar", "over-literal"],
    ["top-bottom", "betrayed-expectation"],
    ["road-sign", "over-literal"],
    ["nature-doc", "over-literal"],
    ["museum-label", "over-literal"],
    ["dialogue", "role-mismatch"],
  ],
};

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The parts in the boxes of a format; boxes without words stay empty. Undefined when something would not fit. */
export function staged(spec: FormatSpec, { shape, parts }: Parts, whole: string): string[] | undefined {
  if (spec.id === "caption-bar") return [capital(whole)];
  const boxes = spec.boxes.map(() => "");
  // In these, a heading is not what the steps are: the person's first part would be a heading by accident.
  const from = shape === "steps" && spec.boxes[0]?.label && parts.length < boxes.length ? 1 : 0;
  if (parts.length + from > boxes.length) return undefined;
  for (const [i, part] of parts.entries()) boxes[i + from] = capital(part);
  return boxes;
}

export interface Staging {
  format: FormatId;
  captions: string[];
}

/** The line as somebody types it, in up to `count` formats, best suited first. Empty only for a line without words. */
export function stagings(line: string, count: number): Staging[] {
  const whole = line.replace(/\s+/gu, " ").trim().slice(0, 200);
  if (whole === "") return [];
  const own = partsOf(whole);
  const one: Parts = { shape: "whole", parts: [whole] };
  const ids = (shape: Shape): FormatId[] => FITTING[shape].map(([id]) => id);
  const tries = [
    ...ids(own.shape).map((id) => [own, id] as const),
    ...ids("whole").map((id) => [one, id] as const),
    ...FORMAT_IDS.flatMap((id) => [[own, id] as const, [one, id] as const]),
  ];
  const found = new Map<FormatId, Staging>();
  for (const [parts, format] of tries) {
    if (found.size >= count) break;
    if (found.has(format)) continue;
    const captions = staged(formatOf(format), parts, whole);
    if (captions) found.set(format, { format, captions });
  }
  return [...found.values()];
}
