import { photo, say, type Entry } from "./types.ts";

/** Bicycles, trams, trains, the town, cats. */
export const TOWN: readonly Entry[] = [
  say(
    "oskar_speiche",
    "Donnerstag, Werkstatt: 11 Räder rein, 11 Räder raus, 3 davon sogar dieselben. #Fahrrad",
    {
      heat: 2,
      photos: [
        photo(
          "bicycle:day:1",
          "Ein gelbes Fahrrad mit Blumenkorb lehnt an einer hellen Ziegelwand neben einer dunkelblauen Tür",
        ),
      ],
    },
    say(
      "carlo_roestet",
      "Das gelbe ist meins! Ich dachte, es wird nur aufgepumpt. Es hat jetzt BLUMEN?",
      say("oskar_speiche", "Du hast gesagt: „Mach mal schön.“"),
    ),
    say("kiri", "Need that basket for exactly one day of looking like a functional adult.", { lang: "en" }),
  ),
  say(
    "oskar_speiche",
    "Merksatz: Quietscht es beim Treten, ist es die Kette. Quietscht es beim Bremsen, ist es die Bremse. Quietscht es beim Schieben, bist du es.",
    { heat: 3, pinned: true },
    say("bruno", "Es quietscht beim Aufsteigen."),
    say("oskar_speiche", "Bruno, das ist auch du."),
  ),
  say(
    "oskar_speiche",
    "Reifenpanne ist kein Notfall. Reifenpanne ist eine Einladung, den Hof kennenzulernen.",
    {},
    say("lenz", "Ich wurde dieses Jahr schon siebenmal eingeladen."),
  ),
  say(
    "oskar_speiche",
    "Wir haben 40 Kinderräder gesammelt. Wer am Samstag schrauben kann: 10 Uhr, Handschuhe da, Kuchen bringt Bruno (ihr seid gewarnt).",
    { heat: 2 },
    say("bruno", "Diesmal geht er auf."),
    say("idris_bakes", "I'll bring backup cake. Just as backup.", { lang: "en" }),
    say("malte_karten", "Ich bringe Flicken und eine Karte der Scherben."),
  ),
  say(
    "kiri",
    "School run report: wind 7, rain sideways, one child singing, the other composting an apple in the bike box. #cargobike",
    { heat: 2 },
    say("oskar_speiche", "Apfel rausnehmen. Glaub mir. Ich hab Kisten gesehen.", { lang: "de" }),
    say("zuri", "Bring me the apple in a month."),
  ),
  say(
    "kiri",
    "The four-year-old asked if the moon is following us to nursery. I said yes. She has been waving every morning since.",
    { heat: 3 },
    say("wren", "I will have a word with it. It should wave back."),
    say("noor", "Scientifically this is fine."),
  ),
  say(
    "kiri",
    "Overtaken today by: two pigeons, a nun, a man on a unicycle holding a ladder.",
    { heat: 2 },
    say("oskar_speiche", "Der mit der Leiter ist Kunde.", { lang: "de" }),
  ),
  say("kiri", "I have found the missing glove. It was on the other hand. Of the other child. In the other house.", {
    heat: 2,
  }),
  say(
    "nadja_linie4",
    "Erste Fahrt heute: ein Mann, ein Hund, ein Baguette. Der Hund saß vorschriftsmäßig. #Straßenbahn",
    {
      heat: 2,
      photos: [
        photo(
          "tram:dusk:1",
          "Eine blaue Straßenbahn mit hellen Fenstern fährt in der Dämmerung vor alten Giebelhäusern",
        ),
      ],
    },
    say("idris_bakes", "The baguette was mine. The dog is management.", { lang: "en" }),
  ),
  say(
    "nadja_linie4",
    "An die Person, die seit drei Wochen jeden Morgen ein Origami auf Platz 12 liegen lässt: Die Kraniche hängen jetzt im Fahrerstand. Es sind 15. Danke.",
    { heat: 3 },
    say("jonte", "Fünfzehn! Ist das gemeldet? @kranichzahl"),
    say("kranichzahl", "Schlafplatz Linie 4: 15. Material: Papier."),
    say("odile", "I am not saying it was me. I am saying the folds are excellent.", { lang: "en" }),
  ),
  say(
    "nadja_linie4",
    "Ich darf nicht sagen, welche Haltestelle die schönste ist. Aber die Kurve am Kanal, abends, wenn alle gleichzeitig aufsehen.",
    {
      heat: 2,
      photos: [
        photo(
          "tram:gold:3",
          "Straßenbahn vor einer Häuserzeile in warmem Abendlicht, Fahrgäste als Schatten in den Fenstern",
          "wide",
        ),
      ],
    },
    say("anouk", "I know that curve. I have missed it with a camera eleven times.", { lang: "en" }),
  ),
  say(
    "nadja_linie4",
    "„Fahren Sie zum Bahnhof?“ Schild vorne: BAHNHOF. Durchsage: Bahnhof. Ich, mit Liebe: „Wir versuchen es.“",
    { heat: 3 },
    say("tilda", "Der ehrlichste Satz im Nahverkehr."),
  ),
  say(
    "nadja_linie4",
    "Neue Weiche am Markt. Sie singt! Zwei Töne, eine Quarte. Hört mal hin.",
    {},
    say("selma", "War heute extra da. Es ist eine übermäßige Quarte. Das Teufelsintervall. Am Markt!"),
    say("pavel_signals", "Proper track geometry always has a sense of humour.", { lang: "en" }),
  ),
  say(
    "tilda",
    "Umstieg geschafft: vier Minuten, drei Bahnsteige, eine Brezel. Die Brezel war das Riskante. #Bahn",
    { heat: 2 },
    say("wren", "Textbook. Was there mustard?", { lang: "en" }),
    say("tilda", "@wren Ich bin doch keine Anfängerin."),
  ),
  say(
    "tilda",
    "Über das große Viadukt, Abendsonne, Fenster auf Kipp. Der Waggon hat kurz aufgehört zu reden.",
    {
      heat: 3,
      photos: [
        photo("viaduct:gold:1", "Ein blauer Zug fährt im goldenen Licht über ein hohes Steinviadukt, dahinter Hügel"),
      ],
    },
    say("pavel_signals", "Seventeen arches. I have drawn all of them and one extra by mistake.", { lang: "en" }),
    say("bruno", "Gemauert 1871. Steht ohne App."),
  ),
  say(
    "tilda",
    "Sammlung Durchsagen, Neuzugang: „Wir warten noch auf den Lokführer. Er wartet seinerseits auf uns, aber in Uelzen.“ (Ort geändert, Wahrheit nicht.)",
    { heat: 3 },
    say("lumi", "Distributed systems.", { lang: "en" }),
    say("dov", "Classic deadlock. Timeout and retry.", { lang: "en" }),
  ),
  say("tilda", "Bahnhofsuhr Nr. 214: geht nach, steht im Regen, wird geliebt.", { heat: 1 }),
  say(
    "tilda",
    "Nachtzugfrage, es wird ernst:",
    {
      daysAgo: 1,
      poll: { options: ["oben", "Mitte", "unten", "Gang, stehend, romantisch"], weights: [14, 2, 7, 6], days: 5 },
      heat: 3,
    },
    say("wren", "Upper. You get the good vibration and nobody's knees.", { lang: "en" }),
    say("bahnhofskater", "Auf dem Koffer. Auf dem Koffer von irgendwem."),
    say("emeka", "Middle berth voters, are you all right?", { lang: "en" }),
  ),
  say(
    "wren",
    "Night train, 04:40, somewhere with hills. A level crossing bell went past like a thought. #nighttrain",
    {
      heat: 2,
      photos: [
        photo("tracks:dawn:1", "Rails running straight to a pale pink dawn horizon, a line of poles on the right"),
      ],
    },
    say(
      "tilda",
      "Ich kenne die Stelle. Rechts kommt gleich ein Haus mit genau einem Licht.",
      { lang: "de" },
      say("wren", "IT DID."),
    ),
  ),
  say(
    "wren",
    "The conductor asked for my ticket, saw the telescope, and asked for Jupiter instead. We were both satisfied.",
    { heat: 3 },
    say("noor", "Valid on all moons."),
  ),
  say(
    "pavel_signals",
    "The layout now has 61 signals, 4 stations and one platform cat, painted from life. #modelrailway",
    { heat: 2 },
    say("bahnhofskater", "Zu klein. Ich bin größer. Neu machen.", { lang: "de" }),
    say("pavel_signals", "@bahnhofskater It is 1:87. You are 6 mm. This is final."),
  ),
  say(
    "pavel_signals",
    "A red signal is not a delay. It is the railway holding the door for someone you can't see.",
    { heat: 3, pinned: true },
    say("nadja_linie4", "Das übersetze ich und hänge es in den Fahrerstand. Neben die Kraniche.", { lang: "de" }),
  ),
  say(
    "pavel_signals",
    "Spent the weekend debugging relay logic from 1962. No tests. Excellent comments, in pencil, by someone called H.",
    { heat: 2 },
    say("lumi", "H. is my favourite maintainer."),
    say("dov", "git blame: pencil."),
  ),
  say(
    "pavel_signals",
    "Early fog on the branch line. Semaphore up, nobody about, kettle on.",
    {
      photos: [photo("viaduct:mist:2", "A train crosses a stone viaduct in pale mist, soft grey hills behind")],
      heat: 1,
    },
    say("hauke", "Moin.", { lang: "de" }),
    say("pavel_signals", "Moin, Hauke."),
  ),
  say(
    "bahnhofskater",
    "Der 8:14 hatte Verspätung. Ich habe gewartet. Auf der Bank. Mit geschlossenen Augen. Niemand dankt mir.",
    { heat: 3 },
    say("tilda", "Danke, Herr Direktor."),
    say("bahnhofskater", "Zu spät."),
  ),
  say(
    "bahnhofskater",
    "Inspektion der Fensterbank im Stellwerk: warm. Genehmigt bis auf Weiteres.",
    {
      heat: 3,
      photos: [
        photo(
          "cat:dusk:1",
          "Eine dunkle Katze sitzt von hinten gesehen auf der Fensterbank neben einer Topfpflanze, draußen Dächer und Mond in violettem Abendlicht",
          "square",
        ),
      ],
    },
    say("pavel_signals", "That is the 1962 relay cabinet under you. Please do not shed on it.", { lang: "en" }),
    say("margit", "Ein Bild von einem Tier."),
    say("igelhilfe", "Kollege sieht wohlgenährt aus."),
  ),
  say(
    "bahnhofskater",
    "Heute ein Kind, das mich „Mieze“ nannte. Ich leite einen BAHNHOF.",
    { heat: 3 },
    say("kiri", "That was mine. She meant it as a title.", { lang: "en" }),
  ),
  say(
    "bahnhofskater",
    "Stellenausschreibung: Person mit Schoß, Vollzeit, Gleis 1. Erfahrung mit Wolle von Vorteil.",
    { heat: 2 },
    say("margit", "Ich bewerbe mich."),
    say("bahnhofskater", "@margit Probezeit: ewig."),
  ),
  say("bahnhofskater", "Regen. Betrieb eingestellt.", { heat: 2 }),
  say(
    "malte_karten",
    "Alle 1.204 Bänke der Stadt eingetragen, mit Lehne ja/nein, Blickrichtung und Schatten um 15 Uhr. Ich habe keine weiteren Fragen an das Leben. #freieKarten",
    { heat: 3 },
    say("margit", "Und welche ist frei?"),
    say("malte_karten", "@margit Datenschutz."),
    say("emeka", "Do you have one for benches you should not sit on? I have field notes.", { lang: "en" }),
  ),
  say(
    "malte_karten",
    "Jemand hat meinen Lieblingstrampelpfad gelöscht: „existiert nicht“. Bin hingegangen. Existiert. Habe als Beweis mein Knie.",
    { heat: 2 },
    say("oskar_speiche", "Knie ist eine zulässige Quelle."),
  ),
  say(
    "malte_karten",
    "Altes Blatt von 1931 entzerrt. Wo heute der Supermarkt steht, war ein Teich. Erklärt die Enten in der Kühlabteilung.",
    {
      heat: 2,
      photos: [
        photo("contourMap:gold:2", "Alte gefaltete Karte mit Höhenlinien, blauem Fluss und rot gepunktetem Weg"),
      ],
    },
    say("theo_teich", "Der Teich kommt zurück. Teiche haben Zeit."),
  ),
  say(
    "malte_karten",
    "Kartier-Spaziergang Sonntag 14 Uhr, Treffpunkt an der Bank mit der ID 88 (Lehne: ja, Ausblick: Glascontainer).",
    { heat: 1 },
    say(
      "samira",
      "Bitte auch Bordsteinhöhen aufnehmen. Für Rollstühle sind drei Zentimeter ein Gebirge.",
      say("malte_karten", "Steht ganz oben. Zollstöcke sind bestellt."),
    ),
    say("kiri", "Also cargo bikes. Also scooters with dolls.", { lang: "en" }),
  ),
  say(
    "carlo_roestet",
    "Neue Bohne aus Äthiopien: erst Aprikose, dann Schwarztee, dann steht man plötzlich auf und putzt die Küche.",
    { heat: 2 },
    say("hanne", "Ein Kilo bitte. Die Werkstatt braucht es."),
  ),
  say(
    "carlo_roestet",
    "Milchschaum-Fortschritt: Herz ✅ Farn ✅ Kranich ❌ (sah aus wie ein Fahrrad, Oskar hat ihn trotzdem bezahlt)",
    {
      heat: 2,
      photos: [
        photo(
          "cup:gold:15",
          "Gelbe Tasse Kaffee mit Blattmuster im Milchschaum, daneben ein aufgeschlagenes Buch und drei Kekse",
          "square",
        ),
      ],
    },
    say("oskar_speiche", "Rahmengeometrie stimmte."),
  ),
  say(
    "carlo_roestet",
    "Ein Gast hat heute „das Übliche“ bestellt. Beim ersten Besuch. Ich habe ihm einfach das Übliche gebracht. Er nickte.",
    { heat: 3 },
    say("odile", "This is how legends start.", { lang: "en" }),
    say("hauke", "Das war ich. War gut."),
  ),
  say(
    "bruno",
    "Als Statiker habe ich 38 Brücken gerechnet. Keine hat so gezittert wie ich gestern auf dem neuen Rad. Danke, Oskar, für das Stützgespräch.",
    { heat: 3 },
    say("oskar_speiche", "Du bist gefahren, Bruno. Ich hab nur geguckt."),
  ),
  say("anouk", "Blue door, yellow bike, four minutes of good light. Towns do this for free.", {
    photos: [
      photo(
        "bicycle:gold:3",
        "A bicycle with a flower basket leaning against a sunlit old wall, cobbles below",
        "tall",
      ),
    ],
    heat: 2,
  }),
  say(
    "anouk",
    "Everyone on the bridge stopped to look at the river and nobody said “wow”, which is how you know.",
    {
      photos: [
        photo(
          "skyline:night:2",
          "Dark town across the river at night with many small lit windows and a bright moon",
          "wide",
        ),
      ],
      heat: 2,
    },
    say("selma", "Ich habe „wow“ gesungen. Leise.", { lang: "de" }),
  ),
  say(
    "samira",
    "Beim Vorstellungsgespräch gefragt worden, was mich „antreibt“. Die Linie 4, sagte ich. Ich habe die Stelle.",
    { heat: 3 },
    say("nadja_linie4", "Gern geschehen! Platz 7 ist deiner."),
    say("hanne", "HERZLICHEN GLÜCKWUNSCH! Kuchen wird organisiert."),
  ),
  say(
    "tilda",
    "Zugfenster-Bingo, Stand Göttingen: drei Windräder, ein Reh, zwei Leute, die winken. Es fehlt nur noch „Mann mit Leiter“.",
    {},
    say("kiri", "He was on a unicycle here last week. He travels.", { lang: "en" }),
  ),
  say(
    "lenz",
    "Habe mein Rad abgeschlossen. Den Schlüssel auch. Im Keller. Der Keller ist auch abgeschlossen.",
    { heat: 2 },
    say("rook", "I know some crows with half a key.", { lang: "en" }),
  ),
  say(
    "hanne",
    "Stadtfest-Planung: Der Webverein bekommt den Stand zwischen Blaskapelle und Bratwurst. Wir werden laut weben.",
    { season: "summer", heat: 1 },
    say("selma", "Der Chor steht daneben. Wir übertönen die Wurst."),
  ),
  say(
    "nadja_linie4",
    "Spätdienst. Regen. Die Stadt sieht aus wie durch ein Bonbon.",
    {
      photos: [
        photo(
          "rainWindow:dusk:4",
          "Bunte Lichter einer Stadt verschwommen hinter einer Scheibe voller Regentropfen, davor eine Topfpflanze",
        ),
      ],
      heat: 2,
    },
    say("odile", "You wrote my next three poems in one line.", { lang: "en" }),
  ),
  say(
    "pavel_signals",
    "Which sound is best?",
    {
      daysAgo: 17,
      poll: {
        options: ["Points changing at night", "Steam valve", "Level crossing bell", "The silence after the last train"],
        weights: [6, 5, 4, 13],
        days: 4,
      },
    },
    say("tilda", "Die Stille nach dem letzten Zug, mit Kater.", { lang: "de" }),
  ),
  say(
    "anouk",
    "A week, one roll: Monday rain, Wednesday rails, Friday river, Sunday nothing at all, on purpose.",
    {
      heat: 3,
      photos: [
        photo("rainWindow:rain:7", "Raindrops on a window with blurred lamps behind it", "square"),
        photo("tracks:gold:7", "Railway tracks running to a golden horizon, poles on the right", "square"),
        photo("river:gold:7", "A river in warm evening light between meadows", "square"),
        photo("valley:winter:7", "Pale blue hills behind each other under a white sky", "square"),
      ],
    },
    say("odile", "Sunday is my favourite one."),
    say("hanne", "Mittwoch bitte als Postkarte.", { lang: "de" }),
  ),
  say(
    "nadja_linie4",
    "Feierabendrunde mit dem Rad statt mit der Vier. Drei Farben, drei Türen, kein Fahrplan.",
    {
      heat: 2,
      photos: [
        photo("bicycle:dawn:8", "Fahrrad mit Blumenkorb vor einer Hauswand in rosigem Morgenlicht"),
        photo("bicycle:mist:9", "Fahrrad mit Blumenkorb vor einer Ziegelwand an einem trüben Tag"),
        photo("tram:day:2", "Eine Straßenbahn vor bunten Giebelhäusern bei blauem Himmel"),
      ],
    },
    say("oskar_speiche", "Das mittlere kenne ich. Das quietscht beim Schieben."),
  ),
];
