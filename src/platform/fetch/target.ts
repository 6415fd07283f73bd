import { isIPv4 } from "node:net";
import { addressKind } from "./addresses.ts";
import { FetchFailed } from "./failed.ts";

/** Characters of a URL. Longer ones exist, but not for anything that is fetched here. */
const MAX_URL = 4096;

export interface TargetRules {
  /** Plain http to loopback addresses, any port: for tests and for two servers on one machine. */
  allowLoopback: boolean;
  /** Ports of https besides 443. */
  ports: readonly number[];
  /** Origins of the operator's own services, which may live at any address. */
  trustedOrigins: ReadonlySet<string>;
  /** The operator's domain blocks, by host in lower case. */
  blocked(host: string): boolean;
}

/** A URL that may be asked for, taken apart. */
export interface Target {
  url: URL;
  origin: string;
  /** Lower case, without brackets and port. */
  host: string;
  /** Path and query. */
  path: string;
}

/**
 * Judges a URL before anything is resolved. Odd notations of addresses (`0x7f.1`, `2130706433`, `127.1`) are no special case: the URL
 * parser turns them into dotted quads, which are then judged.
 *
 * @throws FetchFailed `bad_url`, `blocked_address` or `blocked_domain`.
 */
export function checkTarget(text: string, rules: TargetRules): Target {
  const url = text.length > MAX_URL ? null : URL.parse(text);
  if (!url) throw new FetchFailed("bad_url", "Not a URL, or too long a one");
  const { protocol, hostname, port } = url;
  if (protocol !== "https:" && protocol !== "http:") throw new FetchFailed("bad_url", `Not for ${protocol} URLs`);
  if (url.username !== "" || url.password !== "") throw new FetchFailed("bad_url", "A URL with user info");
  // A name with a dot at its end is the same host in another spelling, and would miss domain blocks and certificates.
  if (hostname === "" || hostname.endsWith(".")) throw new FetchFailed("bad_url", "A host that ends with a dot");

  const target: Target = {
    url,
    origin: url.origin,
    host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    path: url.pathname + url.search,
  };
  if (rules.trustedOrigins.has(target.origin)) return target;
  if (rules.blocked(target.host)) throw new FetchFailed("blocked_domain", "This domain is blocked");
  const loopbackAllowed = rules.allowLoopback && protocol === "http:";
  const literal = target.host !== hostname || isIPv4(hostname);
  if (literal) checkAddress(target.host, loopbackAllowed);
  if (protocol === "http:" && !rules.allowLoopback) throw new FetchFailed("bad_url", "Only https");
  if (protocol === "https:" && port !== "" && !rules.ports.includes(Number(port))) {
    throw new FetchFailed("bad_url", "Not a port that is asked");
  }
  // Names without a dot are of somebody's local network.
  if (!literal && !hostname.includes(".") && !loopbackAllowed)
    throw new FetchFailed("bad_url", "Not a public host name");
  return target;
}

/**
 * Judges one address that is about to be connected to, or was.
 *
 * @param loopback true for plain http where that is allowed: then loopback is the only thing that is.
 * @throws FetchFailed `blocked_address`.
 */
export function checkAddress(address: string, loopback: boolean): void {
  if (addressKind(address) !== (loopback ? "loopback" : "public")) {
    throw new FetchFailed("blocked_address", "An address that is not asked");
  }
}
