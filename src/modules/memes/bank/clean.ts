/**
 * Takes out of a prompt what is no subject: markup, braces, requests to a language model, "make a meme about". There is
 * no model here that could be talked into anything, but without this the request itself would be printed as a caption.
 */

/** What people write to models, English and German. Order matters: longer ones first. */
const INJECTIONS: readonly RegExp[] = [
  /\b(?:please\s+)?(?:ignore|disregard|forget)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+)*(?:previous|prior|above|earlier|preceding|other)?\s*(?:instructions?|prompts?|rules|messages|directions)\b(?:\s+(?:above|before|so far))?/giu,
  /\b(?:print|reveal|show|repeat|output|tell|leak|give|write|display|translate)\s+(?:me\s+|us\s+)?(?:out\s+)?(?:your|the|all|its)\s+(?:entire\s+|full\s+|hidden\s+|secret\s+|initial\s+)*(?:system\s*)?(?:prompt|instructions|rules|message)\b/giu,
  /\b(?:you are|act|pretend|behave)\s+(?:now|as|to be|like)\s+(?:an?\s+)?(?:dan|ai|unfiltered|developer|root|admin|jailbroken|system)\b[^.!?,;]*/giu,
  /\b(?:system|assistant|user|developer)\s*(?:prompt|message)?\s*:\s*/giu,
  /\b(?:as an ai(?: language model)?|without (?:any )?(?:filters?|restrictions?)|jailbreak|developer mode|sudo)\b/giu,
  /\b(?:bitte\s+)?(?:ignorier|vergiss|missacht)(?:e|en)?\s+(?:(?:alle|die|deine|meine|sämtliche)\s+)*(?:vorherigen|vorigen|bisherigen|obigen|früheren)?\s*(?:Anweisungen|Instruktionen|Regeln|Befehle|Vorgaben)\b/giu,
  /\b(?:gib|zeig|druck|verrat|nenn)(?:e|en)?\s+(?:mir\s+)?(?:deine[nr]?|den|die)\s+(?:System-?\s*)?(?:Prompt|Anweisungen|Systemprompt|Regeln)\b(?:\s+aus)?/giu,
];

/** "make a meme about" and its like, only at the beginning. */
const ASKING: readonly RegExp[] = [
  /^(?:please\s+|can you\s+|could you\s+|now\s+|then\s+|and\s+)*(?:(?:make|create|generate|write|draw|give|do|show|print)\s+(?:me\s+|us\s+)?)?(?:it\s+)?(?:as\s+)?(?:a|an|the|some|another)?\s*(?:funny\s+|good\s+|new\s+)?(?:memes?|jokes?)\s+(?:about|on|of|for|with|where|that says)\s+/iu,
  /^(?:bitte\s+|kannst du\s+|und\s+|dann\s+)*(?:(?:mach|mache|erstell|erstelle|schreib|zeichne|gib)\s+(?:mir\s+|uns\s+)?)?(?:als\s+)?(?:ein|einen|das|noch ein)?\s*(?:lustiges\s+|lustigen\s+|neues\s+)?(?:Memes?|Witze?)\s+(?:über|zu|zum|zur|von|mit|wo|wie)\s+/iu,
  /^(?:meme|joke|witz|pov|prompt)\s*:\s*/iu,
  /^(?:about|über)\s+/iu,
];

const EMOJI = /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u{1F3FB}-\u{1F3FF}]|\u200D|\uFE0F|\u20E3)+/gu;

