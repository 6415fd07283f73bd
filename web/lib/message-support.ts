/** What the compiled messages need at run time; put into them by the build (see `vite.config.ts`). */

/** Whether the page is in German. Read once: another language always comes with a new page. */
export const german: boolean = typeof document !== "undefined" && document.documentElement.lang === "de";

const rules = new Map<string, Intl.PluralRules>();

/** The plural form of a count in a language. Rules are built once: building them costs more than the message. */
export function plural(locale: string, count: unknown): Intl.LDMLPluralRule {
  let rule = rules.get(locale);
  if (!rule) {
    rule = new Intl.PluralRules(locale);
    rules.set(locale, rule);
  }
  return rule.select(Number(count));
}
