/** Names of what a meme is made of, in the reader's language. Loaded on the studio's pages only. */
import type { CharacterId, Mood, PropId, SceneId } from "#shared/meme/doc.ts";
import { FORMAT_WORDS } from "#shared/meme/alt-formats.ts";
import type { FormatId } from "#shared/meme/formats.ts";
import { currentLocale } from "./locale.ts";

type Names<K extends string> = Readonly<Record<K, readonly [en: string, de: string]>>;
const pick = <K extends string>(names: Names<K>, id: K): string => names[id][currentLocale() === "de" ? 1 : 0];

const formats: Names<FormatId> = {
  "top-bottom": ["Top and bottom", "Oben und unten"],
  "two-panel": ["Two panels", "Zwei Bilder"],
  "reject-prefer": ["No – yes", "Nein – ja"],
  "four-step-ladder": ["Four steps", "Vier Stufen"],
  dialogue: ["Dialogue", "Gespräch"],
  "nature-doc": ["Nature film", "Tierfilm"],
  chart: ["Pie chart", "Tortendiagramm"],
  "patch-notes": ["Patch notes", "Neue Version"],
  interview: ["Interview", "Interview"],
  forecast: ["Forecast", "Wettervorhersage"],
  "museum-label": ["Museum", "Museum"],
  "tier-list": ["Ranking", "Rangliste"],
  receipt: ["Receipt", "Kassenzettel"],
  "road-sign": ["Road sign", "Straßenschild"],
  doors: ["Two doors", "Zwei Türen"],
  court: ["In court", "Vor Gericht"],
  "weather-map": ["Weather map", "Wetterkarte"],
  timeline: ["Timeline", "Zeitstrahl"],
  "expectation-reality": ["Expectation, reality", "Erwartung, Wirklichkeit"],
  "starter-pack": ["Starter pack", "Grundausstattung"],
  "error-dialog": ["Error message", "Fehlermeldung"],
  recipe: ["Recipe", "Rezept"],
  map: ["Map", "Landkarte"],
  "caption-bar": ["Caption above", "Text darüber"],
};
const characters: Names<CharacterId> = {
  purl: ["Purl, the sheep", "Purl, das Schaf"],
  tangle: ["Tangle, the cat", "Tangle, die Katze"],
  bobbin: ["Bobbin, the crow", "Bobbin, die Krähe"],
  selvedge: ["Selvedge, the robot", "Selvedge, der Roboter"],
};
const moods: Names<Mood> = {
  deadpan: ["deadpan", "ungerührt"],
  joy: ["joyful", "fröhlich"],
  panic: ["panicking", "panisch"],
  smug: ["smug", "selbstgefällig"],
  sad: ["sad", "traurig"],
  angry: ["angry", "wütend"],
  tired: ["tired", "müde"],
  shocked: ["shocked", "entsetzt"],
  suspicious: ["suspicious", "misstrauisch"],
  love: ["in love", "verliebt"],
};
const props: Names<PropId> = {
  coffee: ["coffee", "Kaffee"],
  laptop: ["laptop", "Laptop"],
  phone: ["phone", "Telefon"],
  umbrella: ["umbrella", "Schirm"],
  book: ["book", "Buch"],
  wrench: ["wrench", "Schraubenschlüssel"],
  cake: ["cake", "Kuchen"],
  plant: ["plant", "Pflanze"],
  magnifier: ["magnifier", "Lupe"],
  briefcase: ["briefcase", "Aktentasche"],
  balloon: ["balloon", "Luftballon"],
  crown: ["crown", "Krone"],
};
const scenes: Names<SceneId> = {
  sunburst: ["Sunburst", "Strahlen"],
  office: ["Office", "Büro"],
  kitchen: ["Kitchen", "Küche"],
  "bedroom-night": ["Bedroom at night", "Schlafzimmer bei Nacht"],
  street: ["Street", "Straße"],
  forest: ["Forest", "Wald"],
  beach: ["Beach", "Strand"],
  train: ["Train", "Zug"],
  gym: ["Gym", "Fitnessstudio"],
  classroom: ["Classroom", "Klassenzimmer"],
  "server-room": ["Server room", "Serverraum"],
  supermarket: ["Supermarket", "Supermarkt"],
  "living-room": ["Living room", "Wohnzimmer"],
  mountain: ["Mountains", "Berge"],
  rain: ["Rain", "Regen"],
  space: ["Space", "Weltall"],
};
// Here and not among the messages of the composer, which would bring the composer along.
export const AUDIENCES = ["public", "unlisted", "private", "direct"] as const;
const audiences: Names<(typeof AUDIENCES)[number]> = {
  public: ["Public", "Öffentlich"],
  unlisted: ["Quietly public", "Leise öffentlich"],
  private: ["Followers", "Follower"],
  direct: ["Mentioned people", "Erwähnte"],
};

export const formatName = (id: FormatId): string => pick(formats, id);
export const characterName = (id: CharacterId): string => pick(characters, id);
export const moodName = (id: Mood): string => pick(moods, id);
export const propName = (id: PropId): string => pick(props, id);
export const audienceName = (id: (typeof AUDIENCES)[number]): string => pick(audiences, id);
export const sceneName = (id: SceneId): string => pick(scenes, id);
/** What the n-th text of a format is for; empty where there is nothing to say. */
export const boxName = (id: FormatId, n: number): string =>
  FORMAT_WORDS[id].boxes[n]?.[currentLocale() === "de" ? 1 : 0] ?? "";
