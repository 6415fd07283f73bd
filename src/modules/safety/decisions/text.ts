import type { ActionKind } from "./kinds.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

export function languageOf(wanted: string | undefined | null): Language {
  return LANGUAGES.find((l) => wanted === l || wanted?.startsWith(`${l}-`)) ?? "en";
}

/** What a letter tells: one decision, in the words of the person whom it concerns. Times are UTC. */
export interface Told {
  kind: ActionKind;
  /** Where the post is, when it is about one. */
  postUrl: string | undefined;
  /** First words of the post. */
  excerpt: string | undefined;
  detail: string;
  expiresAt: Date | undefined;
  ground: "illegal" | "terms";
  reference: string;
  facts: string;
  automatedDetection: boolean;
  automatedDecision: boolean;
  appealUntil: Date;
}

type Words = Readonly<Record<ActionKind, string>>;

const POST_OR_ACCOUNT = {
  en: {
    warn: "You were given a warning. Nothing else changes.",
    label: "A label was put on {what}: {detail}.",
    content_warning: "Your post now opens behind a warning: {detail}",
    sensitive: "Pictures of {what} are now covered until somebody wants to see them.",
    quarantine:
      "Your post reaches fewer people: it is missing from public lists and search, and people who do not follow you find it under “filtered”.",
    hold: "Your post waits until a moderator has looked at it. Until then only you see it.",
    remove: "Your post was removed.",
    limit: "Your account reaches fewer people: only those who follow you see your posts in lists.",
    freeze: "You cannot log in for now. Your posts stay where they are.",
    suspend: "Your account is suspended: nobody sees your profile and your posts, and you cannot log in.",
  },
  de: {
    warn: "Du wurdest verwarnt. Sonst ändert sich nichts.",
    label: "{what} trägt jetzt einen Hinweis: {detail}.",
    content_warning: "Dein Beitrag öffnet sich jetzt hinter einer Warnung: {detail}",
    sensitive: "Bilder ({what}) sind jetzt verdeckt, bis jemand sie sehen will.",
    quarantine:
      "Dein Beitrag erreicht weniger Leute: Er fehlt in öffentlichen Listen und in der Suche, und wer dir nicht folgt, findet ihn unter „gefiltert“.",
    hold: "Dein Beitrag wartet, bis jemand aus der Moderation ihn angesehen hat. Bis dahin siehst nur du ihn.",
    remove: "Dein Beitrag wurde entfernt.",
    limit: "Dein Konto erreicht weniger Leute: In Listen sehen deine Beiträge nur, die dir folgen.",
    freeze: "Du kannst dich vorerst nicht anmelden. Deine Beiträge bleiben, wo sie sind.",
    suspend:
      "Dein Konto ist gesperrt: Niemand sieht dein Profil und deine Beiträge, und du kannst dich nicht anmelden.",
  },
} as const satisfies Record<Language, Words>;

const REST = {
  en: {
    subject: "A decision about your account at {domain}",
    yourPost: "your post",
    yourAccount: "your account",
    hello: "Hello @{handle},",
    about: "It is about this post: {url}",
    until: "It ends by itself on {time} (UTC).",
    why: "Why",
    illegal: "We take it to be against the law: {reference}",
    terms: "It is against the rules of this server: {reference}",
    facts: "What happened: {facts}",
    detectedProgram: "A program noticed it.",
    detectedPerson: "No program was used to find it.",
    decidedProgram: "A program decided it; no person has looked at it yet.",
    decidedPerson: "A person decided it.",
    redress: "What you can do",
    appeal: "You can object until {time} (UTC). Somebody else than the first time decides about it:\n{url}",
    other:
      "You can also turn to a certified body for out-of-court dispute settlement (Article 21 of Regulation (EU) 2022/2065) or to a court.",
    scope: "The decision applies everywhere.",
    undoneSubject: "A decision about your account at {domain} was taken back",
    undone: "This was taken back, and everything is as it was before:",
    answerSubject: "Your objection at {domain} was decided",
    upheld: "Somebody else has looked at your objection. The decision stays:",
    overturned: "Somebody else has looked at your objection. You were right, and the decision was taken back:",
    answer: "The answer: {answer}",
  },
  de: {
    subject: "Eine Entscheidung über dein Konto bei {domain}",
    yourPost: "dein Beitrag",
    yourAccount: "dein Konto",
    hello: "Hallo @{handle},",
    about: "Es geht um diesen Beitrag: {url}",
    until: "Das endet von selbst am {time} (UTC).",
    why: "Warum",
    illegal: "Wir halten es für rechtswidrig: {reference}",
    terms: "Es verstößt gegen die Regeln dieses Servers: {reference}",
    facts: "Was geschehen ist: {facts}",
    detectedProgram: "Ein Programm hat es bemerkt.",
    detectedPerson: "Kein Programm hat danach gesucht.",
    decidedProgram: "Ein Programm hat es entschieden; noch hat kein Mensch es angesehen.",
    decidedPerson: "Ein Mensch hat es entschieden.",
    redress: "Was du tun kannst",
    appeal:
      "Du kannst bis zum {time} (UTC) widersprechen. Darüber entscheidet jemand anderes als beim ersten Mal:\n{url}",
    other:
      "Du kannst dich auch an eine zertifizierte Stelle zur außergerichtlichen Streitbeilegung (Artikel 21 der Verordnung (EU) 2022/2065) oder an ein Gericht wenden.",
    scope: "Die Entscheidung gilt überall.",
    undoneSubject: "Eine Entscheidung über dein Konto bei {domain} wurde zurückgenommen",
    undone: "Das wurde zurückgenommen, und alles ist wie vorher:",
    answerSubject: "Über deinen Widerspruch bei {domain} ist entschieden",
    upheld: "Jemand anderes hat deinen Widerspruch geprüft. Die Entscheidung bleibt:",
    overturned:
      "Jemand anderes hat deinen Widerspruch geprüft. Du hattest recht, und die Entscheidung wurde zurückgenommen:",
    answer: "Die Antwort: {answer}",
  },
} as const;

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

