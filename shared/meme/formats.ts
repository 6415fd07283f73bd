/**
 * The formats a meme can have: which caption boxes it has, what each is for, and how much fits into it. What a format
 * looks like is drawn in `art/`; here is only what engines, editor and checks have to know.
 */

/** What a caption does in its joke. The mood of a figure follows from the role of the box it stands beside. */
export interface BoxSpec {
  /** Unique in its format, e.g. `rejected`. */
  role: string;
  /** More words than this are refused from engines; people are only told that it gets small. */
  maxWords: number;
  align: "left" | "centre" | "right";
  /** Label and title boxes carry no joke: an engine may repeat the subject there. */
  label?: true;
}

export interface FormatSpec {
  id: FormatId;
  boxes: readonly BoxSpec[];
  /** How many figures it shows, 0–4. */
  cast: number;
  /** Whether a person's own photo can take the place of the drawn scene. */
  photo: boolean;
  /** Joke mechanisms that suit it, best first. */
  mechanisms: readonly Mechanism[];
}

export const MECHANISMS = [
  "contrast",
  "escalation",
  "betrayed-expectation",
  "self-own",
  "role-mismatch",
  "over-literal",
  "dilemma",
] as const;
export type Mechanism = (typeof MECHANISMS)[number];

export const FORMAT_IDS = [
  "top-bottom",
  "two-panel",
  "reject-prefer",
  "four-step-ladder",
  "dialogue",
  "nature-doc",
  "chart",
  "patch-notes",
  "interview",
  "forecast",
  "museum-label",
  "tier-list",
  "receipt",
  "road-sign",
  "doors",
  "court",
  "weather-map",
  "timeline",
  "expectation-reality",
  "starter-pack",
  "error-dialog",
  "recipe",
  "map",
  "caption-bar",
] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

const box = (role: string, maxWords: number, align: BoxSpec["align"] = "centre"): BoxSpec => ({
  role,
  maxWords,
  align,
});
const label = (role: string, maxWords: number, align: BoxSpec["align"] = "centre"): BoxSpec => ({
  role,
  maxWords,
  align,
  label: true,
});
const format = (
  id: FormatId,
  cast: number,
  mechanisms: readonly Mechanism[],
  boxes: readonly BoxSpec[],
  photo = false,
): FormatSpec => ({ id, cast, mechanisms, boxes, photo });

export const FORMATS: readonly FormatSpec[] = [
  // Two lines over one scene: what was thought, and what came of it.
  format("top-bottom", 1, ["betrayed-expectation", "self-own"], [box("setup", 12), box("punchline", 12)], true),
  // Two scenes side by side, each with its own figure and line.
  format("two-panel", 2, ["contrast", "role-mismatch"], [box("first", 10), box("second", 10)]),
  // One figure twice: turning away from the one, towards the other.
  format("reject-prefer", 2, ["contrast", "self-own"], [box("rejected", 10, "left"), box("preferred", 10, "left")]),
  // Four steps up, each further gone.
  format(
    "four-step-ladder",
    4,
    ["escalation"],
    [box("step1", 8, "left"), box("step2", 8, "left"), box("step3", 8, "left"), box("step4", 8, "left")],
  ),
  // Two figures with speech bubbles.
  format("dialogue", 2, ["role-mismatch", "over-literal"], [box("opening", 12, "left"), box("answer", 12, "left")]),
  // A figure in the wild, and what the narrator whispers about it.
  format("nature-doc", 1, ["role-mismatch", "over-literal"], [label("title", 5), box("narration", 14)]),
  // A pie with one thin and one huge slice.
  format(
    "chart",
    0,
    ["contrast", "betrayed-expectation"],
    [label("title", 8), box("small-slice", 6, "left"), box("big-slice", 8, "left")],
  ),
  // What the new version of something brings.
  format(
    "patch-notes",
    1,
    ["over-literal", "role-mismatch"],
    [label("title", 6, "left"), box("change1", 9, "left"), box("change2", 9, "left"), box("change3", 9, "left")],
  ),
  format(
    "interview",
    2,
    ["over-literal", "self-own"],
    [box("question1", 9, "left"), box("answer1", 9, "right"), box("question2", 9, "left"), box("answer2", 9, "right")],
  ),
  format(
    "forecast",
    1,
    ["escalation", "over-literal"],
    [label("title", 6), box("today", 6), box("tomorrow", 6), box("later", 6)],
  ),
  format(
    "museum-label",
    1,
    ["over-literal", "self-own"],
    [label("title", 6, "left"), box("material", 7, "left"), box("description", 14, "left")],
  ),
  format(
    "tier-list",
    0,
    ["contrast", "dilemma"],
    [label("title", 6), box("best", 6, "left"), box("middle", 6, "left"), box("worst", 6, "left")],
  ),
  format(
    "receipt",
    0,
    ["escalation", "self-own"],
    [
      label("shop", 5),
      box("item1", 5, "left"),
      box("item2", 5, "left"),
      box("item3", 5, "left"),
      box("total", 6, "left"),
    ],
  ),
  format("road-sign", 1, ["over-literal", "betrayed-expectation"], [box("sign", 8), box("small-print", 9)]),
  // Two doors and somebody who has to choose.
  format("doors", 1, ["dilemma", "self-own"], [box("left-door", 6), box("right-door", 6), label("chooser", 5)]),
  format("court", 2, ["role-mismatch", "self-own"], [box("charge", 10), box("plea", 10), box("verdict", 8)]),
  format(
    "weather-map",
    0,
    ["over-literal", "contrast"],
    [label("title", 6), box("north", 5), box("middle", 5), box("south", 5)],
  ),
  format(
    "timeline",
    1,
    ["escalation", "betrayed-expectation"],
    [box("first", 6), box("second", 6), box("third", 6), box("last", 7)],
  ),
  format("expectation-reality", 2, ["betrayed-expectation", "contrast"], [box("expectation", 9), box("reality", 9)]),
  format(
    "starter-pack",
    1,
    ["over-literal", "self-own"],
    [label("title", 7), box("item1", 5), box("item2", 5), box("item3", 5), box("item4", 5)],
  ),
  format(
    "error-dialog",
    1,
    ["role-mismatch", "over-literal"],
    [label("title", 6, "left"), box("message", 14, "left"), box("button1", 3), box("button2", 3)],
  ),
  format(
    "recipe",
    1,
    ["escalation", "over-literal"],
    [label("title", 6), box("step1", 8, "left"), box("step2", 8, "left"), box("step3", 8, "left")],
  ),
  format(
    "map",
    0,
    ["over-literal", "contrast"],
    [label("title", 6), box("here", 5), box("far-away", 5), box("unexplored", 6)],
  ),
  // A white bar above a picture: what a photo wants.
  format("caption-bar", 1, ["over-literal", "role-mismatch"], [box("caption", 14, "left")], true),
];

const BY_ID = new Map(FORMATS.map((f) => [f.id, f]));

/** The description of a format. Throws for an id that is none: check input with `isFormatId` first. */
export function formatOf(id: FormatId): FormatSpec {
  const found = BY_ID.get(id);
  if (!found) throw new Error(`no format ${id}`);
  return found;
}

/** Whether a text names a format. */
export function isFormatId(text: string): text is FormatId {
  return BY_ID.has(text as FormatId);
}
