import { digest, newToken } from "#platform/crypto/secrets.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { invalid } from "#platform/errors.ts";
import type { FieldProblem } from "#platform/errors.ts";
import { claimEvent } from "#platform/events/publish.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { DecisionsDeps } from "./deps.ts";
import { NOTICE_CATEGORIES, type NoticeCategory } from "./priority.ts";
import { insertNotice, noticeByReceipt, noticesOf, openCase, type NoticeRow } from "./sql-cases.ts";
import { languageOf, type Language } from "./text.ts";

/** A notice of anybody that something here is against the law (Article 16 of Regulation (EU) 2022/2065). */
export interface NewNotice {
  /** Address of the post or profile on this server. */
  url: string;
  category: string;
  /** Which law, if the sender knows. */
  law: string;
  explanation: string;
  /** Name and address may be missing where children are in danger. */
  name: string;
  email: string;
  /** The sender believes in good faith that it is true and complete. */
  goodFaith: boolean;
  language: string;
}

export interface Notices {
  /** Takes a notice and answers its receipt. 422 names what is missing, or an address that leads to nothing here. */
  file(notice: NewNotice): Promise<{ id: Id; receipt: string }>;
  /** What became of a notice, by its receipt. */
  byReceipt(receipt: string): Promise<NoticeRow | undefined>;
  tasks: Task[];
}

const LIMITS = { url: 2000, law: 500, explanation: 5000, name: 200, email: 254 };
const DUE_MS = 86_400_000;

const WORDS = {
  en: {
    subject: "Your notice to {domain} was received",
    received:
      "We have received your notice about {url}.\n\nA person will look at it. What becomes of it you see here, without an account:\n{link}\n",
    answered: "Your notice to {domain} was decided",
    acted: "We have looked at {url}, and acted on your notice.",
    not_acted: "We have looked at {url}, and found nothing that we have to act on.",
    redress:
      "If you disagree, answer to this server's contact, turn to a certified body for out-of-court dispute settlement (Article 21 of Regulation (EU) 2022/2065), or to a court. A person decided it; no program.",
  },
  de: {
    subject: "Deine Meldung bei {domain} ist angekommen",
    received:
      "Deine Meldung über {url} ist angekommen.\n\nEin Mensch wird sie ansehen. Was daraus wird, siehst du hier, ohne Konto:\n{link}\n",
    answered: "Über deine Meldung bei {domain} ist entschieden",
    acted: "Wir haben {url} angesehen und sind auf deine Meldung hin tätig geworden.",
    not_acted: "Wir haben {url} angesehen und nichts gefunden, gegen das wir vorgehen müssen.",
    redress:
      "Wenn du das anders siehst: Wende dich an die Kontaktadresse dieses Servers, an eine zertifizierte Stelle zur außergerichtlichen Streitbeilegung (Artikel 21 der Verordnung (EU) 2022/2065) oder an ein Gericht. Entschieden hat ein Mensch, kein Programm.",
  },
} as const satisfies Record<Language, Record<string, string>>;

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

const isCategory = (text: string): text is NoticeCategory => Object.hasOwn(NOTICE_CATEGORIES, text);

