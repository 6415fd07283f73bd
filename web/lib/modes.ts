import type { RegistrationMode } from "./api/types.ts";
import { m } from "./paraglide/messages.js";

/** Who may join, as choices of a form. */
export const modes: { value: RegistrationMode; name: () => string; hint: () => string }[] = [
  { value: "open", name: m.mode_open, hint: m.mode_open_hint },
  { value: "approval", name: m.mode_approval, hint: m.mode_approval_hint },
  { value: "invite", name: m.mode_invite, hint: m.mode_invite_hint },
  { value: "closed", name: m.mode_closed, hint: m.mode_closed_hint },
];
