/** Fills the slots of an entry from a parsed prompt, and makes the honest fill-ins where the bank has no answer. */
import type { FormatId, Mechanism } from "#shared/meme/formats.ts";
import { formatOf } from "#shared/meme/formats.ts";
import { fillSlots, slotOf, slotsIn, type Entry, type Slot } from "./entries.ts";
import { inflect } from "./nouns.ts";
import { shiftPerson, type Parsed } from "./parse.ts";
import { hashOf } from "./random.ts";
import { wordCount, type BankLang } from "./words.ts";

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a prompt puts into a slot. Undefined when it has nothing of that type. */
export function slotValue(slot: Slot, parsed: Parsed, lang: BankLang): string | undefined {
  const { type, features } = slot;
  const finish = (text: string | undefined): string | undefined => {
    if (text === undefined) return undefined;
    const said = features.includes("you") ? shiftPerson(text, lang) : text;
    return features.includes("cap") ? capital(said) : said;
  };
  switch (type) {
    case "NP_sg":
    case "NP_pl": {
      const { noun } = parsed;
      if (!noun || (noun.kind === "pl") !== (type === "NP_pl")) return undefined;
      return inflect(noun, features, lang);
    }
    case "GERUND":
      return finish(parsed.gerund);
    case "CLAUSE":
      // "ich" would need another verb form after the shift to "du".
      if (lang === "de" && features.includes("you") && /\b(?:ich|wir)\b/iu.test(parsed.clause ?? "")) return undefined;
      return finish(parsed.clause);
    case "ACTOR":
      return finish(parsed.actor);
    case "TIME":
      return finish(parsed.time);
    case "PLACE":
      return finish(parsed.place);
    case "QUANT":
      return finish(parsed.quant);
    case "TITLE":
      return parsed.title === undefined ? undefined : capital(parsed.title);
    case "SAID":
      // One or two words are no statement; they are a TITLE.
      return wordCount(parsed.text) < 3 || parsed.clause ? undefined : finish(parsed.text);
    case "A":
      return parsed.sides?.a;
    case "B":
      return parsed.sides?.b;
    case "S1":
    case "S2":
    case "S3": {
      if (parsed.steps?.length !== 3) return undefined;
      return parsed.steps[Number(type.slice(1)) - 1];
    }
  }
}

/** The entry's captions for this prompt. Undefined when a slot stays empty or a box gets too long. */
export function fillEntry(entry: Entry, parsed: Parsed): string[] | undefined {
  const spec = formatOf(entry.format);
  const captions: string[] = [];
  for (const [i, { text }] of entry.boxes.entries()) {
    const names = slotsIn(text);
    const values = new Map<string, string>();
    for (const name of names) {
      const value = slotValue(slotOf(name), parsed, entry.lang);
      if (value === undefined) return undefined;
      values.set(name, value);
    }
    const filled = names.length > 0 ? fillSlots(text, (name) => values.get(name) ?? "") : text;
    const caption = /^[„“"]?\{/u.test(text) ? filled.replace(/\p{L}/u, (first) => first.toUpperCase()) : filled;
    if (caption.length > 200 || (names.length > 0 && wordCount(caption) > (spec.boxes[i]?.maxWords ?? 0)))
      return undefined;
    captions.push(caption);
  }
  return captions;
}

/** A format with the person's words in place and room for theirs. */
export interface FillIn {
  format: FormatId;
  captions: string[];
  mechanism: Mechanism;
  chips: string[];
}

const CHIPS: Readonly<Record<BankLang, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    punchline: [
      "Me, five minutes later:",
      "Also me:",
      "Nobody warned me that",
      "Update:",
      "Anyway, I",
      "The cat, watching:",
      "Still better than",
    ],
    answer: ["Technically,", "And that's my problem because?", "Have you tried", "Define", "Not with that attitude."],
    narration: [
      "Observe how it",
      "In the wild, it",
      "It has not moved since",
      "Scientists still ask why",
      "It knows exactly what it",
    ],
    verdict: ["Guilty, but", "Sentenced to", "Case closed until", "Mistrial, because"],
    print: ["Except on", "Not responsible for", "Next exit:", "Valid until", "At your own"],
  },
  de: {
    punchline: [
      "Ich, fünf Minuten später:",
      "Auch ich:",
      "Niemand hat gesagt, dass",
      "Nachtrag:",
      "Jedenfalls habe ich",
      "Die Katze dazu:",
      "Immer noch besser als",
    ],
    answer: [
      "Streng genommen",
      "Und warum ist das mein Problem?",
      "Hast du schon versucht,",
      "Kommt drauf an, was",
      "Bei mir geht’s.",
    ],
    narration: [
      "Man beachte, wie es",
      "In freier Wildbahn",
      "Seit Stunden hat es sich nicht",
      "Die Forschung rätselt, warum",
      "Es weiß genau, was es",
    ],
    verdict: ["Schuldig, aber", "Verurteilt zu", "Freispruch, weil", "Vertagt, bis"],
    print: ["Ausgenommen", "Keine Haftung für", "Nächste Ausfahrt:", "Gilt bis", "Auf eigene"],
  },
};

