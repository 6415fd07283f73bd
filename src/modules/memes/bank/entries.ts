/**
 * The bank's entries and the compact text they are written in, one joke a line:
 *
 *     origin: ai-assisted
 *     author: Skein
 *     ## printer work          topics of the lines below; the first is what they are about
 *     tb First line | Second line
 *     rp/own Left alone | Chosen ~ angry smug
 *     # a comment
 *
 * A line is the code of its format, optionally `/` and the mechanism (else the format's first), the boxes, and after `~`
 * moods for the figures where the usual ones do not fit.
 */
import { z } from "zod";
import { MOODS, type Mood } from "#shared/meme/doc.ts";
import { FORMAT_IDS, formatOf, MECHANISMS, type FormatId, type Mechanism } from "#shared/meme/formats.ts";
import { hashOf } from "./random.ts";
import { wordCount, type BankLang } from "./words.ts";

/** Codes in the data files. */
export const FORMAT_CODES: Readonly<Record<string, FormatId>> = {
  tb: "top-bottom",
  "2p": "two-panel",
  rp: "reject-prefer",
  ld: "four-step-ladder",
  dl: "dialogue",
  nd: "nature-doc",
  ch: "chart",
  pn: "patch-notes",
  iv: "interview",
  fc: "forecast",
  ml: "museum-label",
  tl: "tier-list",
  rc: "receipt",
  rs: "road-sign",
  dr: "doors",
  ct: "court",
  wm: "weather-map",
  ln: "timeline",
  er: "expectation-reality",
  sp: "starter-pack",
  ed: "error-dialog",
  rx: "recipe",
  mp: "map",
  cb: "caption-bar",
};

const MECHANISM_CODES: Readonly<Record<string, Mechanism>> = {
  con: "contrast",
  esc: "escalation",
  bet: "betrayed-expectation",
  own: "self-own",
  role: "role-mismatch",
  lit: "over-literal",
  dil: "dilemma",
};

/**
 * What can stand in a slot. The first eight are grammatical types, produced by the parser only when it is sure. TITLE is
 * the subject as a heading; SAID is the prompt word for word; A and B are the sides of a contrast, S1–S3 the steps of a
 * sequence. Those are the person's own words and fit wherever they are set apart from the sentence around them.
 */
export const SLOT_TYPES = [
  "NP_sg",
  "NP_pl",
  "GERUND",
  "CLAUSE",
  "ACTOR",
  "TIME",
  "PLACE",
  "QUANT",
  "TITLE",
  "SAID",
  "A",
  "B",
  "S1",
  "S2",
  "S3",
] as const;
export type SlotType = (typeof SLOT_TYPES)[number];

/** `bare`: as it is; `def`, `indef`: with article, in German followed by the case; `cap`: with a capital first. */
export const SLOT_FEATURES = ["bare", "def", "indef", "nom", "acc", "dat", "cap", "you"] as const;
export type SlotFeature = (typeof SLOT_FEATURES)[number];

export interface Slot {
  type: SlotType;
  features: SlotFeature[];
}

const SLOT = /\{([A-Za-z_0-9]+)(?::([a-z.]+))?\}/g;

const slotSchema = z.object({ type: z.enum(SLOT_TYPES), features: z.array(z.enum(SLOT_FEATURES)) });

const entrySchema = z.object({
  id: z.string().regex(/^(?:en|de)-[a-z0-9]+-[0-9a-f]{8}$/),
  lang: z.enum(["en", "de"]),
  topics: z.array(z.string().min(1)),
  mechanism: z.enum(MECHANISMS),
  format: z.enum(FORMAT_IDS),
  needs: z.record(z.string(), slotSchema),
  boxes: z.array(z.object({ role: z.string(), text: z.string().min(1).max(200) })),
  moods: z.array(z.enum(MOODS)),
  origin: z.enum(["human", "ai-assisted"]),
  author: z.string().min(1),
});

/** A joke. `needs` is by slot as written, e.g. `NP_sg:def`; `moods` is empty where the format's usual ones fit. */
export type Entry = z.infer<typeof entrySchema>;

/** Splits `{NP_sg:def.nom}` into type and features. Throws for what is no slot. */
export function slotOf(name: string): Slot {
  const [type, features] = name.split(":");
  return slotSchema.parse({ type, features: features ? features.split(".") : [] });
}

/** The slots of a text, as written. */
export function slotsIn(text: string): string[] {
  return [...text.matchAll(SLOT)].map((found) => (found[2] ? `${found[1]}:${found[2]}` : (found[1] ?? "")));
}

/** Puts something into every slot of a text. */
export function fillSlots(text: string, value: (name: string) => string): string {
  return text.replace(SLOT, (_all, type: string, features?: string) => value(features ? `${type}:${features}` : type));
}

