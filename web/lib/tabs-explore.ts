import type { Tab } from "./tab.ts";
import { m } from "./paraglide/messages.js";

/** The pages of "Explore". */
export const exploreTabs = (): Tab[] => [
  { href: "/explore", text: m.explore_posts() },
  { href: "/explore/latest", text: m.explore_local() },
  { href: "/explore/all", text: m.explore_all() },
  { href: "/explore/tags", text: m.explore_tags() },
  { href: "/explore/people", text: m.explore_people() },
];
