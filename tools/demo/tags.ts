import { createRandom, hash } from "./art/random.ts";

/** Words that tell what a text is about, and the hashtag people would give it, in German and English. */
const TAGS: readonly (readonly [words: RegExp, de: string, en: string])[] = [
  [/kranich|crane/i, "Kraniche", "cranes"],
  [/igel|hedgehog/i, "Igel", "hedgehogs"],
  [
    /\bwebe|webfehler|webstuhl|webgruppe|webverein|köper|schussfa|\bkette für|\bloom|shuttle|\bwarp|handspun|\bspun\b/i,
    "Weben",
    "weaving",
  ],
  [/krapp|waid|küpe|färb|rainfarn|\bdye|madder|indigo|cyanotype|herbarium/i, "Naturfarben", "dyeing"],
  [/\bflick|stopf|reißverschluss|darn|mended|\bmend\b/i, "Flicken", "visiblemending"],
  [/brot|teig|zimtschnecken|kuchen|loaf|bread|dough|\brye\b/i, "Brot", "baking"],
  [/straßenbahn|haltestelle|fahrerstand|spätdienst/i, "Straßenbahn", "tram"],
  [/\bzug|bahnhof|viadukt|umstieg|durchsage|gleis|\btrain|railway|signal|semaphore|platform/i, "Bahn", "trains"],
  [/fahrrad|\brad\b|\bräder|werkstatt|reifen|\bbike|unicycle/i, "Fahrrad", "bikes"],
  [
    /garten|tomate|kompost|salat|schnecke|sonnenblume|radieschen|balkon|\bbean|\bseed|garden|dahlia|nettle/i,
    "Stadtgarten",
    "citygarden",
  ],
  [/biene|schwarm|honig|kasten drei/i, "Bienen", "bees"],
  [/fluss|pegel|fähre|boot|river|paddel|eisvogel/i, "Fluss", "rivers"],
  [/\bcrow|\bbird|\bjay\b|eight grams/i, "Vögel", "birds"],
  [/seeadler|reiher|gänse|vogel/i, "Vögel", "birds"],
  [/\bstar|saturn|galax|telescope|\bdome\b|clear sky/i, "Sterne", "astronomy"],
  [/kartier|karte|trampelpfad|entzerrt|\bmap\b|footpath|ridge/i, "Karten", "maps"],
  [/server|backup|script|\bbug\b|release|maintainer|code review|commit|\bdns\b/i, "Technik", "opensource"],
  [/\bbook|paper has|library|field guide|roman\b|gelesen/i, "Bücher", "books"],
  [/kröte|teich|frosch|laich|fledermaus/i, "Teich", "ponds"],
  [/wald\b|woods|forest|mushroom|trunk/i, "Wald", "forest"],
];

/** Gives about two thirds of the texts without a hashtag one that fits what they say; the others stay as they are. */
export function withTag(text: string, language: string): string {
  if (text.includes("#") || !createRandom(hash(text)).chance(0.66)) return text;
  const found = TAGS.find(([words]) => words.test(text));
  if (!found) return text;
  return `${text}${text.includes("\n") ? "\n\n" : " "}#${language === "de" ? found[1] : found[2]}`;
}