const WAYS: readonly { format: FormatId; mechanism: Mechanism; chips: string; fill: "said" | "title" }[] = [
  { format: "top-bottom", mechanism: "betrayed-expectation", chips: "punchline", fill: "said" },
  { format: "nature-doc", mechanism: "over-literal", chips: "narration", fill: "title" },
  { format: "dialogue", mechanism: "role-mismatch", chips: "answer", fill: "said" },
  { format: "road-sign", mechanism: "over-literal", chips: "print", fill: "said" },
  { format: "two-panel", mechanism: "contrast", chips: "punchline", fill: "said" },
];

/** Where a long text may be cut in two: at a comma or colon, else before a joining word, else in the middle. */
export function halves(text: string): [string, string] | undefined {
  const words = text.split(/\s+/u);
  if (words.length < 2) return undefined;
  const middle = words.length / 2;
  const joining =
    /^(?:and|but|until|when|because|while|if|so|that|before|after|und|aber|bis|wenn|weil|während|dass|bevor|nachdem|with|mit|in|im|at|bei|on|auf)$/iu;
  let best = Math.round(middle);
  let cost = Infinity;
  for (let i = 1; i < words.length; i++) {
    const ends = /[,;:.!?–—]$/u.test(words[i - 1] ?? "");
    const here = Math.abs(i - middle) + (ends ? 0 : joining.test(words[i] ?? "") ? 1.2 : 4);
    if (here < cost) {
      cost = here;
      best = i;
    }
  }
  const first = words
    .slice(0, best)
    .join(" ")
    .replace(/[,;:–—]+$/u, "");
  return [first, words.slice(best).join(" ")];
}

/** Honest fill-ins: nothing is invented, the last box is empty and wants the person's punchline. */
export function fillIns(parsed: Parsed, lang: BankLang, formats: ReadonlySet<FormatId>, seed: number): FillIn[] {
  const said = parsed.text;
  if (said === "") return [];
  const found: FillIn[] = [];
  for (const way of WAYS) {
    if (!formats.has(way.format)) continue;
    const spec = formatOf(way.format);
    const first = spec.boxes[0];
    if (!first) continue;
    const text = capital(way.fill === "title" ? (parsed.title ?? "") : said);
    if (text === "" || wordCount(text) > first.maxWords) continue;
    const all = CHIPS[lang][way.chips] ?? [];
    const turn = (hashOf(said) + seed) % Math.max(1, all.length);
    const chips = [0, 1, 2].map((i) => all[(turn + i) % all.length] ?? "");
    const captions = spec.boxes.map((_, i) => (i === 0 ? text : ""));
    found.push({ format: way.format, captions, mechanism: way.mechanism, chips });
  }
  if (found.length === 0 && formats.has("top-bottom")) {
    // Too long for one box: both boxes are the person's own, and the last one can be written over.
    const [a, b] = halves(said) ?? [said, ""];
    const fits = (part: string): string => shortened(part, 12);
    const chips = (CHIPS[lang]["punchline"] ?? []).slice(0, 3);
    found.push({
      format: "top-bottom",
      captions: [capital(fits(a)), fits(b)],
      mechanism: "betrayed-expectation",
      chips,
    });
  }
  return found;
}

/** At most so many words; what is left out is shown by an ellipsis. */
export function shortened(text: string, words: number): string {
  const all = text.split(/\s+/u);
  return all.length <= words ? text : `${all.slice(0, words).join(" ")} …`;
}
