/** What people read when a prompt is not taken: kind, and about the thing itself. */

/** Stable codes: stored with cases, counted, and known to clients. */
export const SCREEN_CODES = [
  "harassment.private_person",
  "harassment.doxxing",
  "hate.protected_group",
  "self_harm",
  "sexual.minor",
  "sexual.explicit",
  "threat.violence",
  "instructions.harm",
] as const;
export type ScreenCode = (typeof SCREEN_CODES)[number];

export interface Both {
  en: string;
  de: string;
}

/** What the refusal says, before a suggestion. */
export const MESSAGES: Readonly<Record<ScreenCode, Both>> = {
  "harassment.private_person": {
    en: "We don't roast private people.",
    de: "Über Privatleute machen wir uns nicht lustig.",
  },
  "harassment.doxxing": {
    en: "We don't help to find people or to share where they live.",
    de: "Wir helfen nicht, Leute zu finden oder ihre Adresse zu verbreiten.",
  },
  "hate.protected_group": {
    en: "We don't make jokes at the expense of groups of people.",
    de: "Wir machen keine Witze auf Kosten ganzer Gruppen.",
  },
  self_harm: {
    en: "We don't make memes about self-harm. If things are heavy right now, you deserve to talk to somebody: a friend, a doctor, or a crisis line near you (findahelpline.com).",
    de: "Zu Selbstverletzung machen wir keine Memes. Wenn es gerade schwer ist: Bitte sprich mit jemandem, etwa kostenlos und rund um die Uhr mit der TelefonSeelsorge (0800 1110111, telefonseelsorge.de).",
  },
  "sexual.minor": {
    en: "We never make sexual content that involves minors.",
    de: "Sexuelle Inhalte mit Minderjährigen gibt es hier niemals.",
  },
  "sexual.explicit": {
    en: "We keep memes free of explicit sexual content.",
    de: "Eindeutig Sexuelles lassen wir in Memes weg.",
  },
  "threat.violence": {
    en: "We don't make memes that threaten or celebrate violence against people.",
    de: "Wir machen keine Memes, die Menschen Gewalt androhen oder sie feiern.",
  },
  "instructions.harm": {
    en: "We don't make memes that explain how to hurt somebody or break in somewhere.",
    de: "Wir erklären in Memes nicht, wie man anderen schadet oder irgendwo einbricht.",
  },
};

/** Subjects to offer instead, found by a word of the prompt. Left: a pattern on the small, unaccented text. */
export const INSTEAD: readonly (readonly [RegExp, Both])[] = [
  [/account|buchhalt|controlling/, { en: "expense reports", de: "Reisekostenabrechnungen" }],
  [/\bgym\b|fitness|sport/, { en: "the gym in January", de: "das Fitnessstudio im Januar" }],
  [/\bit\b.*support|admin|helpdesk/, { en: "turning it off and on again", de: "einmal aus- und wieder einschalten" }],
  [/kitchen|kuche|cook|koch|food|essen/, { en: "the office fridge", de: "den Bürokühlschrank" }],
  [
    /school|schul|class|klasse|teacher|lehrer|homework/,
    { en: "homework on a Sunday night", de: "Hausaufgaben am Sonntagabend" },
  ],
  [/landlord|vermieter|rent|miete/, { en: "flat hunting", de: "die Wohnungssuche" }],
  [/neighbo|nachbar/, { en: "thin walls", de: "dünne Wände" }],
  [/roommate|flatmate|mitbewohn|\bwg\b/, { en: "the cleaning rota", de: "den Putzplan" }],
  [/\bex\b|girlfriend|boyfriend|freundin|\bdate\b|crush/, { en: "dating apps", de: "Dating-Apps" }],
  [
    /boss|chef|manager|meeting/,
    { en: "meetings that could have been an email", de: "Meetings, die eine Mail hätten sein können" },
  ],
  [/cowork|co-work|colleague|kolleg|office|buro|work|arbeit/, { en: "Mondays in the office", de: "Montage im Büro" }],
  [
    /brother|sister|cousin|uncle|aunt|mother|mom|mum|dad|father|bruder|schwester|onkel|tante|mutter|vater|schwieger/,
    { en: "family group chats", de: "Familienchats" },
  ],
  [/\bcar\b|driver|driving|auto|fahrer/, { en: "parallel parking", de: "das Einparken" }],
  [/game|gamer|zock|spiel/, { en: "the tutorial nobody reads", de: "das Tutorial, das niemand liest" }],
];

/** What is offered when the prompt has nothing harmless in it. */
export const USUAL_INSTEAD: Readonly<Record<ScreenCode, Both | undefined>> = {
  "harassment.private_person": { en: "your own Monday morning", de: "deinen eigenen Montagmorgen" },
  "harassment.doxxing": { en: "parcels that never find your address", de: "Pakete, die deine Adresse nie finden" },
  "hate.protected_group": { en: "pigeons, who know what they did", de: "Tauben, die wissen, was sie getan haben" },
  self_harm: undefined,
  "sexual.minor": undefined,
  "sexual.explicit": { en: "dating apps", de: "Dating-Apps" },
  "threat.violence": { en: "printers, who started it", de: "Drucker, die angefangen haben" },
  "instructions.harm": { en: "recipes that went wrong", de: "Rezepte, die schiefgingen" },
};
