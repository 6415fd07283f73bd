/** Words, English and German, that say where a meme happens, what is held and how somebody feels. The first match counts. */
import type { CharacterId, Mood, PropId, SceneId } from "./doc.ts";
import type { FormatId } from "./formats.ts";

/** Whole words; a star stands for any ending. The usual word boundary knows no umlauts. */
function words(list: string): RegExp {
  return new RegExp(`(?<!\\p{L})(?:${list.replaceAll("*", "\\p{L}*")})(?!\\p{L})`, "u");
}

/** Who is meant: where there are two pictures, each caption names its own. */
export const CHARACTER_HINTS: readonly (readonly [CharacterId, RegExp])[] = [
  ["tangle", words("cat|cats|cat's|kitten*|kitty|tomcat|katze*|kater|kätzchen")],
  [
    "bobbin",
    words("crow|crows|raven*|bird*|pigeon*|duck*|goose|geese|krähe*|rabe*|vogel|vögel|taube*|ente|enten|gans|gänse"),
  ],
  ["purl", words("sheep|lamb|wool|knit*|schaf|schafe|lamm|wolle|strick*")],
  ["selvedge", words("robot*|robo*|printer*|computer*|server*|algorithm*|ai|drucker*|rechner|roboter*|algorithmus|ki")],
];

export const SCENE_HINTS: readonly (readonly [SceneId, RegExp])[] = [
  [
    "bedroom-night",
    words(
      "bed|sleep|asleep|night|midnight|[1-5] ?a\\.?m\\.?|pillow|alarm|nap|dream*|bett|schlaf*|nacht|nachts|mitternacht|wecker|kissen|aufwach*|träum*",
    ),
  ],
  [
    "server-room",
    words(
      "server|deploy*|production|prod|database|outage|code|bug|bugs|merge|backend|tests?|software|update|datenbank|ausfall|produktiv*|programm*",
    ),
  ],
  [
    "gym",
    words(
      "gym|workout|exercise|squats?|cardio|push-?ups?|treadmill|marathon|fitness*|sport|training|trainieren|liegestütz*|laufband",
    ),
  ],
  [
    "supermarket",
    words(
      "supermarket|groceries|grocery|shopping|store|checkout|cart|trolley|supermarkt|einkauf*|einkaufen|kasse|kassenzettel",
    ),
  ],
  [
    "kitchen",
    words(
      "kitchen|cook*|recipe|dinner|lunch|breakfast|fridge|dishes|oven|bak(?:e|ing)|coffee|tea|food|snacks?|küche|koch*|rezept|abendessen|mittagessen|frühstück*|kühlschrank|geschirr|ofen|backen|kaffee|tee|essen",
    ),
  ],
  [
    "train",
    words(
      "train|commut*|bus|station|subway|delay*|platform|bahn|zug|züge|verspätung*|pendeln|bahnhof|gleis|s-bahn|u-bahn",
    ),
  ],
  [
    "classroom",
    words(
      "school|class|exam|teacher|student|homework|lecture|university|study|studying|schule|klasse|prüfung*|lehrer*|hausaufgaben?|vorlesung*|uni|studium|lernen",
    ),
  ],
  [
    "beach",
    words("beach|holidays?|vacation|summer|sea|ocean|sand|sunscreen|strand|urlaub|ferien|sommer|meer|sonnencreme"),
  ],
  ["mountain", words("hik*|mountains?|climb*|trail|peak|summit|wander*|berge?|gipfel|klettern")],
  ["forest", words("forest|tree|trees|nature|camping|walk|woods|wildlife|wald|bäume?|natur|camping|spazier*")],
  ["rain", words("rain*|weather|storm|umbrella|november|regen*|wetter|sturm|schirm")],
  ["space", words("space|universe|planets?|moon|alien*|rocket|galaxy|weltall|universum|mond|rakete")],
  [
    "office",
    words(
      "office|meetings?|boss|work|working|job|monday|e-?mails?|deadline|colleagues?|spreadsheet|manager|interview|salary|büro|besprechung*|chef*|arbeit*|montag*|kolleg*|tabelle*|gehalt|überstunden|termin*",
    ),
  ],
  [
    "street",
    words(
      "street|traffic|car|bike|bicycle|city|neighbou?r*|parking|straße|verkehr|auto|fahrrad|stadt|nachbar*|parkplatz",
    ),
  ],
  [
    "living-room",
    words(
      "home|sofa|couch|series|episode|netflix|tv|weekend|plants?|cat|wohnung|zuhause|serie|folge|fernseh*|wochenende|pflanzen?|katze",
    ),
  ],
];