interface Header {
  lang: BankLang;
  file: string;
  origin: string;
  author: string;
  topics: string[];
}

const LINE = /^([a-z0-9]{2})(?:\/([a-z]+))? (.+?)(?: ~ ([a-z ]+))?$/;

function entryOf(line: string, at: Header): Entry {
  const fail = (why: string): Error => new Error(`${at.file}: ${why}: ${line}`);
  const parts = LINE.exec(line);
  const format = FORMAT_CODES[parts?.[1] ?? ""];
  if (!parts || !format) throw fail("no such format");
  const spec = formatOf(format);
  const mechanism = parts[2] ? MECHANISM_CODES[parts[2]] : spec.mechanisms[0];
  if (!mechanism) throw fail("no such mechanism");
  const texts = (parts[3] ?? "").split(" | ").map((text) => text.trim());
  if (texts.length !== spec.boxes.length) throw fail(`${texts.length} boxes instead of ${spec.boxes.length}`);
  const needs: Record<string, Slot> = {};
  const boxes = spec.boxes.map((box, i) => {
    const text = texts[i] ?? "";
    // A slot counts as one word here; what comes into it is measured when it is filled.
    if (wordCount(text) > box.maxWords) throw fail(`${box.role} has more than ${box.maxWords} words`);
    for (const name of slotsIn(text)) needs[name] = slotOf(name);
    return { role: box.role, text };
  });
  const moods = parts[4]?.trim().split(/\s+/) ?? [];
  if (moods.length > 0 && moods.length !== spec.cast) throw fail(`${moods.length} moods for ${spec.cast} figures`);
  const hash = hashOf(`${format}\n${texts.join("\n")}`)
    .toString(16)
    .padStart(8, "0");
  const id = `${at.lang}-${at.topics[0] ?? "any"}-${hash}`;
  const { lang, topics, origin, author } = at;
  const parsed = entrySchema.safeParse({ id, lang, topics, mechanism, format, needs, boxes, moods, origin, author });
  if (!parsed.success) throw fail(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Reads one data file. Throws on the first line that breaks a rule, with the line. */
export function parseEntries(text: string, lang: BankLang, file: string): Entry[] {
  const at: Header = { lang, file, origin: "", author: "", topics: [] };
  const entries: Entry[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "") continue;
    const field = /^(origin|author): (.+)$/.exec(line);
    if (field?.[1] === "origin") at.origin = field[2] ?? "";
    else if (field?.[1] === "author") at.author = field[2] ?? "";
    else if (line.startsWith("## ")) at.topics = line.slice(3).trim().split(/\s+/);
    else if (!line.startsWith("#")) entries.push(entryOf(line, { ...at, topics: anyTopics(at.topics) }));
  }
  return entries;
}

/** `## any` marks entries that fit every subject. */
function anyTopics(topics: string[]): string[] {
  return topics[0] === "any" ? [] : topics;
}

/** A mood per figure that fits the joke's mechanism, first choices first. */
export const USUAL_MOODS: Readonly<Record<FormatId, readonly (readonly Mood[])[]>> = {
  "top-bottom": [["deadpan", "shocked", "tired", "panic"]],
  "two-panel": [
    ["joy", "smug", "deadpan"],
    ["deadpan", "tired", "suspicious"],
  ],
  "reject-prefer": [["suspicious"], ["smug", "joy", "love"]],
  "four-step-ladder": [["deadpan"], ["suspicious", "shocked"], ["panic"], ["joy", "smug", "tired"]],
  dialogue: [
    ["joy", "suspicious", "sad"],
    ["deadpan", "smug"],
  ],
  "nature-doc": [["deadpan", "suspicious", "tired"]],
  chart: [],
  "patch-notes": [["smug", "tired", "joy"]],
  interview: [
    ["suspicious", "deadpan"],
    ["smug", "panic", "deadpan"],
  ],
  forecast: [["joy", "deadpan", "panic"]],
  "museum-label": [["suspicious", "sad", "deadpan"]],
  "tier-list": [],
  receipt: [],
  "road-sign": [["suspicious", "shocked", "deadpan"]],
  doors: [["panic", "suspicious", "tired"]],
  court: [
    ["angry", "suspicious"],
    ["sad", "smug", "deadpan"],
  ],
  "weather-map": [],
  timeline: [["tired", "deadpan", "panic"]],
  "expectation-reality": [
    ["joy", "love"],
    ["deadpan", "tired", "sad"],
  ],
  "starter-pack": [["smug", "deadpan", "joy"]],
  "error-dialog": [["shocked", "panic", "deadpan"]],
  recipe: [["joy", "deadpan", "smug"]],
  map: [],
  "caption-bar": [["deadpan", "tired", "smug"]],
};
