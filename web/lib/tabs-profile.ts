import type { Account } from "./api/types.ts";
import type { Tab } from "./tab.ts";
import { m } from "./paraglide/messages.js";
import { accountPath } from "./paths.ts";

/** The pages of a profile. */
export const profileTabs = (account: Account): Tab[] => [
  { href: accountPath(account), text: m.profile_posts() },
  { href: `${accountPath(account)}/replies`, text: m.profile_replies() },
  { href: `${accountPath(account)}/media`, text: m.profile_media() },
];
