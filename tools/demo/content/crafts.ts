import { photo, say, type Entry } from "./types.ts";

/** Weaving, dyeing, spinning, mending, binding, wood. */
export const CRAFTS: readonly Entry[] = [
  say(
    "hanne",
    "Willkommen auf dem Flachsfeld! Hier wird gewebt, gezählt, gebacken, gefahren und geschaut. Stellt euch vor, beschreibt eure Bilder, streitet über Brot, nicht über Menschen. Und wenn etwas klemmt: Ich wohne hier. 🧶",
    { heat: 3, pinned: true },
    say(
      "margit",
      "Ich bin Margit und mein Enkel hat mir das eingerichtet. Wo ist hier die Lautstärke?",
      say("samira", "Margit, du BIST die Lautstärke. 💛"),
    ),
    say("dov", "Hello! I fix small servers and eat large lunches.", { lang: "en" }),
    say("bahnhofskater", "Vorstellung: nein."),
    say("zuri", "Hi all, I keep a library of beans. Late fees are also beans.", { lang: "en" }),
  ),
  say(
    "hanne",
    "Kette für den großen Läufer: 640 Fäden, jeder einzeln durchs Litzenauge. Bei Faden 213 hat es geklingelt. Ich fange wieder bei 190 an, sicherheitshalber. #Weben",
    {
      heat: 2,
      photos: [
        photo(
          "loom:day:1",
          "Blick auf einen Webstuhl mit schwarz-weißer Kette; vorne gemusterter Stoff mit roten Borten, darauf ein Schiffchen",
        ),
      ],
    },
    say("ott", "This is why the loom I built for you has no doorbell.", { lang: "en" }),
    say("frieda_flickt", "Ich hänge ein Schild an die Tür: „Faden 213“."),
  ),
  say(
    "hanne",
    "Fischgrat in Waidblau und Wau. Wenn man lange genug hinsieht, schwimmt er. #Weben #Naturfarben",
    {
      photos: [
        photo("cloth:gold:2", "Nahaufnahme von Stoff im Fischgratmuster, blaue und gelbe Streifen mit weißem Schuss"),
      ],
      heat: 3,
    },
    say("mirabel", "MEIN Blau. Mein Gelb. Ich platze."),
    say("brigid", "I would darn this even if it had no holes.", { lang: "en" }),
  ),
  say(
    "hanne",
    "Webfehler in Reihe 12, entdeckt in Reihe 90. Ich nenne es jetzt eine Signatur.",
    { heat: 3 },
    say("lumi", "We call that a documented behaviour.", { lang: "en" }),
    say("brigid", "Leave it. The fabric needs a way to breathe out.", { lang: "en" }),
    say("margit", "Auftrennen.", say("hanne", "Margit, bitte."), say("margit", "Ich sage es nur.")),
  ),
  say(
    "hanne",
    "Mein Webstuhl Gustav knarzt neuerdings in Moll. Tritt vier. Öl hat nicht geholfen. Zureden auch nicht.",
    {},
    say("ott", "Hemp cord on the lamm, and wax, not oil. I'll come Tuesday.", { lang: "en" }),
    say("selma", "Lass ihn! Uns fehlt ein Bass!"),
  ),
  say(
    "hanne",
    "Köper, zwei über, zwei unter. Das Beruhigende daran ist: Irgendwann denkt der Fuß, und man selbst hat frei.",
    { photos: [photo("cloth:day:3", "Gewebter Stoff in Nahaufnahme mit Zickzack in Gelb, Hell- und Dunkelblau")] },
  ),
  say(
    "mirabel",
    "Krapp-Tag! Drei Töpfe, eine Wurzel: erst Ziegel, dann Lachs, dann ein Rosa, für das es kein Wort gibt, nur ein Geräusch. #Naturfarben #Färben",
    {
      heat: 3,
      photos: [
        photo(
          "dyePots:gold:1",
          "Drei Stahltöpfe mit rotem, gelbem und violettem Färbebad auf einem Holztisch, Dampf steigt auf, oben hängen Pflanzenbündel",
        ),
      ],
    },
    say("sorrel", "The noise is “oh”. I have made it.", { lang: "en" }),
    say("lenz", "Ich dachte, das gibt Suppe.", say("mirabel", "LENZ.")),
  ),
  say(
    "mirabel",
    "Ergebnis der Woche hängt. Von links nach rechts: Schafgarbe, Malve, Krapp zweiter Zug, Reseda über Waid, Waid hell, Waid dunkel, Birke. Der Nachbar dachte, es sei Obst.",
    {
      photos: [
        photo(
          "skeins:day:1",
          "Sieben gefärbte Garnstränge hängen an einer Holzstange: Oliv, Violett, Rosa, Grün, Hellblau, Dunkelblau und Gelbgrün",
        ),
      ],
      heat: 3,
    },
    say("ylva", "My sheep have never looked better and they don't even know.", { lang: "en" }),
    say("hanne", "Dunkelblau: reserviert."),
    say("margit", "Lila: reserviert."),
  ),
  say(
    "mirabel",
    "Warum Waid? Weil der Stoff gelb aus der Küpe kommt und an der Luft vor deinen Augen blau wird. Ich mache das seit elf Jahren und bin jedes Mal fünf. #Färben",
    { heat: 3, pinned: true },
    say("noor", "Oxidation! Chemistry giving a little concert.", { lang: "en" }),
    say(
      "kiri",
      "Can kids watch? Mine promise not to drink anything.",
      { lang: "en" },
      say("mirabel", "Ja! Samstag. Schürzen sind da, Versprechen bitte schriftlich."),
    ),
  ),
  say(
    "mirabel",
    "Die Küpe ist beleidigt. Zu kalt, zu sauer, zu Montag.",
    { heat: 1 },
    say("sorrel", "Have you tried apologising to it? Mine likes a warm towel.", { lang: "en" }),
  ),
  say(
    "mirabel",
    "Avocadokerne geben Rosa. Zwiebelschalen geben Gold. Rote Bete gibt Rosa für zwei Tage und dann Enttäuschung für immer. #Färben",
    { heat: 2 },
    say("petra_beet", "Das erklärt mein Tischtuch."),
  ),
  say(
    "mirabel",
    "Ich suche verblühten Rainfarn, einen Korb voll. Tausche gegen Socken in der Farbe, die dabei rauskommt.",
    { season: "summer" },
    say("ines_imkerei", "Am Bahndamm steht ein ganzes Meer. Der Kater bewacht es."),
    say("bahnhofskater", "Eine Handvoll. Gegen Thunfisch."),
  ),
  say(
    "sorrel",
    "Twenty minutes of sun, one rinse in the sink, and the weeds by the bus stop look like royalty. #cyanotype #botany",
    {
      photos: [
        photo(
          "sunPrint:day:1",
          "Sun print: four white plant stems with leaves and berries on deep blue with torn edges",
        ),
      ],
      heat: 3,
    },
    say("quill", "Endpapers. ENDPAPERS. Please."),
    say("mirabel", "Das Blau! Andere Chemie, gleiche Andacht.", { lang: "de" }),
    say("noor", "Photons: still undefeated."),
  ),
  say("sorrel", "A reader asks how I choose my plants. I walk until one of them looks at me first.", { heat: 1 }),
  say(
    "sorrel",
    "Second print of the day. The fern moved halfway through and now there are two ferns, one of them shy.",
    {
      photos: [
        photo(
          "sunPrint:day:2",
          "Two white leafy stems and a berried one between them on a dark blue print with uneven border",
          "tall",
        ),
      ],
    },
    say("anouk", "Accidental double exposure is the only honest kind."),
  ),
  say(
    "sorrel",
    "Herbarium tip: label it NOW. Not later. Later is how I own forty-one sheets called “the nice one”.",
    { heat: 2 },
    say("lumi", "final_final_nice_v3."),
  ),
  say(
    "ylva",
    "Shearing day. Fourteen sheep went in, fourteen goats came out, apparently.",
    { season: "spring", heat: 2 },
    say(
      "margit",
      "Wie viel Wolle? Frage für mich.",
      { lang: "de" },
      say("ylva", "Thirty-one kilos. I hid two for you."),
    ),
  ),
  say(
    "ylva",
    "Sheep number nine has learned the gate. I have learned humility.",
    { heat: 2, photos: [photo("valley:mist:1", "Grey-green hills fading into mist, dark firs on the nearest slope")] },
    say("pavel_signals", "You need interlocking: gate locked until sheep clear of section."),
  ),
  say(
    "ylva",
    "Spun 200 metres tonight while the radio explained the economy. One of us stayed even.",
    { heat: 2 },
    say("hanne", "Ich nehme die 200 Meter. Die Wirtschaft kannst du behalten.", { lang: "de" }),
  ),
  say(
    "ylva",
    "Anyone near the hills got a spare drive band for an old Saxony wheel? Mine snapped mid-sentence.",
    { heat: 0 },
    say("ott", "Got cotton cord and a splice. On the two o'clock bus."),
  ),
  say(
    "margit",
    "Frage in die Runde: Wie viele Socken braucht ein Mensch? Ich habe jetzt 46 Paar fertig und niemand hat „halt“ gesagt.",
    { heat: 3 },
    say("theo_teich", "Halt! Größe 45 noch, dann halt."),
    say("kiri", "Size 27 and 29 please, they vanish daily.", { lang: "en" }),
    say("jonte", "Nicht aufhören.", say("margit", "So habe ich es verstanden.")),
  ),
  say(
    "margit",
    "Mein Enkel sagt, ich soll „Content“ machen. Ich habe Pflaumenkuchen gemacht.",
    { heat: 3 },
    say("idris_bakes", "That is the best content strategy I have ever read.", { lang: "en" }),
    say("carlo_roestet", "Bringst du Content mit? Ich habe Kaffee."),
  ),
  say("margit", "Ich verstehe nicht alles hier, aber ich erkenne Unsinn, wenn er nett ist.", { heat: 2 }),
  say(
    "margit",
    "Im Bus hat mich eine junge Frau gefragt, was ich da stricke. Ich wusste es nicht. Jetzt ist es ein Schal.",
    { heat: 2 },
    say("nadja_linie4", "Das war meine Linie! Der Schal wuchs von Haltestelle zu Haltestelle."),
  ),
  say(
    "frieda_flickt",
    "Flickcafé heute: 14 Löcher, 3 Reißverschlüsse, 1 Teddy mit Identitätskrise (zwei linke Arme). Alle gerettet. Der Teddy ist jetzt Linkshänder. #Flicken",
    { heat: 3 },
    say("brigid", "Give the bear my regards and a contrasting patch.", { lang: "en" }),
    say("margit", "Der Teddy hat mich nicht gegrüßt."),
  ),
  say(
    "frieda_flickt",
    "„Lohnt sich das noch?“ ist die falsche Frage. Die richtige heißt: „Welche Farbe soll der Flicken haben?“",
    { heat: 3 },
    say("oskar_speiche", "Hängt ab heute in der Werkstatt."),
    say("brigid", "Translating this onto a cushion.", { lang: "en" }),
  ),
  say(
    "frieda_flickt",
    "Wer hat eine Nadel Stärke 100 für eine alte Pfaff? Meine letzte hat sich heute für eine Jeans geopfert.",
    {},
    say("hanne", "Schublade unter Gustav, nimm dir."),
    say("bruno", "Ich habe noch die Pfaff meiner Mutter. Sie lief zuletzt 1987, dann aber sehr gut."),
  ),
  say(
    "brigid",
    "Darned the elbow of a jumper that has been darned so often it is now mostly me. #visiblemending",
    {
      heat: 3,
      photos: [
        photo("cloth:mist:7", "Close view of woven cloth with a diagonal pattern in red, pink, white and dark blue"),
      ],
    },
    say("frieda_flickt", "Schiff des Theseus, Größe M.", { lang: "de" }),
    say("odile", "the ship of Theseus\nbut warm, and with long sleeves, and\na smell of woodsmoke"),
  ),
  say("brigid", "Mended a glove for a man who apologised to the glove. I like my job.", { heat: 2 }),
  say(
    "brigid",
    "The moths and I have reached an understanding. They choose the design, I choose the colour.",
    { heat: 2 },
    say("hanne", "Lavendel, Brigid. LAVENDEL.", { lang: "de" }),
  ),
  say(
    "brigid",
    "What do you mend first?",
    {
      daysAgo: 2,
      poll: { options: ["Socks", "Elbows", "Zips, with swearing", "The mood"], weights: [8, 4, 9, 12], days: 6 },
      heat: 2,
    },
    say("frieda_flickt", "Reißverschluss, MIT Fluchen, ist das ehrlichste Handwerk.", { lang: "de" }),
  ),
  say(
    "quill",
    "Bound a recipe notebook today for a baker who insisted on wipe-clean covers and then cried a bit when he held it. #bookbinding",
    { heat: 2 },
    say("idris_bakes", "It was flour. In both eyes."),
  ),
  say(
    "quill",
    "Paper has a grain. Ignore it and the book will remind you every day for eighty years.",
    { heat: 1 },
    say("ott", "Welcome to wood."),
  ),
  say(
    "quill",
    "Afternoon off. Tea the colour of a good binding, and a novel I have rebound twice and never finished.",
    {
      photos: [
        photo(
          "cup:day:1",
          "Cup of tea and an open book with a yellow ribbon on a wooden table, bands of sunlight, three biscuits",
        ),
      ],
      heat: 2,
    },
    say("odile", "The biscuits are the protagonists."),
    say("tilda", "Seite 3 ist mein Lieblingsteil.", { lang: "de" }),
  ),
  say(
    "quill",
    "The library is giving away 1970s railway timetables. I may have taken all of them. For a friend.",
    {},
    say("tilda", "Ich bin der Freund. ICH BIN DER FREUND.", { lang: "de" }),
    say("pavel_signals", "I am also the friend.", say("quill", "Fight. Politely. Bring cake.")),
  ),
  say(
    "quill",
    "Someone returned a book forty-three years late with a note: “It was very good.”",
    { heat: 3 },
    say("samira", "Die Mahngebühr ist hiermit eine Rezension.", { lang: "de" }),
    say("zuri", "In beans that would be a small field."),
  ),
  say(
    "ott",
    "New spoon. Cherry. It started as a bigger spoon, which started as a bowl.",
    { heat: 2 },
    say("frieda_flickt", "Subtraktive Demut.", { lang: "de" }),
    say("emeka", "I own one of these. It stirs well and has character on the left."),
  ),
  say(
    "ott",
    "A four-shaft loom is forty-one pieces of wood and one person who trusts them.",
    {
      heat: 2,
      photos: [
        photo(
          "loom:gold:2",
          "A loom in warm light with striped warp, patterned cloth in front, a wooden shuttle lying on it",
          "wide",
        ),
      ],
    },
    say("hanne", "Zweiundvierzig. Du vergisst immer den Kaffeebecherhalter.", { lang: "de" }),
  ),
  say(
    "ott",
    "Client wants a chair that “doesn't look handmade”. I have sharpened everything and breathed deeply.",
    { heat: 2 },
    say("margit", "Mit Absicht krumm machen. Ein Bein.", { lang: "de" }),
  ),
  say(
    "ott",
    "Measure twice, cut once, then find out the wall isn't straight.",
    { heat: 1 },
    say("bruno", "Als Statiker a. D.: Keine Wand ist gerade. Manche sind nur überzeugender.", { lang: "de" }),
  ),
  say(
    "hanne",
    "Webgruppe am Sonntag: Wir spinnen. Also, wirklich diesmal. Spindeln sind da, Ylva bringt Vlies und wahrscheinlich ein Schaf.",
    { heat: 1 },
    say("ylva", "One lamb. She's in a nappy. It's fine.", { lang: "en" }),
    say("petra_beet", "Ich bringe Möhren für das Lamm. Und für mich Kuchen."),
  ),
  say(
    "hanne",
    "Die Leute fragen immer, wie lange ein Stoff dauert. Der hier: vier Monate und eine Scheidung (nicht meine).",
    { photos: [photo("cloth:mist:11", "Gewebter Stoff in Nahaufnahme mit verschränktem Muster")], heat: 2 },
  ),
  say("mirabel", "Nicht jede braune Suppe ist ein Fehler. Manche ist Walnuss.", { heat: 1 }),
  say(
    "mirabel",
    "Workshop ausgebucht, Warteliste auch. Wer mag, sitzt dazu und rührt. Rühren ist die halbe Meditation und die ganze Arbeit.",
    {
      photos: [
        photo(
          "dyePots:mist:3",
          "Drei Kessel mit farbigen Bädern dampfen auf einer Werkbank, darüber hängen getrocknete Pflanzen",
        ),
      ],
    },
    say("selma", "Ich rühre. Ich singe auch. Das eine gibt es nicht ohne das andere."),
  ),
  say(
    "mirabel",
    "Licht-Test nach sechs Monaten Südfenster: Krapp wie neu, Waid wie neu, Reseda etwas müde, ich auch.",
    {
      photos: [
        photo(
          "skeins:day:4",
          "Acht Garnstränge in Orange, Grün, Violett, Braun, Blau, Hellblau und Rot hängen vor heller Wand",
        ),
      ],
      heat: 1,
    },
    say("hanne", "Südfenster macht ehrlich."),
  ),
  say(
    "sorrel",
    "Gave a talk on plant dyes to nine adults and one dog. The dog asked the best question (it ate the sample).",
    { heat: 2 },
  ),
  say(
    "ylva",
    "Lamb update: she is out of the nappy, into the kitchen, and has opinions on linoleum.",
    { season: "spring", heat: 3 },
    say("margit", "Ich stricke dem Lamm auch nichts. Es hat schon was an.", { lang: "de" }),
  ),
  say(
    "frieda_flickt",
    "Heute jemandem beigebracht, einen Knopf anzunähen. Er ist 58. Er hat dann noch vier angenäht, einfach so, an Dinge, die keinen brauchten.",
    { heat: 3 },
    say("bruno", "Ich bekenne mich. Die Tischdecke hat jetzt auch einen."),
  ),
];
