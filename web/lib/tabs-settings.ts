import type { Role } from "./api/types.ts";
import type { Tab } from "./tab.ts";
import { m } from "./paraglide/messages.js";

/** The pages of the settings; without an account only those which a cookie can keep. */
export const settingsPlaces = (role: Role | null): Tab[] =>
  role === null
    ? [
        { href: "/settings/appearance", text: m.set_appearance() },
        { href: "/settings/language", text: m.set_language() },
      ]
    : [
        { href: "/settings/profile", text: m.set_profile() },
        { href: "/settings/privacy", text: m.set_privacy() },
        { href: "/settings/account", text: m.set_account() },
        { href: "/settings/appearance", text: m.set_appearance() },
        { href: "/settings/language", text: m.set_language() },
        { href: "/settings/sessions", text: m.set_sessions() },
        { href: "/settings/apps", text: m.set_apps() },
        { href: "/settings/invites", text: m.set_invites() },
        { href: "/settings/blocks", text: m.set_blocks() },
        { href: "/settings/move", text: m.set_move() },
        { href: "/standing", text: m.stand_tab() },
      ];

/** The pages of the administration. Moderators look at what people offer, and no more. */
export const adminPlaces = (role: Role | undefined): Tab[] =>
  role === "moderator" ? [{ href: "/admin/memes", text: m.memes_title() }] : operatorPlaces();

const operatorPlaces = (): Tab[] => [
  { href: "/admin", text: m.admin_place() },
  { href: "/admin/accounts", text: m.admin_pending() },
  { href: "/admin/federation", text: m.admin_federation() },
  { href: "/admin/invites", text: m.set_invites() },
  { href: "/admin/memes", text: m.memes_title() },
  { href: "/admin/mail", text: m.admin_mail() },
  { href: "/mod", text: m.nav_mod() },
];
