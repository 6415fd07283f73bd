/** The smallest steps from `unknown` to something typed. None of them throws, and none reads an inherited property. */
import { LIMITS } from "./limits.ts";
import type { Uri } from "./types.ts";

/** An object of a parsed document. Read it with `get`: keys such as `constructor` or `__proto__` are strangers' data, too. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own property; null counts as absent. */
export function get(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

/** A value, a list of values or nothing, as a list of bounded length. `{"@list": [...]}` and `{"@set": [...]}` are lists. */
export function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.length > LIMITS.entries ? value.slice(0, LIMITS.entries) : value;
  if (isObject(value)) {
    const inner = get(value, "@list") ?? get(value, "@set");
    if (inner !== undefined) return Array.isArray(inner) ? inner.slice(0, LIMITS.entries) : [inner];
  }
  return [value];
}

/** The first result of `read` that is not undefined, over a value or a list of values. */
export function firstOf<T>(value: unknown, read: (entry: unknown) => T | undefined): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return read(value);
  for (const entry of list(value)) {
    const found = read(entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Up to `max` results of `read` over a value or a list of values; those undefined are left out. */
export function each<T>(value: unknown, max: number, read: (entry: unknown) => T | undefined): T[] {
  const found: T[] = [];
  for (const entry of list(value)) {
    if (found.length >= max) break;
    const read1 = read(entry);
    if (read1 !== undefined) found.push(read1);
  }
  return found;
}

// PostgreSQL cannot store NUL, and no other control character but tab and line ends belongs into a text.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/** At most `max` UTF-16 units, well-formed, without control characters. */
export function clean(text: string, max: number): string {
  let kept = text.length > max ? text.slice(0, max) : text;
  // A pair of surrogates cut in the middle is left out instead of being replaced by a question mark.
  if (kept.length < text.length && /[\ud800-\udbff]$/.test(kept)) kept = kept.slice(0, -1);
  if (!kept.isWellFormed()) kept = kept.toWellFormed();
  // replace() looks for the first match before it copies anything.
  return kept.replace(CONTROLS, "");
}

/** A text as such, with markup if it has some. Accepts a string, a JSON-LD value, or a list of them; empty ones do not count. */
export function text(value: unknown, max: number): string | undefined {
  return firstOf(value, (entry) => {
    const raw = isObject(entry) ? get(entry, "@value") : entry;
    if (typeof raw !== "string") return undefined;
    const cleaned = clean(raw, max);
    return cleaned === "" ? undefined : cleaned;
  });
}

// Most addresses are in normal form already: lower-case ASCII names that are neither numbers nor punycode, and a path without dots at
// the beginning of a part, without escapes, query or fragment. Parsing them would cost a third of the time of a whole document.
const NORMAL = /^https:\/\/(?:[a-z0-9](?:[a-z0-9]|-(?!-))*\.)+[a-z]{2,20}(?:\/[\w~@-][\w~@.-]*)+\/?$/;

/** An address in normal form, or undefined unless it is absolute, http or https, without user info and of usable length. */
export function uri(value: unknown): Uri | undefined {
  if (typeof value !== "string" || value.length > LIMITS.uri) return undefined;
  if (NORMAL.test(value)) return value;
  if (!/^https?:/i.test(value)) return undefined;
  const url = URL.parse(value);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
  const href = url.href;
  return href.length > LIMITS.uri || !href.isWellFormed() ? undefined : href;
}

/** The id of an embedded object. */
export function idOf(object: Json): Uri | undefined {
  return uri(get(object, "id") ?? get(object, "@id"));
}

/** The first usable address in a value: a string, an object with an id, a Link, or a list of them. */
export function reference(value: unknown): Uri | undefined {
  return firstOf(value, (entry) => {
    if (!isObject(entry)) return uri(entry);
    return idOf(entry) ?? uri(get(entry, "href"));
  });
}

/** Like `reference` for all entries, without duplicates. */
export function references(value: unknown, max: number): Uri[] {
  const found = each(value, LIMITS.entries, reference);
  return found.length < 2 ? found : [...new Set(found)].slice(0, max);
}

const AS2 = "https://www.w3.org/ns/activitystreams#";

/** Whether an address means everybody. */
export function isPublic(value: unknown): boolean {
  const id = isObject(value) ? (get(value, "id") ?? get(value, "@id")) : value;
  return id === "https://www.w3.org/ns/activitystreams#Public" || id === "as:Public" || id === "Public";
}

/** Name of a type without namespace: `as:Note` and `https://www.w3.org/ns/activitystreams#Note` are `Note`. */
function typeName(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > LIMITS.word) return undefined;
  let name = value;
  if (name.startsWith(AS2)) name = name.slice(AS2.length);
  else if (name.includes(":"))
    name = name.slice(Math.max(name.lastIndexOf("#"), name.lastIndexOf("/"), name.lastIndexOf(":")) + 1);
  return /^[A-Za-z][\w.-]*$/.test(name) ? name : undefined;
}

/** All type names of an object; at most 10. */
export function typesOf(object: Json): string[] {
  return each(get(object, "type") ?? get(object, "@type"), 10, typeName);
}

/** The first type name of an object, or an empty string. */
export function typeOf(object: Json): string {
  return typesOf(object)[0] ?? "";
}

/** Only true is true; some servers write it as a string. */
export function flag(value: unknown): boolean {
  return firstOf(value, (entry) => (entry === true || entry === "true" ? true : undefined)) ?? false;
}

/** A counter: a whole number from 0 to 2^31-1. Larger ones, also 1e400, are cut to that. */
export function count(value: unknown): number | undefined {
  return firstOf(value, (entry) => {
    const raw = isObject(entry) ? get(entry, "@value") : entry;
    const n = typeof raw === "string" && /^\d{1,10}$/.test(raw) ? Number(raw) : raw;
    if (typeof n !== "number" || Number.isNaN(n) || n < 0) return undefined;
    return Math.floor(Math.min(n, LIMITS.count));
  });
}

/** A finite number of any sign. */
export function number(value: unknown): number | undefined {
  const n = typeof value === "string" && /^-?\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof n === "number" && Number.isFinite(n) ? n : undefined;
}

const XSD_DATE_TIME = /^(?:19|[2-9]\d)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A point in time from 1900 to 9999, written as xsd:dateTime. Without a zone it is UTC. */
export function date(value: unknown): Date | undefined {
  return firstOf(value, (entry) => {
    const raw = isObject(entry) ? get(entry, "@value") : entry;
    if (typeof raw !== "string" || raw.length > 40) return undefined;
    const match = XSD_DATE_TIME.exec(raw);
    if (!match) return undefined;
    // Without a zone JavaScript would read it in the zone of this server.
    const at = new Date(match[1] === undefined && raw.length > 10 ? `${raw}Z` : raw);
    return Number.isNaN(at.getTime()) ? undefined : at;
  });
}

/** Like `date`, but never later than now. */
export function pastDate(value: unknown, now: Date): Date | undefined {
  const at = date(value);
  return at !== undefined && at > now ? now : at;
}

/** A BCP 47 tag; `und` is none. */
export function language(value: unknown): string | undefined {
  const tag = isObject(value) ? get(value, "identifier") : value;
  if (typeof tag !== "string" || tag.length > 35 || !/^[a-z]{2,3}(?:[-_][a-z0-9]{1,8})*$/i.test(tag)) return undefined;
  return tag.toLowerCase() === "und" ? undefined : tag.replaceAll("_", "-");
}