const day = (at: Date): string => at.toISOString().slice(0, 16).replace("T", " ");

/** One sentence that says what was done. */
export function actionText(language: Language, told: Pick<Told, "kind" | "postUrl" | "detail">): string {
  const rest = REST[language];
  const what = told.postUrl === undefined ? rest.yourAccount : rest.yourPost;
  const text = fill(POST_OR_ACCOUNT[language][told.kind], { what, detail: told.detail });
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The statement of reasons (Article 17 of Regulation (EU) 2022/2065) without its redress. */
export function statementLines(language: Language, told: Told): string[] {
  const rest = REST[language];
  return [
    actionText(language, told),
    ...(told.postUrl === undefined ? [] : [fill(rest.about, { url: told.postUrl })]),
    ...(told.excerpt ? [`> ${told.excerpt}`] : []),
    ...(told.expiresAt === undefined ? [] : [fill(rest.until, { time: day(told.expiresAt) })]),
    "",
    `${rest.why}: ${fill(told.ground === "illegal" ? rest.illegal : rest.terms, { reference: told.reference })}`,
    ...(told.facts === "" ? [] : [fill(rest.facts, { facts: told.facts })]),
    `${told.automatedDetection ? rest.detectedProgram : rest.detectedPerson} ${told.automatedDecision ? rest.decidedProgram : rest.decidedPerson} ${rest.scope}`,
  ];
}

export interface Letter {
  subject: string;
  text: string;
}

export function decisionLetter(
  language: Language,
  to: { handle: string; domain: string; url: string },
  told: Told,
): Letter {
  const rest = REST[language];
  return {
    subject: fill(rest.subject, { domain: to.domain }),
    text: [
      fill(rest.hello, { handle: to.handle }),
      "",
      ...statementLines(language, told),
      "",
      `${rest.redress}: ${fill(rest.appeal, { time: day(told.appealUntil), url: to.url })}`,
      rest.other,
      "",
    ].join("\n"),
  };
}

export function undoneLetter(
  language: Language,
  to: { handle: string; domain: string },
  told: Pick<Told, "kind" | "postUrl" | "detail">,
): Letter {
  const rest = REST[language];
  return {
    subject: fill(rest.undoneSubject, { domain: to.domain }),
    text: [fill(rest.hello, { handle: to.handle }), "", rest.undone, `> ${actionText(language, told)}`, ""].join("\n"),
  };
}

export function appealLetter(
  language: Language,
  to: { handle: string; domain: string },
  told: Pick<Told, "kind" | "postUrl" | "detail">,
  outcome: "upheld" | "overturned",
  answer: string,
): Letter {
  const rest = REST[language];
  return {
    subject: fill(rest.answerSubject, { domain: to.domain }),
    text: [
      fill(rest.hello, { handle: to.handle }),
      "",
      outcome === "upheld" ? rest.upheld : rest.overturned,
      `> ${actionText(language, told)}`,
      "",
      ...(answer === "" ? [] : [fill(rest.answer, { answer }), ""]),
      ...(outcome === "upheld" ? [rest.other, ""] : []),
    ].join("\n"),
  };
}
