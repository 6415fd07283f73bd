import { CRAFTS } from "./crafts.ts";
import { DESK } from "./desk.ts";
import { KITCHEN } from "./kitchen.ts";
import { OUTDOORS } from "./outdoors.ts";
import { TOWN } from "./town.ts";
import { say, type Entry } from "./types.ts";

export { PEOPLE } from "./people.ts";
export type { Entry, Person, Photo, Season, Topic } from "./types.ts";

/** Everything that was said. */
export const ENTRIES: readonly Entry[] = [...TOWN, ...OUTDOORS, ...CRAFTS, ...KITCHEN, ...DESK];

/**
 * Said at the moment of loading, as ordinary posts: they make real notifications for the people whose log-ins the demo shows.
 */
export const ARRIVALS: readonly Entry[] = [
  say("margit", "@hanne Ich stehe vor der Werkstatt. Es riecht nach Kaffee. Das ist kein Zufall.", { heat: 1 }),
  say("jonte", "@hanne Am Fluss stehen 40 Leute mit Thermoskannen und schauen in dieselbe Richtung. Komm! #Kraniche", {
    heat: 2,
  }),
  say("hanne", "@jonte Jacke ist an. Gustav bleibt allein. @wren kommst du auch?", { heat: 1 }),
  say(
    "wren",
    "@hanne @jonte on my way with the small telescope and the large thermos. Do cranes mind if I point up instead of along?",
    { heat: 1 },
  ),
  say("noor", "@wren bring the star atlas, the clouds are opening over the library side.", { heat: 1 }),
  say("mirabel", "@jonte Wenn du Rainfarn siehst: nicht zählen. Pflücken.", { heat: 1 }),
  say("hauke", "@jonte @hanne @wren Fähre geht in sechs Minuten. Moin.", { heat: 3 }),
];

/** What the demo instance says about itself. */
export const INSTANCE = {
  title: "Flachsfeld",
  short_description: "A small network for people who make, grow, ride and look up.",
  description:
    "Flachsfeld is a demonstration: forty invented people, their bread, birds, timetables and mistakes. The texts were written and the pictures drawn for it.\n\nFlachsfeld ist eine Vorführung: vierzig erfundene Menschen mit Brot, Vögeln, Fahrplänen und Fehlern. Die Texte sind dafür geschrieben, die Bilder dafür gezeichnet.",
  languages: ["de", "en"],
};

export const RULES: readonly { text: string; hint: string }[] = [
  { text: "Be kind. / Sei freundlich.", hint: "Argue about bread, not about people." },
  {
    text: "Describe your pictures. / Beschreibe deine Bilder.",
    hint: "Two sentences, as if on the phone to a friend.",
  },
  { text: "No jokes about spelt. / Keine Witze über Dinkel.", hint: "Negotiable." },
];
