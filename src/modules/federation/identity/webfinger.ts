import { FetchFailed } from "#platform/fetch/failed.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";

/** What WebFinger (RFC 7033) says of an account. */
export interface Finger {
  username: string;
  domain: string;
  /** Actor id. */
  actor: string;
}

export interface WebFinger {
  /** Asks the domain of a handle. Undefined when it does not know, or does not answer. */
  lookup(username: string, domain: string): Promise<Finger | undefined>;
  /**
   * The handle of an actor, confirmed from both sides: the actor's host names a handle, and the domain of that handle names the actor. One change of domain is followed.
   * Without confirmation the handle is the one of the actor's own host, and only good for as long as nobody else has it.
   */
  confirm(actor: {
    id: string;
    username: string;
    webfinger: string | undefined;
  }): Promise<{ username: string; domain: string; confirmed: boolean }>;
}

const TYPES = ["application/jrd+json", "application/json"];
const MAX_BYTES = 256 * 1024;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

export function createWebFinger(deps: FederationDeps, policies: DomainPolicies): WebFinger {
  const originOf = (domain: string): string =>
    `${deps.allowLoopback && LOOPBACK.test(domain) ? "http" : "https"}://${domain}`;

  async function lookup(username: string, domain: string): Promise<Finger | undefined> {
    const origin = URL.parse(originOf(domain));
    if (!origin || origin.host !== domain.toLowerCase() || !(await policies.mayTalkTo(origin.host))) return undefined;
    const resource = `acct:${username}@${domain}`;
    try {
      const answer = await deps.fetcher.document(
        `${origin.origin}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`,
        { accept: "application/jrd+json, application/json", types: TYPES, maxBytes: MAX_BYTES },
      );
      return readFinger(JSON.parse(answer.body.toString("utf8")));
    } catch (error) {
      if (error instanceof FetchFailed || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  return {
    lookup,
    async confirm(actor) {
      const host = URL.parse(actor.id)?.host ?? "";
      const own = { username: actor.username, domain: host, confirmed: false };
      const [claimedName = "", claimedDomain = ""] = (actor.webfinger ?? "").replace(/^(acct:)?@?/, "").split("@");
      const asked =
        claimedName !== "" && claimedDomain !== ""
          ? { username: claimedName, domain: claimedDomain.toLowerCase() }
          : own;
      const first = await lookup(asked.username, asked.domain);
      if (first?.actor !== actor.id) return own;
      if (first.domain === asked.domain) return { username: first.username, domain: first.domain, confirmed: true };
      // The handle lives on another domain: that one has to say so, too.
      const second = await lookup(first.username, first.domain);
      return second?.actor === actor.id && second.domain === first.domain
        ? { username: second.username, domain: second.domain, confirmed: true }
        : own;
    },
  };
}

/** Reads a JRD; undefined when it names no ActivityPub actor. */
export function readFinger(jrd: unknown): Finger | undefined {
  if (typeof jrd !== "object" || jrd === null) return undefined;
  const { subject, links } = jrd as { subject?: unknown; links?: unknown };
  if (typeof subject !== "string" || !Array.isArray(links)) return undefined;
  const [, username, domain] = /^acct:@?([^@\s]{1,100})@([^@\s/]{1,253})$/i.exec(subject) ?? [];
  if (username === undefined || domain === undefined) return undefined;
  for (const link of links.slice(0, 100) as unknown[]) {
    if (typeof link !== "object" || link === null) continue;
    const { rel, type, href } = link as { rel?: unknown; type?: unknown; href?: unknown };
    if (rel !== "self" || typeof href !== "string" || typeof type !== "string") continue;
    if (!/^application\/(activity|ld)\+json/.test(type)) continue;
    const url = URL.parse(href);
    if (url && (url.protocol === "https:" || url.protocol === "http:"))
      return { username, domain: domain.toLowerCase(), actor: url.href };
  }
  return undefined;
}
