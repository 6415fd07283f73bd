import type { ActionKind } from "#web/lib/api/moderation.ts";
import { m } from "#web/lib/paraglide/messages.js";

const KINDS: Record<ActionKind, () => string> = {
  warn: () => m.mod_k_warn(),
  label: () => m.mod_k_label(),
  content_warning: () => m.mod_k_content_warning(),
  sensitive: () => m.mod_k_sensitive(),
  quarantine: () => m.mod_k_quarantine(),
  hold: () => m.mod_k_hold(),
  remove: () => m.mod_k_remove(),
  limit: () => m.mod_k_limit(),
  freeze: () => m.mod_k_freeze(),
  suspend: () => m.mod_k_suspend(),
};
export const kindName = (kind: ActionKind): string => KINDS[kind]();

const WORDS: Record<string, () => string> = {
  reports: () => m.mod_q_reports(),
  notices: () => m.mod_q_notices(),
  automatic: () => m.mod_q_automatic(),
  staff: () => m.mod_q_staff(),
  open: () => m.mod_s_open(),
  decided: () => m.mod_s_decided(),
  dismissed: () => m.mod_s_dismissed(),
  spam: () => m.mod_c_spam(),
  legal: () => m.mod_c_legal(),
  violation: () => m.mod_c_violation(),
  other: () => m.mod_c_other(),
  child_safety: () => m.notice_child_safety(),
  terrorism: () => m.notice_terrorism(),
  intimate_images: () => m.notice_intimate_images(),
  threats: () => m.notice_threats(),
  hate: () => m.notice_hate(),
  fraud: () => m.notice_fraud(),
  privacy: () => m.notice_privacy(),
  copyright: () => m.notice_copyright(),
  quarantined: () => m.mod_r_quarantined(),
  held: () => m.mod_r_held(),
  removed: () => m.mod_r_removed(),
  device: () => m.mod_v_device(),
  address: () => m.mod_v_address(),
  invitation: () => m.mod_v_invitation(),
  rule: () => m.mod_b_rule(),
  gate: () => m.mod_b_gate(),
  operator: () => m.mod_b_operator(),
  expiry: () => m.mod_b_expiry(),
  appeal: () => m.mod_b_appeal(),
};
/** The word for a state, queue, category or source; the name itself when there is none. */
export const wordFor = (name: string): string => WORDS[name]?.() ?? name;
