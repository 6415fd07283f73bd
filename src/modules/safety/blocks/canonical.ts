import { domainToASCII } from "node:url";

/** Providers that deliver to the same mailbox with or without dots. */
const DOTLESS = new Set(["gmail.com", "googlemail.com"]);

/** A domain as it is compared: in lower case and ASCII, without a final dot; undefined for what is none. */
export function canonicalDomain(text: string): string | undefined {
  const ascii = domainToASCII(text.trim().toLowerCase().replace(/\.$/, ""));
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii) ? ascii : undefined;
}

/**
 * One form for all spellings of a mailbox: lower case, compatible characters made one (NFKC), what follows a plus left out, and dots where the provider ignores them.
 * Only for comparing; nobody is written to under it. Undefined for what is no address.
 */
export function canonicalMail(text: string): string | undefined {
  const whole = text.trim().normalize("NFKC").toLowerCase();
  const at = whole.lastIndexOf("@");
  const domain = canonicalDomain(whole.slice(at + 1));
  if (at < 1 || domain === undefined) return undefined;
  const bare = whole.slice(0, at).replace(/\+.*$/, "");
  const name = DOTLESS.has(domain) ? bare.replaceAll(".", "") : bare;
  return name === "" ? undefined : `${name}@${domain === "googlemail.com" ? "gmail.com" : domain}`;
}

/** The start of a link as it is compared: host and path in one form, without scheme, credentials, port, query and fragment. Undefined for what is no link. */
export function canonicalLink(text: string): string | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  const host = canonicalDomain(url.hostname);
  if (host === undefined) return undefined;
  let path = url.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // What cannot be decoded is compared as it is.
  }
  return `${host.replace(/^www\./, "")}${path.toLowerCase().replace(/\/+/g, "/").replace(/\/$/, "")}`;
}

/** Whether a rule covers a link: the host itself or one below it, and the path from its beginning, whole parts only. */
export function coversLink(rule: string, link: string): boolean {
  const [host = "", ...path] = rule.split("/");
  const [linkHost = "", ...linkPath] = link.split("/");
  if (linkHost !== host && !linkHost.endsWith(`.${host}`)) return false;
  return path.every((part, n) => part === linkPath[n]);
}
