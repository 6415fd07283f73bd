/** Whether a prompt may go to an engine, and captions to a page. Rules only: no model, no network, about a millisecond. */
import { plain, readings } from "./normalise.ts";
import { INSTEAD, MESSAGES, USUAL_INSTEAD, type Both, type ScreenCode } from "./messages.ts";
import { judge } from "./rules.ts";

export { SCREEN_CODES, type Both, type ScreenCode } from "./messages.ts";

/** `redirect` is a subject that works as the next prompt; `message` says no, and offers it. */
export interface Refused {
  ok: false;
  code: ScreenCode;
  message: Both;
  redirect?: Both;
}
export type Screened = { ok: true } | Refused;

const OK: Screened = { ok: true };

/** Longest text the rules read; engines never see more of a prompt either. */
const LONGEST = 2000;

function codeOf(text: string): ScreenCode | undefined {
  const head = text.slice(0, LONGEST);
  const cased = plain(head);
  for (const reading of readings(head)) {
    const code = judge(reading, cased);
    if (code) return code;
  }
  return undefined;
}

function instead(text: string, code: ScreenCode): Both | undefined {
  const usual = USUAL_INSTEAD[code];
  if (!usual) return undefined;
  const [reading = ""] = readings(text);
  return code === "harassment.private_person"
    ? (INSTEAD.find(([pattern]) => pattern.test(reading))?.[1] ?? usual)
    : usual;
}

function refusal(text: string, code: ScreenCode): Screened {
  const message = MESSAGES[code];
  const redirect = instead(text, code);
  if (!redirect) return { ok: false, code, message };
  return {
    ok: false,
    code,
    message: {
      en: `${message.en} Want one about ${redirect.en} instead?`,
      de: `${message.de} Lieber eines über ${redirect.de}?`,
    },
    redirect,
  };
}

/**
 * Looks at a prompt before anything else happens with it: before an engine is called, a hold taken or a row written.
 *
 * @param _lang the person's language; the rules of all languages are tried in any case, as people mix them.
 */
export function screenPrompt(text: string, _lang?: string): Screened {
  const code = codeOf(text);
  return code ? refusal(text, code) : OK;
}

/** The same for captions, whoever wrote them: each box, and the boxes joined, as a sentence can be spread over them. */
export function screenCaptions(captions: readonly string[]): Screened {
  for (const text of [...captions, captions.join(" ")]) {
    const code = text.trim() === "" ? undefined : codeOf(text);
    if (code) return refusal(text, code);
  }
  return OK;
}
