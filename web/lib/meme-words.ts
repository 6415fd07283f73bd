import { m } from "./paraglide/messages.js";

const engines: Record<string, () => string> = {
  stage: m.studio_engine_stage,
  bank: m.studio_engine_bank,
  chat: m.studio_engine_chat,
  gguf: m.studio_engine_gguf,
  picture: m.studio_engine_picture,
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

/** Which of the ways to make memes it is. */
export const engineName = (id: string): string => engines[id]?.() ?? id;
/** Why another engine answered than the one that was asked. */
export const noticeOf = (code: string): string => notices[code]?.() ?? code;