/** What a prompt of nothing but a picture sign is about. */
const SIGNS: Readonly<Record<string, { en: string; de: string }>> = {
  "🍕": { en: "pizza", de: "Pizza" },
  "☕": { en: "coffee", de: "Kaffee" },
  "🍵": { en: "tea", de: "Tee" },
  "🌮": { en: "tacos", de: "Tacos" },
  "🍫": { en: "chocolate", de: "Schokolade" },
  "🐱": { en: "cat", de: "Katze" },
  "🐈": { en: "cat", de: "Katze" },
  "🐶": { en: "dog", de: "Hund" },
  "🐕": { en: "dog", de: "Hund" },
  "🐑": { en: "sheep", de: "Schaf" },
  "🐦": { en: "birds", de: "Vogel" },
  "🚆": { en: "train", de: "Zug" },
  "🚂": { en: "train", de: "Zug" },
  "🚲": { en: "bike", de: "Fahrrad" },
  "🚗": { en: "car", de: "Auto" },
  "✈": { en: "flight", de: "Flug" },
  "🏖": { en: "beach", de: "Strand" },
  "☔": { en: "umbrella", de: "Regenschirm" },
  "⛄": { en: "winter", de: "Winter" },
  "🎄": { en: "Christmas", de: "Weihnachten" },
  "🎂": { en: "birthday", de: "Geburtstag" },
  "💪": { en: "gym", de: "Fitnessstudio" },
  "🏋": { en: "gym", de: "Fitnessstudio" },
  "⚽": { en: "football", de: "Fußball" },
  "🎮": { en: "video game", de: "Videospiel" },
  "📱": { en: "phone", de: "Handy" },
  "💻": { en: "laptop", de: "Laptop" },
  "🖨": { en: "printer", de: "Drucker" },
  "📧": { en: "email", de: "E-Mail" },
  "😴": { en: "sleep", de: "Schlaf" },
  "⏰": { en: "alarm clock", de: "Wecker" },
  "🧠": { en: "brain", de: "Gehirn" },
  "🪴": { en: "houseplant", de: "Zimmerpflanze" },
  "🌵": { en: "cactus", de: "Kaktus" },
  "🦷": { en: "dentist", de: "Zahnarzt" },
  "💸": { en: "money", de: "Geld" },
  "👶": { en: "baby", de: "Baby" },
  "🎸": { en: "guitar", de: "Gitarre" },
  "📚": { en: "books", de: "Bücher" },
  "🚀": { en: "rocket", de: "Rakete" },
};

/** The word for the first known picture sign of a prompt. */
export function signWord(prompt: string, lang: "en" | "de"): string | undefined {
  for (const sign of prompt) {
    const known = SIGNS[sign];
    if (known) return known[lang];
  }
  return undefined;
}

export interface Cleaned {
  /** One line without markup, at most 200 characters, no placeholder characters. */
  text: string;
  /** What "[user photo: …]" says is on the picture. */
  photo?: string;
}

/** The subject of a prompt as plain text. May be empty. */
export function cleanPrompt(prompt: string): Cleaned {
  let text = prompt
    .normalize("NFKC")
    .replaceAll(/[\u200B-\u200D\u2060\uFEFF\u00AD]/gu, (c) => (c === "\u200D" ? c : ""));
  let photo: string | undefined;
  text = text.replace(/\[\s*(?:user\s+)?(?:photo|picture|image|foto|bild)\s*:\s*([^\]]*)\]/iu, (_all, what: string) => {
    photo = what.trim();
    return " ";
  });
  text = text.replace(/<[^<>]{0,200}>/gu, " ").replace(/\bhttps?:\/\/\S+/giu, " ");
  text = text.replace(/[{}<>[\]|`\\^~*_]/gu, " ").replace(/(?:^|\s)#(?=\p{L})/gu, " ");
  for (const injection of INJECTIONS) text = text.replace(injection, " ");
  text = text.replace(EMOJI, " ");
  text = text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  text = text.replace(/^[\s,;:.!?–—-]+/u, "").replace(/[\s,;:–—-]+$/u, "");
  for (const asking of ASKING) text = text.replace(asking, "");
  text = Array.from(text.trim()).slice(0, 200).join("").trim();
  return photo === undefined ? { text } : { text, photo: cleanPrompt(photo).text };
}
