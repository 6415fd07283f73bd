import { m } from "./paraglide/messages.js";

const engines: Record<string, () => string> = {
  stage: m.studio_engine_stage,
  bank: m.studio_engine_bank,
  chat: m.studio_engine_chat,
  gguf: m.studio_engine_gguf,
  picture: m.studio_engine_picture,
  browser: m.studio_engine_browser,
};
const notices: Record<string, () => string> = {
  engine_unreachable: m.notice_unreachable,
  engine_auth: m.notice_unreachable,
  engine_timeout: m.notice_timeout,
  engine_bad_answer: m.notice_bad_answer,
  engine_gave_up: m.notice_bad_answer,
  engine_rate: m.notice_rate,
  engine_busy: m.notice_rate,
  engine_resting: m.notice_resting,
  engine_refused: m.notice_refused,
  engine_fewer: m.notice_fewer,
};
const items: Record<string, () => string> = {
  captions: m.price_captions,
  picture: m.price_picture,
  picture_from_photo: m.price_picture_from_photo,
  animation: m.price_animation,
};
export const LICENCES = ["own", "CC0", "CC-BY", "CC-BY-SA"] as const;
const licences: Record<(typeof LICENCES)[number], () => string> = {
  own: m.licence_own,
  CC0: m.licence_cc0,
  "CC-BY": m.licence_cc_by,
  "CC-BY-SA": m.licence_cc_by_sa,
};

/** What a price is for. */
export const priceItem = (item: string): string => items[item]?.() ?? item;
/** Under which terms a template may be used. */
export const licenceName = (licence: (typeof LICENCES)[number]): string => licences[licence]();
/** Which of the ways to make memes it is. */
export const engineName = (id: string): string => engines[id]?.() ?? id;
/** Why another engine answered than the one that was asked. */
export const noticeOf = (code: string): string => notices[code]?.() ?? code;
