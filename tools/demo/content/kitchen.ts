import { photo, say, type Entry } from "./types.ts";

/** Bread, gardens, bees, beans. */
export const KITCHEN: readonly Entry[] = [
  say(
    "idris_bakes",
    "Today's country loaf. The ear on this one could hear gossip from the next street. #baking #sourdough",
    {
      heat: 3,
      photos: [
        photo(
          "loaf:gold:1",
          "A round brown loaf with three scored cuts on a white cloth with green stripes, two slices and a bread knife beside it",
        ),
      ],
    },
    say("bruno", "Meins hat auch ein Ohr. Es hört nichts.", { lang: "de" }),
    say("zuri", "I can smell this through the wall. We are not neighbours."),
    say("margit", "Scheiben zu dünn.", { lang: "de" }),
  ),
  say(
    "idris_bakes",
    "Three in the morning, first tray out, street empty except one fox who knows my schedule.",
    {
      heat: 2,
      photos: [photo("buns:gold:2", "Twelve cinnamon buns in rows on a baking tray, sugar on top, seen from above")],
    },
    say("kranichzahl", "Fuchs: 1.", { lang: "de" }),
    say("juniper", "Is the fox on payroll?", say("idris_bakes", "Crusts and silence.")),
  ),
  say(
    "idris_bakes",
    "Dough advice: it is not sticky, you are impatient. (I say this mostly to myself.)",
    { heat: 2, pinned: true },
    say("lenz", "Ich habe es trotzdem an der Decke.", { lang: "de" }),
  ),
  say(
    "idris_bakes",
    "Gladys the starter turned nine. She got rye. She blew up the jar lid in joy.",
    { heat: 3 },
    say(
      "bruno",
      "Meiner heißt Horst und hat schlechte Laune.",
      { lang: "de" },
      say("idris_bakes", "Feed Horst twice a day, warm, and stop measuring him."),
    ),
    say("dov", "Nine years uptime."),
  ),
  say(
    "idris_bakes",
    "A customer asked for a loaf “with less hole”. I have wrapped up some hole separately in case she misses it.",
    { heat: 3 },
    say("brigid", "Never throw away good holes."),
  ),
  say(
    "idris_bakes",
    "Sold out by nine. To the gentleman who arrived at nine-oh-one: there is always a heel behind the counter, you only have to look sad.",
    { heat: 2 },
    say("hauke", "Hat funktioniert. Danke.", { lang: "de" }),
  ),
  say(
    "idris_bakes",
    "Rye, caraway, one raisin. Whoever finds the raisin wins the day.",
    {
      photos: [
        photo(
          "loaf:mist:4",
          "Brown loaf with pale cuts on a striped cloth, two slices lying beside it in soft grey light",
          "square",
        ),
      ],
    },
    say("carlo_roestet", "GEFUNDEN.", { lang: "de" }),
    say("hanne", "Moment, ich hatte auch eine.", { lang: "de" }),
  ),
  say(
    "bruno",
    "Brot Nr. 27. Druckfestigkeit gut, Biegezugfestigkeit hervorragend, Geschmack noch in der Zulassung. #Sauerteig",
    { heat: 3 },
    say("idris_bakes", "Hydration, Bruno. It is bread, not a pier.", { lang: "en" }),
    say("ines_imkerei", "Wir könnten einen Bienenstand darauf stellen."),
  ),
  say(
    "bruno",
    "Brot Nr. 31 ist AUFGEGANGEN. Ich habe geklatscht. Meine Frau hat nachgesehen, ob es mir gut geht.",
    {
      heat: 3,
      photos: [
        photo(
          "loaf:day:3",
          "Ein hoher brauner Laib mit hellen Einschnitten auf einem Leinentuch, daneben zwei Scheiben mit lockerer Krume",
        ),
      ],
    },
    say("idris_bakes", "BRUNO!!! That crumb!", { lang: "en" }),
    say("jonte", "Das Brot, Bruno. DAS BROT."),
    say("oskar_speiche", "Bring es Donnerstag mit. Als Bezahlung zugelassen."),
  ),
  say(
    "bruno",
    "Wer hat behauptet, Rente sei langweilig? Ich habe heute zwei Stunden einem Teig zugesehen. Er hat gewonnen.",
    { heat: 2 },
  ),
  say(
    "bruno",
    "Rezeptfrage: „bis er sich richtig anfühlt“. Ich bitte um eine Einheit.",
    { heat: 2 },
    say("margit", "Ohrläppchen."),
    say("bruno", "Danke. Ohrläppchen. Endlich eine Norm."),
  ),
  say(
    "lenz",
    "Mein erstes Brot! Es ist quadratisch. Das Rezept sagte „rund“. Ich sage: Stil.",
    { heat: 2 },
    say("bruno", "Willkommen, Kollege. Stapelbar!"),
    say("idris_bakes", "Square crumb fits the toaster. You are ahead of us all.", { lang: "en" }),
  ),
  say(
    "lenz",
    "Balkon Nordseite, Ernte: 1 Radieschen. Es wurde feierlich in acht Scheiben geschnitten. Alle wurden satt (niemand). #Garten",
    { heat: 3 },
    say(
      "petra_beet",
      "Komm zu uns aufs Parkdeck. Ebene 3 hat Sonne. Und Radieschen im Plural.",
      say("lenz", "Plural!!"),
    ),
  ),
  say(
    "lenz",
    "Prof sagt, ein Teelöffel Boden hat mehr Lebewesen als die Erde Menschen. Ich entschuldige mich jetzt immer beim Umtopfen.",
    { heat: 2 },
  ),
  say(
    "lenz",
    "Wurmkiste, Tag 40. Sie haben den Tee gern, den Kaffee lieber, die Hausarbeit gar nicht.",
    {},
    say("carlo_roestet", "Ich hab Kaffeesatz. Eimerweise. Bring die Würmer mit, ich will sie kennenlernen."),
  ),
  say(
    "petra_beet",
    "Ebene 3 heute: Salat so viel, dass wir ihn an Autos im Erdgeschoss verteilen. Unter die Scheibenwischer. Wie Strafzettel, nur lecker. #Stadtgarten",
    {
      heat: 3,
      photos: [
        photo(
          "beds:day:1",
          "Zwei hölzerne Hochbeete voller Salat vor einer Ziegelmauer, dahinter sechs hohe Sonnenblumen",
        ),
      ],
    },
    say("nadja_linie4", "DAS war das? Ich hatte Widerspruch eingelegt."),
    say("samira", "Bester Bescheid meines Lebens."),
  ),
  say(
    "petra_beet",
    "Schneckenbilanz: 61 gefangen, 60 weit weg ausgesetzt, 1 namens Gerold ist wieder da. Er kennt den Weg. Er hat ein Haus und einen Plan.",
    { heat: 3 },
    say("theo_teich", "Gerold ist eine Weinbergschnecke und steht unter Schutz. Offiziell darf er das."),
    say("petra_beet", "Gerold weiß das. Man sieht es ihm an."),
  ),
  say(
    "petra_beet",
    "Sonnenblumen jetzt 2,40 m. Eine schaut in die falsche Richtung. Wir haben beschlossen, sie nicht zu korrigieren.",
    {
      season: "summer",
      heat: 2,
      photos: [photo("beds:gold:4", "Sonnenblumen in warmem Abendlicht vor einer Mauer, davor bepflanzte Hochbeete")],
    },
  ),
  say(
    "petra_beet",
    "Kompost ist, wenn man Geduld hat und niemand fragt, was da so dampft.",
    { heat: 1 },
    say("dov", "Same for my staging server.", { lang: "en" }),
  ),
  say(
    "petra_beet",
    "Wir brauchen Hilfe beim Umgraben am Sonntag. Es gibt Suppe, Aussicht und das gute Gefühl von jemandem, der einen Spaten besitzt.",
    { heat: 1 },
    say("lenz", "Ich besitze einen Löffel."),
    say("ott", "I'll bring two spades and an ash handle for the broken one.", { lang: "en" }),
    say("juniper", "I bring mushrooms (decorative).", { lang: "en" }),
  ),
  say(
    "petra_beet",
    "Tomaten-Abstimmung fürs nächste Jahr, bitte sachlich bleiben:",
    {
      daysAgo: 4,
      poll: {
        options: ["Ochsenherz", "Gelbe Birne", "Schwarzer Krim", "Alle, Petra, alle"],
        weights: [7, 5, 8, 17],
        days: 7,
      },
      heat: 2,
    },
    say("zuri", "I have seeds of nineteen kinds, sachlich.", { lang: "en" }),
    say("bruno", "Wie hoch ist die zulässige Flächenlast pro Tomate?"),
  ),
  say(
    "zuri",
    "Seed library opening day: 43 borrowers, 211 beans out, one small boy who asked if they were scared of the dark. I said they prefer it. #seeds",
    { heat: 3 },
    say("kiri", "Mine. He has now told all our potatoes not to worry."),
  ),
  say(
    "zuri",
    "Dahlia from a tuber somebody left in the returns box with no name, only “sorry it's late”. Well. It was worth it.",
    {
      heat: 3,
      photos: [
        photo(
          "bloom:day:1",
          "Close-up of a salmon pink dahlia with dewdrops on its petals, green background out of focus",
        ),
      ],
    },
    say("quill", "See also: my forty-three-year-old library book."),
    say("mirabel", "Die Farbe! Krapp, zweiter Zug, exakt!", { lang: "de" }),
  ),
  say(
    "zuri",
    "A bean that has travelled through six households now has six names. I label it with all of them.",
    { heat: 2 },
    say("malte_karten", "Mehrsprachige Bohne. So muss das sein.", { lang: "de" }),
  ),
  say(
    "zuri",
    "Gardening is 10 % planting and 90 % standing with your hands on your hips.",
    { heat: 3 },
    say("margit", "Wie Stricken, nur im Stehen.", { lang: "de" }),
    say("ott", "Also describes carpentry."),
  ),
  say("zuri", "Morning bloom check, with coffee, in someone else's boots.", {
    photos: [photo("bloom:gold:5", "A lilac flower in full bloom, very near, blurred green background", "square")],
  }),
  say(
    "zuri",
    "Recipe swap night at the library: soup from what people forgot they planted. Eleven bowls, nobody could say what was in it, everybody had seconds.",
    { heat: 2 },
  ),
  say(
    "ines_imkerei",
    "Erste Honigernte vom Bibliotheksdach: Linde, Robinie und, laut Labor, „unbekannter Balkon, Nordseite“. #Bienen",
    { season: "summer", heat: 3 },
    say("lenz", "DAS BIN ICH. Das ist mein Radieschen!!"),
    say("quill", "Honey from a library. I need a moment.", { lang: "en" }),
  ),
  say(
    "ines_imkerei",
    "Bienen fliegen heute nur bis zum Geländer, schauen, drehen um. Homeoffice.",
    { heat: 2 },
    say("hauke", "Vernünftig."),
  ),
  say(
    "ines_imkerei",
    "Schwarm! Hängt am Stadtbus. Fahrer ganz ruhig, Fahrgäste filmen, Königin inspiziert die Linienführung.",
    { season: "spring", heat: 3 },
    say("nadja_linie4", "Solidarität mit dem Kollegen vom Bus. Bienen zahlen keinen Fahrschein, oder?"),
    say("ines_imkerei", "@nadja_linie4 Gruppenkarte."),
  ),
  say(
    "ines_imkerei",
    "Winterkontrolle: Ohr an den Kasten, leises Summen in F. Alle da.",
    { season: "winter", heat: 2 },
    say("selma", "Was summen sie? Frage wegen Repertoire."),
  ),
  say(
    "ines_imkerei",
    "Blüte der Woche am Bahndamm. Ich kenne ihren Namen nicht, die Bienen schon.",
    {
      photos: [
        photo(
          "bloom:mist:3",
          "Nahaufnahme einer gefüllten Blüte mit vielen Blättern und gelber Mitte, unscharfer grüner Hintergrund",
        ),
      ],
      heat: 1,
    },
    say("sorrel", "Send me a petal and some sun.", { lang: "en" }),
  ),
  say(
    "carlo_roestet",
    "Heute Röstung versaut. 4 kg Kohle. Habe es „Nordlicht“ genannt und kaputtgelacht. Zwei Leute wollten trotzdem kaufen.",
    { heat: 2 },
    say("idris_bakes", "My burnt batch is called “rustic”. Solidarity.", { lang: "en" }),
  ),
  say(
    "margit",
    "Pflaumenkuchen-Lage: zwei Bleche. Wer nicht kommt, bekommt trotzdem. Ich weiß, wo ihr wohnt, Malte hat es kartiert.",
    { season: "autumn", heat: 3 },
    say("malte_karten", "Nur die Bänke!"),
    say("bahnhofskater", "Mit Sahne. Nur die Sahne."),
    say("igelhilfe", "Fräulein Smilla schnuppert. Sie bekommt nichts. Sie ist gekränkt."),
  ),
  say(
    "hanne",
    "Zimtschnecken von Idris in der Webpause. Danach war der Schuss zehn Reihen lang leicht klebrig und sehr glücklich.",
    {
      photos: [photo("buns:day:1", "Blech mit zwölf goldbraunen Zimtschnecken von oben, Hagelzucker darauf")],
      heat: 3,
    },
    say("idris_bakes", "The cloth now contains butter. You're welcome.", { lang: "en" }),
  ),
  say("kiri", "Told the kids we were having “deconstructed pizza”. It was toast, tomato and a look.", { heat: 2 }),
  say(
    "dov",
    "Tried Bruno's bread with butter. The butter lost. I loved it.",
    { heat: 2 },
    say("bruno", "Danke. Glaube ich.", { lang: "de" }),
  ),
  say(
    "emeka",
    "Best sandwich of the route so far: eaten in a bus shelter, sideways rain, a dog staring as if I owed it rent.",
    { heat: 2 },
  ),
  say(
    "juniper",
    "Nettle soup: the only recipe where revenge is an ingredient.",
    { season: "spring", heat: 2 },
    say("petra_beet", "Wir haben SEHR viele Zutaten. Kommt.", { lang: "de" }),
  ),
  say(
    "odile",
    "first frost on the beans\nthe gardener says a word\nthe frost says nothing",
    { season: "autumn", heat: 2 },
    say("zuri", "I said several words. This is the polite translation."),
  ),
  say(
    "selma",
    "Nach der Probe: Suppe für 30 aus dem Garten von Petra. Zwei Strophen später war der Topf leer. So misst man Qualität.",
    {
      heat: 1,
      photos: [
        photo(
          "dyePots:dusk:5",
          "Drei große Töpfe mit buntem Inhalt dampfen auf einer Holzbank, darüber hängen Kräuterbündel",
        ),
      ],
    },
    say(
      "mirabel",
      "SELMA. Das sind MEINE Töpfe. Bitte sag, dass ihr nicht daraus gegessen habt.",
      say("selma", "Das Foto ist nur Deko! Suppe war im Chortopf! Atme!"),
    ),
  ),
  say(
    "frieda_flickt",
    "Habe eine Schürze geflickt, auf der schon „Küss den Koch“ stand. Jetzt steht da „Küss den K“. Auch gut.",
    { heat: 2 },
  ),
  say(
    "theo_teich",
    "Der Schulgarten hat jetzt einen Mini-Teich in einer alten Zinkwanne. Erster Bewohner: ein Wasserläufer. Zweiter: ein Schuh.",
    { heat: 1 },
  ),
  say(
    "lenz",
    "Klausur Bodenkunde bestanden. Habe bei „Humus“ zuerst über Kichererbsen geschrieben, dann gestrichen, dann war noch Zeit.",
    { heat: 3, visibility: "unlisted" },
    say("petra_beet", "Stolz auf dich, Kind."),
    say("idris_bakes", "Celebratory square loaf is on the house.", { lang: "en" }),
  ),
  say(
    "idris_bakes",
    "Someone left a drawing of the bakery in the letterbox. I'm in it, very large, holding a very small bread. Accurate relationship.",
    { heat: 2 },
  ),
  say(
    "carlo_roestet",
    "Probiertafel am Samstag, blind. Letztes Mal hat Bruno den Filterkaffee an der Statik erkannt.",
    { heat: 1 },
    say("bruno", "Er stand gut."),
  ),
];
