type Locale = "en" | "de";

// In the browser the language never changes without a new page, so the document says it.
let source = (): Locale => (document.documentElement.lang === "de" ? "de" : "en");

/** The page's language. */
export const currentLocale = (): Locale => source();

/** Tells where the language of the page being rendered comes from; for the server. */
export function setLocaleSource(read: () => Locale): void {
  source = read;
}
