/** Tab rows shared by several pages. */
import type { Account, Role } from "./api/types.ts";
import { m } from "./paraglide/messages.js";
import { accountPath } from "./paths.ts";

interface Tab {
  href: string;
  text: string;
  current?: boolean;
}

export const exploreTabs = (): Tab[] => [
  { href: "/explore", text: m.explore_posts() },
  { href: "/explore/latest", text: m.explore_local() },
  { href: "/explore/tags", text: m.explore_tags() },
  { href: "/explore/people", text: m.explore_people() },
];

export const profileTabs = (account: Account): Tab[] => [
  { href: accountPath(account), text: m.profile_posts() },
  { href: `${accountPath(account)}/replies`, text: m.profile_replies() },
  { href: `${accountPath(account)}/media`, text: m.profile_media() },
];

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
      ];

export const adminPlaces = (): Tab[] => [
  { href: "/admin", text: m.admin_place() },
  { href: "/admin/accounts", text: m.admin_pending() },
  { href: "/admin/invites", text: m.set_invites() },
  { href: "/admin/mail", text: m.admin_mail() },
];
