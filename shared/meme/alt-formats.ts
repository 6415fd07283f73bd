/** What kind of picture each format is, and what its captions are called, in English and German. */
import type { Words } from "./alt-words.ts";
import type { FormatId } from "./formats.ts";

interface FormatWords {
  what: Words;
  boxes: readonly Words[];
  /** How many of the places of the document are drawn. */
  scenes: 0 | 1 | 2;
}

const words = (what: Words, scenes: 0 | 1 | 2, ...boxes: Words[]): FormatWords => ({ what, scenes, boxes });
const TITLE: Words = ["Title", "Titel"];

export const FORMAT_WORDS: Record<FormatId, FormatWords> = {
  "top-bottom": words(
    ["Meme with a line above and a line below a picture.", "Meme mit einer Zeile über und einer unter einem Bild."],
    1,
    ["Above", "Oben"],
    ["Below", "Unten"],
  ),
  "two-panel": words(
    ["Meme of two pictures side by side.", "Meme aus zwei Bildern nebeneinander."],
    2,
    ["Left caption", "Linke Zeile"],
    ["Right caption", "Rechte Zeile"],
  ),
  "reject-prefer": words(
    [
      "Meme in two rows: above something is pushed away, below something is liked.",
      "Meme in zwei Reihen: Oben wird etwas weggeschoben, unten gefällt etwas.",
    ],
    0,
    ["Rejected", "Abgelehnt"],
    ["Preferred", "Bevorzugt"],
  ),
  "four-step-ladder": words(
    [
      "Meme in four steps, each further gone and brighter than the one before.",
      "Meme in vier Stufen, jede abgehobener und heller als die davor.",
    ],
    0,
    ["Step 1", "Stufe 1"],
    ["Step 2", "Stufe 2"],
    ["Step 3", "Stufe 3"],
    ["Step 4", "Stufe 4"],
  ),
  dialogue: words(
    ["Meme: two figures talk in speech bubbles.", "Meme: Zwei Figuren reden in Sprechblasen."],
    1,
    ["First says", "Erste sagt"],
    ["Second says", "Zweite sagt"],
  ),
  "nature-doc": words(
    ["Meme in the style of a nature documentary.", "Meme im Stil einer Naturdokumentation."],
    1,
    TITLE,
    ["Narrator", "Erzähler"],
  ),
  chart: words(
    [
      "Meme: a pie chart with one thin worried slice and one huge smug one.",
      "Meme: ein Kreisdiagramm mit einem dünnen besorgten und einem riesigen zufriedenen Stück.",
    ],
    0,
    TITLE,
    ["Thin slice", "Dünnes Stück"],
    ["Huge slice", "Riesiges Stück"],
  ),
  "patch-notes": words(
    ["Meme: a window with the changes of a new version.", "Meme: ein Fenster mit den Neuerungen einer Version."],
    0,
    TITLE,
    ["Added", "Hinzugefügt"],
    ["Changed", "Geändert"],
    ["Removed", "Entfernt"],
  ),
  interview: words(
    ["Meme: a job interview at a desk.", "Meme: ein Vorstellungsgespräch am Schreibtisch."],
    0,
    ["Question", "Frage"],
    ["Answer", "Antwort"],
    ["Question", "Frage"],
    ["Answer", "Antwort"],
  ),
  forecast: words(
    [
      "Meme: a weather forecast for three days, each worse.",
      "Meme: eine Wettervorhersage für drei Tage, jeder schlimmer.",
    ],
    0,
    TITLE,
    ["Today", "Heute"],
    ["Tomorrow", "Morgen"],
    ["Later", "Später"],
  ),
  "museum-label": words(
    [
      "Meme: an exhibit on a pedestal with its label in a museum.",
      "Meme: ein Ausstellungsstück auf einem Sockel mit seinem Schild im Museum.",
    ],
    0,
    ["Work", "Werk"],
    ["Material", "Material"],
    ["Description", "Beschreibung"],
  ),
  "tier-list": words(
    [
      "Meme: a list in three ranks, from best to worst.",
      "Meme: eine Rangliste in drei Stufen, von der besten zur schlechtesten.",
    ],
    0,
    TITLE,
    ["Best", "Beste"],
    ["Middle", "Mitte"],
    ["Worst", "Schlechteste"],
  ),
  receipt: words(
    ["Meme: a long receipt from a till.", "Meme: ein langer Kassenzettel."],
    0,
    ["Shop", "Geschäft"],
    ["Item", "Posten"],
    ["Item", "Posten"],
    ["Item", "Posten"],
    ["Total", "Summe"],
  ),
  "road-sign": words(
    ["Meme: a large road sign.", "Meme: ein großes Straßenschild."],
    1,
    ["Sign", "Schild"],
    ["Small print", "Kleingedrucktes"],
  ),
  doors: words(
    ["Meme: two doors and somebody who has to choose.", "Meme: zwei Türen und jemand, der wählen muss."],
    0,
    ["Left door", "Linke Tür"],
    ["Right door", "Rechte Tür"],
    ["Who chooses", "Wer wählt"],
  ),
  court: words(
    ["Meme: a scene in court.", "Meme: eine Szene vor Gericht."],
    0,
    ["Charge", "Anklage"],
    ["Plea", "Verteidigung"],
    ["Verdict", "Urteil"],
  ),
  "weather-map": words(
    ["Meme: a weather map with sun, cloud and storm.", "Meme: eine Wetterkarte mit Sonne, Wolke und Gewitter."],
    0,
    TITLE,
    ["North", "Norden"],
    ["Middle", "Mitte"],
    ["South", "Süden"],
  ),
  timeline: words(
    ["Meme: a timeline with four stops.", "Meme: ein Zeitstrahl mit vier Stationen."],
    0,
    ["First", "Zuerst"],
    ["Then", "Dann"],
    ["After that", "Danach"],
    ["At last", "Zuletzt"],
  ),
  "expectation-reality": words(
    ["Meme of two pictures: expectation and reality.", "Meme aus zwei Bildern: Erwartung und Wirklichkeit."],
    2,
    ["Expectation", "Erwartung"],
    ["Reality", "Wirklichkeit"],
  ),
  "starter-pack": words(
    [
      "Meme: a starter pack, a blister card with four things around a figure.",
      "Meme: ein Anfängerset, eine Verpackung mit vier Dingen um eine Figur.",
    ],
    0,
    TITLE,
    ["Thing", "Ding"],
    ["Thing", "Ding"],
    ["Thing", "Ding"],
    ["Thing", "Ding"],
  ),
  "error-dialog": words(
    [
      "Meme: an error message on a screen, with two buttons.",
      "Meme: eine Fehlermeldung auf einem Bildschirm, mit zwei Schaltflächen.",
    ],
    0,
    TITLE,
    ["Message", "Meldung"],
    ["Button", "Schaltfläche"],
    ["Button", "Schaltfläche"],
  ),
  recipe: words(
    ["Meme: a recipe card with three steps.", "Meme: eine Rezeptkarte mit drei Schritten."],
    0,
    TITLE,
    ["Step 1", "Schritt 1"],
    ["Step 2", "Schritt 2"],
    ["Step 3", "Schritt 3"],
  ),
  map: words(
    ["Meme: an old map with a dotted path.", "Meme: eine alte Karte mit einem gepunkteten Weg."],
    0,
    TITLE,
    ["Here", "Hier"],
    ["Far away", "Weit weg"],
    ["Unexplored", "Unerforscht"],
  ),
  "caption-bar": words(["Meme: a line of text over a picture.", "Meme: eine Textzeile über einem Bild."], 1, [
    "Caption",
    "Text",
  ]),
};
