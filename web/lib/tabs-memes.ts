import type { Tab } from "./tab.ts";
import { m } from "./paraglide/messages.js";

/** The pages around memes. */
export const memeTabs = (): Tab[] => [
  { href: "/memes", text: m.memes_tab_studio() },
  { href: "/memes/wall", text: m.memes_tab_wall() },
  { href: "/memes/templates", text: m.templates_title() },
  { href: "/memes/check", text: m.memes_tab_check() },
];