export const PROP_WORDS: readonly (readonly [PropId, RegExp])[] = [
  ["coffee", words("coffee|espresso|tea|latte|kaffee|tee")],
  [
    "phone",
    words(
      "phone|text(?:ed|ing|s)?|messages?|call(?:ed|s|ing)?|scroll*|app|selfie|handy|telefon*|nachrichten?|anruf*|scrollen",
    ),
  ],
  [
    "laptop",
    words(
      "laptop|code|coding|bugs?|e-?mails?|deploy*|spreadsheet|deadline|computer|update|tests?|programm*|rechner|tabelle*",
    ),
  ],
  ["umbrella", words("rain*|umbrella|weather|regen*|schirm|wetter")],
  ["book", words("books?|read(?:ing)?|exam|study|homework|novel|buch|bücher|lesen|prüfung*|lernen|hausaufgaben?")],
  ["wrench", words("fix*|repair*|furniture|broken|assembl*|diy|reparier*|möbel|kaputt|aufbau*|heimwerk*")],
  ["cake", words("cake|birthday|diet|dessert|bak(?:e|ing)|sugar|kuchen|torte|geburtstag|diät|backen|zucker")],
  ["plant", words("plants?|garden*|flowers?|pflanzen?|garten|blumen?|gießen")],
  ["magnifier", words("search*|find|where|look(?:ing)? for|investigat*|such*|finden|wo")],
  [
    "briefcase",
    words("office|work|meetings?|job|boss|interview|salary|monday|büro|arbeit|besprechung*|chef*|gehalt|montag"),
  ],
  ["balloon", words("party|celebrat*|friday|congratulations|feier*|freitag|party")],
  ["crown", words("king|queen|best|winner|champion|boss of|könig*|beste[rs]?|sieger*|gewonnen")],
];

export const MOOD_WORDS: readonly (readonly [Mood, RegExp])[] = [
  ["tired", words("tired|sleep*|exhausted|monday|nap|awake|müde|schlaf*|erschöpft|montag")],
  [
    "panic",
    words(
      "panic*|deadline|forgot|late|exam|broke|crash*|production|help|panik|vergessen|zu spät|prüfung*|abgestürzt|hilfe",
    ),
  ],
  ["love", words("love|crush|adore|heart|liebe|verliebt|herz")],
  ["angry", words("angry|hate|rage|annoy*|wütend|hasse|nervt|ärger*")],
  ["sad", words("sad|cry*|lonely|lost|traurig|wein*|einsam|verloren")],
];

/** Moods that suit each figure of a format, by what its box does. */
export const ROLE_MOODS: Record<FormatId, readonly (readonly Mood[])[]> = {
  "top-bottom": [["deadpan", "panic", "tired", "smug", "shocked"]],
  "two-panel": [
    ["smug", "joy"],
    ["panic", "shocked", "sad"],
  ],
  "reject-prefer": [
    ["suspicious", "angry", "tired"],
    ["joy", "love", "smug"],
  ],
  "four-step-ladder": [["deadpan"], ["smug"], ["joy"], ["love"]],
  dialogue: [
    ["suspicious", "deadpan", "angry"],
    ["smug", "deadpan", "joy"],
  ],
  "nature-doc": [["suspicious", "tired", "shocked"]],
  chart: [],
  "patch-notes": [["smug", "deadpan", "tired"]],
  interview: [
    ["suspicious", "deadpan"],
    ["smug", "joy", "panic"],
  ],
  forecast: [["joy", "panic", "deadpan"]],
  "museum-label": [["suspicious", "smug"]],
  "tier-list": [],
  receipt: [],
  "road-sign": [["shocked", "sad", "deadpan"]],
  doors: [["panic", "suspicious"]],
  court: [
    ["angry", "suspicious"],
    ["panic", "sad", "smug"],
  ],
  "weather-map": [],
  timeline: [["deadpan", "shocked", "tired"]],
  "expectation-reality": [
    ["joy", "love"],
    ["panic", "tired", "sad"],
  ],
  "starter-pack": [["smug", "joy", "deadpan"]],
  "error-dialog": [["panic", "tired", "shocked"]],
  recipe: [["joy", "smug", "panic"]],
  map: [],
  "caption-bar": [["deadpan", "shocked", "tired", "smug"]],
};

/** Formats whose nature asks for certain places when the words say none. */
export const FORMAT_SCENES: Partial<Record<FormatId, readonly SceneId[]>> = {
  "nature-doc": ["forest", "mountain", "beach", "rain", "space"],
  "road-sign": ["street", "mountain", "forest", "beach"],
};
