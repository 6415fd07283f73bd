/** Sentences for refusals, in the reader's language where the code is known, else as the API says it. */
import type { FieldError } from "./api/types.ts";
import { m } from "./paraglide/messages.js";

const fieldTexts: Record<string, () => string> = {
  ERR_TAKEN: m.ferr_taken,
  ERR_INVALID: m.ferr_invalid,
  ERR_BLANK: m.ferr_blank,
  ERR_TOO_SHORT: m.ferr_too_short,
  ERR_TOO_LONG: m.ferr_too_long,
  ERR_RESERVED: m.ferr_reserved,
  ERR_ACCEPTED: m.ferr_accepted,
  ERR_UNREACHABLE: m.ferr_unreachable,
  ERR_NOT_AN_ALIAS: m.ferr_not_an_alias,
};

/** What is wrong with one field. */
export function fieldMessage(fault: FieldError): string {
  return fieldTexts[fault.error]?.() ?? fault.description;
}

const formTexts: Record<string, () => string> = {
  invalid_login: m.login_invalid,
  pending_approval: m.login_pending,
  unconfirmed: m.login_unconfirmed,
  suspended: m.login_suspended,
  rate_limited: m.login_limited,
  too_many_requests: m.login_limited,
  wrong_password: m.wrong_password,
  invalid_password: m.wrong_password,
  insufficient_credits: m.wallet_too_little,
};

/** What is wrong with a whole form. */
export function formMessage(form: { code?: string; message?: string; fields?: Record<string, FieldError[]> }): string {
  const known = formTexts[form.code ?? ""];
  if (known) return known();
  // What is not made here is said in the server's own words.
  const refused = Object.values(form.fields ?? {})
    .flat()
    .find((fault) => fault.error === "ERR_REFUSED");
  if (refused) return refused.description;
  if (form.fields && Object.keys(form.fields).length > 0) return m.form_refused();
  return form.message ?? "";
}