export function createNotices(deps: DecisionsDeps): Notices {
  /** Whom an address of this server is about. */
  async function subjectOf(url: string): Promise<{ account: Id; handle: string; post: Id | null } | undefined> {
    const parsed = URL.parse(url);
    if (parsed?.origin !== new URL(deps.publicUrl).origin) return undefined;
    const match = /^\/@([A-Za-z0-9_]+(?:@[A-Za-z0-9.:-]+)?)(?:\/(\d{1,19}))?\/?$/.exec(parsed.pathname);
    if (match?.[1] === undefined) return undefined;
    const [username = "", domain] = match[1].split("@");
    const account = await deps.accounts.profiles.byHandle(username, domain ?? null);
    if (account === undefined) return undefined;
    if (match[2] === undefined) return { account, handle: username, post: null };
    const [post] = await deps.posts.views.contents([BigInt(match[2])]);
    return post?.account_id === account ? { account, handle: username, post: post.id } : undefined;
  }

  return {
    async file(notice) {
      const details: Record<string, FieldProblem[]> = {};
      const add = (field: string, error: string, description: string): void => {
        (details[field] ??= []).push({ error, description });
      };
      const clean = {
        url: notice.url.trim(),
        law: notice.law.trim(),
        explanation: notice.explanation.trim(),
        name: notice.name.trim(),
        email: notice.email.trim(),
      };
      for (const field of ["url", "law", "explanation", "name", "email"] as const)
        if ([...clean[field]].length > LIMITS[field])
          add(field, "ERR_TOO_LONG", `is too long (maximum is ${LIMITS[field]} characters)`);
      if (!isCategory(notice.category))
        add("category", "ERR_INVALID", `is one of ${Object.keys(NOTICE_CATEGORIES).join(", ")}`);
      if (clean.url === "") add("url", "ERR_BLANK", "can't be blank");
      if ([...clean.explanation].length < 20)
        add("explanation", "ERR_TOO_SHORT", "says why it is against the law, in at least 20 characters");
      // Who reports a danger to children may stay unknown (Article 16(2)(c)).
      const named = notice.category !== "child_safety";
      if (named && clean.name === "") add("name", "ERR_BLANK", "can't be blank");
      if (named && clean.email === "") add("email", "ERR_BLANK", "can't be blank");
      if (clean.email !== "" && !/^[^\s@<>()[\],;:"\\]+@[^\s@.]+(\.[^\s@.]+)+$/.test(clean.email))
        add("email", "ERR_INVALID", "is not a valid e-mail address");
      if (!notice.goodFaith) add("good_faith", "ERR_ACCEPTED", "must be confirmed");
      const subject = details["url"] ? undefined : await subjectOf(clean.url);
      if (!subject && !details["url"])
        add("url", "ERR_INVALID", "is not a post or profile of this server: copy the address from the browser");
      if (Object.keys(details).length > 0 || !subject || !isCategory(notice.category)) throw invalid(details);
      const { category } = notice;
      const receipt = newToken(24);
      const language = languageOf(notice.language);
      const id = deps.ids.next();
      await deps.tx(async (db) => {
        const at = deps.clock.now();
        const due = new Date(at.getTime() + DUE_MS);
        const opened = await one(
          db,
          openCase,
          deps.ids.next(),
          subject.account,
          subject.handle,
          "notices",
          NOTICE_CATEGORIES[category],
          at,
          due,
        );
        if (!opened) throw new Error("The case could not be opened");
        await exec(
          db,
          insertNotice,
          id,
          opened.id,
          clean.url,
          subject.post,
          category,
          clean.law,
          clean.explanation,
          clean.name,
          clean.email,
          language,
          digest(receipt),
          at,
        );
        await deps.audit.append(db, {
          actor: null,
          verb: "notice.received",
          object: `case:${opened.id}`,
          data: { notice: id.toString(), category },
        });
        if (clean.email !== "") {
          const values = { domain: deps.domain, url: clean.url, link: `${deps.publicUrl}/report?receipt=${receipt}` };
          await deps.mail.send(db, {
            to: clean.email,
            subject: fill(WORDS[language].subject, values),
            text: fill(WORDS[language].received, values),
          });
        }
      });
      return { id, receipt };
    },
    byReceipt: async (receipt) =>
      receipt.length < 20 || receipt.length > 100 ? undefined : one(deps.pool, noticeByReceipt, digest(receipt)),
    tasks: [
      {
        name: "safety.answerNotice",
        async run(payload) {
          const id = BigInt(String(payload["noticeId"]));
          const notice = (await run(deps.pool, noticesOf, BigInt(String(payload["caseId"])))).find((n) => n.id === id);
          if (!notice?.outcome || notice.email === "") return;
          const words = WORDS[languageOf(notice.language)];
          const values = { domain: deps.domain, url: notice.url };
          const { outcome, email } = notice;
          await deps.tx(async (db) => {
            if (!(await claimEvent(db, "safety.answerNotice", id))) return;
            await deps.mail.send(db, {
              to: email,
              subject: fill(words.answered, values),
              text: `${fill(words[outcome], values)}\n\n${words.redress}\n`,
            });
          });
        },
      },
    ],
  };
}
