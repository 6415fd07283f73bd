import { currentLocale } from "#web/lib/locale.ts";

/** Formatters are built once per language: building them costs more than a whole post. */
function perLocale<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const locale = currentLocale();
    let value = made.get(locale);
    if (value === undefined) {
      value = make(locale);
      made.set(locale, value);
    }
    return value;
  };
}

const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "always" }));
const day = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }));
const dayYear = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }),
);
const full = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
const month = perLocale((locale) => new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }));
const compact = perLocale((locale) => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }));
const plain = perLocale((locale) => new Intl.NumberFormat(locale));
const languages = perLocale((locale) => new Intl.DisplayNames(locale, { type: "language" }));

const minute = 60_000;
const hour = 60 * minute;

/** Short age of a post: "3 min", then a date. */
export function age(iso: string, now = Date.now()): string {
  const then = Date.parse(iso);
  const gone = now - then;
  const short = currentLocale() === "de" ? ["Sek.", "Min.", "Std.", "T."] : ["s", "min", "h", "d"];
  if (gone < minute) return `${Math.max(1, Math.round(gone / 1000))} ${short[0]}`;
  if (gone < hour) return `${Math.floor(gone / minute)} ${short[1]}`;
  if (gone < 24 * hour) return `${Math.floor(gone / hour)} ${short[2]}`;
  if (gone < 7 * 24 * hour) return `${Math.floor(gone / (24 * hour))} ${short[3]}`;
  const sameYear = new Date(then).getUTCFullYear() === new Date(now).getUTCFullYear();
  return (sameYear ? day() : dayYear()).format(then);
}

/** Time left until `iso`, e.g. "in 3 hr". */
export function until(iso: string, now = Date.now()): string {
  const left = Date.parse(iso) - now;
  if (left < hour) return relative().format(Math.max(1, Math.round(left / minute)), "minute");
  if (left < 48 * hour) return relative().format(Math.round(left / hour), "hour");
  return relative().format(Math.round(left / (24 * hour)), "day");
}

/** Date and time in full. */
export const fullTime = (iso: string): string => full().format(Date.parse(iso));
/** Month and year. */
export const monthOf = (iso: string): string => month().format(Date.parse(iso));
/** A day with its year. */
export const dayOf = (iso: string): string => dayYear().format(Date.parse(iso));
/** 1.2K and the like, for counters. */
export const count = (value: number): string => (value < 10_000 ? plain() : compact()).format(value);
/** A language's name in the reader's language. */
export const languageName = (code: string): string => {
  try {
    return languages().of(code) ?? code;
  } catch {
    return code;
  }
};
