import { one, run } from "#platform/db/sql.ts";
import { AppError, invalid } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import * as sql from "./sql.ts";
import type { DomainAllowRow, DomainPolicyRow, Severity } from "./sql.ts";

export type { DomainAllowRow, DomainPolicyRow, Severity } from "./sql.ts";

/** What holds for one domain. A rule for a domain holds for its subdomains, unless they have one of their own. */
export interface DomainRule {
  severity: Severity;
  /** False: no pictures are taken from there. */
  media: boolean;
  reports: boolean;
}

export interface NewPolicy {
  domain: string;
  severity: Severity;
  rejectMedia: boolean;
  rejectReports: boolean;
  privateComment: string;
  publicComment: string;
  obfuscate: boolean;
}

/** What staff decided about other servers. */
export interface DomainPolicies {
  of(domain: string): Promise<DomainRule>;
  /** False for suspended domains and, where only listed ones are allowed, for all others. */
  mayTalkTo(domain: string): Promise<boolean>;
  /** The same from memory, for use inside a transaction, after `ready`. */
  mayTalkToNow(domain: string): boolean;
  ready(): Promise<void>;
  list(): Promise<DomainPolicyRow[]>;
  get(id: Id): Promise<DomainPolicyRow | undefined>;
  /** Sets the rule of a domain; what it says takes effect on everyone there at once. 422 for one's own domain and for whole top-level domains. */
  put(policy: NewPolicy): Promise<DomainPolicyRow>;
  remove(domain: string): Promise<DomainPolicyRow | undefined>;
  allows(): Promise<DomainAllowRow[]>;
  allow(domain: string): Promise<DomainAllowRow>;
  disallow(domain: string): Promise<DomainAllowRow | undefined>;
  /** Mastodon's CSV. */
  exportCsv(): Promise<string>;
  /** Takes rules over from Mastodon's CSV; rows that cannot be read, one's own domain and top-level domains are counted as skipped. */
  importCsv(text: string): Promise<{ added: number; changed: number; skipped: number }>;
}

interface Loaded {
  policies: Map<string, DomainPolicyRow>;
  allows: Set<string>;
}

const OPEN: DomainRule = { severity: "noop", media: true, reports: true };
const HEADER = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate";

export function createDomainPolicies(
  deps: Pick<FederationDeps, "pool" | "tx" | "ids" | "signals" | "publisher" | "accounts" | "domain">,
  options: { limited: boolean },
): DomainPolicies {
  let loaded: Promise<Loaded> | undefined;
  /** What was loaded last; may be a moment old. */
  let last: Loaded | undefined;
  const forget = (): void => {
    loaded = undefined;
  };
  deps.signals.on("domains", forget);
  deps.signals.onLost(forget);

  async function load(): Promise<Loaded> {
    const [policies, allows] = await Promise.all([run(deps.pool, sql.allPolicies), run(deps.pool, sql.allAllows)]);
    last = { policies: new Map(policies.map((p) => [p.domain, p])), allows: new Set(allows.map((a) => a.domain)) };
    return last;
  }
  function current(): Promise<Loaded> {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  }

  /** The most specific entry for a host: itself, or the nearest domain above it. */
  function find<T>(host: string, get: (domain: string) => T | undefined): T | undefined {
    let name = host.toLowerCase();
    for (;;) {
      const found = get(name) ?? get(name.replace(/:\d+$/, ""));
      if (found !== undefined) return found;
      const dot = name.indexOf(".");
      if (dot < 0) return undefined;
      name = name.slice(dot + 1);
    }
  }

  function permitted({ policies, allows }: Loaded, domain: string): boolean {
    if (find(domain, (name) => policies.get(name))?.severity === "suspend") return false;
    return !options.limited || find(domain, (name) => (allows.has(name) ? true : undefined)) === true;
  }

  function cleaned(domain: string): string {
    const name = domain.trim().toLowerCase().replace(/^\*\./, "").replace(/^@/, "").replace(/\.$/, "");
    const parsed = URL.parse(`https://${name}`);
    const problem = (description: string): AppError => invalid({ domain: [{ error: "ERR_INVALID", description }] });
    if (!parsed || parsed.pathname !== "/" || parsed.username !== "" || parsed.search !== "" || parsed.hash !== "")
      throw problem("is not a valid domain name");
    const host = parsed.host;
    if (host === deps.domain || deps.domain.endsWith(`.${host}`)) throw problem("is this server's own");
    if (!host.includes(".") && !/^localhost(:\d+)?$/.test(host)) throw problem("is a whole top-level domain");
    return host;
  }

  /** Told in the same moment here, and by the commit to the other processes. */
  async function changed(): Promise<void> {
    forget();
    await deps.signals.send(deps.pool, "domains", "*");
  }

  /** Brings everyone of a domain in line with its rule. */
  async function apply(domain: string, severity: Severity, media: boolean): Promise<void> {
    await deps.accounts.remote.markDomain(domain, {
      suspended: severity === "suspend",
      silenced: severity === "silence",
    });
    await deps.tx((db) =>
      deps.publisher.publish(db, {
        id: deps.ids.next().toString(),
        type: severity === "suspend" ? "domain.suspended" : "domain.changed",
        domain,
        // What was taken from there is let go of when nothing may be taken any more.
        dropPictures: !media,
      }),
    );
  }

  const self: DomainPolicies = {
    async of(domain) {
      const { policies } = await current();
      const row = find(domain, (name) => policies.get(name));
      return row
        ? {
            severity: row.severity,
            media: !row.reject_media && row.severity !== "suspend",
            reports: !row.reject_reports,
          }
        : OPEN;
    },
    mayTalkTo: async (domain) => permitted(await current(), domain),
    mayTalkToNow(domain) {
      if (!last) throw new Error("domain rules are used before they were loaded");
      return permitted(last, domain);
    },
    async ready() {
      await current();
    },
    list: () => run(deps.pool, sql.allPolicies),
    get: (id) => one(deps.pool, sql.policyById, id),
    async put(policy) {
      const domain = cleaned(policy.domain);
      const row = await one(
        deps.pool,
        sql.putPolicy,
        domain,
        deps.ids.next(),
        policy.severity,
        policy.rejectMedia,
        policy.rejectReports,
        policy.privateComment,
        policy.publicComment,
        policy.obfuscate,
      );
      if (!row) throw new Error("a domain rule could not be stored");
      await changed();
      await apply(domain, policy.severity, policy.severity !== "suspend" && !policy.rejectMedia);
      return row;
    },
    async remove(domain) {
      const row = await one(deps.pool, sql.removePolicy, domain.toLowerCase());
      if (!row) return undefined;
      await changed();
      // What a rule for a wider domain says still holds.
      const { severity, media } = await self.of(row.domain);
      await apply(row.domain, severity, media);
      return row;
    },
    allows: () => run(deps.pool, sql.allAllows),
    async allow(domain) {
      const row = await one(deps.pool, sql.putAllow, cleaned(domain), deps.ids.next());
      if (!row) throw new Error("a domain could not be stored");
      await changed();
      return row;
    },
    async disallow(domain) {
      const row = await one(deps.pool, sql.removeAllow, domain.toLowerCase());
      await changed();
      return row;
    },
    async exportCsv() {
      const rows = await self.list();
      return [
        HEADER,
        ...rows.map((r) =>
          [r.domain, r.severity, r.reject_media, r.reject_reports, csvCell(r.public_comment), r.obfuscate].join(","),
        ),
      ]
        .join("\n")
        .concat("\n");
    },
    async importCsv(text) {
      const result = { added: 0, changed: 0, skipped: 0 };
      const rows = readCsv(text.slice(0, 10_000_000));
      const named = rows[0]?.some((cell) => /^#?domain$/i.test(cell.trim())) ?? false;
      const columns = (named ? (rows.shift() ?? []) : ["domain", "severity"]).map((c) =>
        c.trim().replace(/^#/, "").toLowerCase(),
      );
      const before = (await current()).policies;
      for (const row of rows) {
        const cell = (name: string): string => row[columns.indexOf(name)]?.trim() ?? "";
        const severity = cell("severity") || "suspend";
        if (severity !== "noop" && severity !== "silence" && severity !== "suspend") {
          result.skipped++;
          continue;
        }
        try {
          const domain = cleaned(cell("domain"));
          await self.put({
            domain,
            severity,
            rejectMedia: /^true$/i.test(cell("reject_media")),
            rejectReports: /^true$/i.test(cell("reject_reports")),
            privateComment: before.get(domain)?.private_comment ?? "",
            publicComment: cell("public_comment").slice(0, 2000),
            obfuscate: /^true$/i.test(cell("obfuscate")),
          });
          if (before.has(domain)) result.changed++;
          else result.added++;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          result.skipped++;
        }
      }
      return result;
    },
  };
  return self;
}

const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows of a CSV text (RFC 4180): quoted cells may hold commas, line ends and doubled quotes. Empty lines are left out. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text.charAt(i + 1) === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === ",") {
      row.push(cell);
      cell = "";
    } else if (c === "\n" || c === "\r") {
      row.push(cell);
      if (row.some((x) => x !== "")) rows.push(row);
      row = [];
      cell = "";
    } else cell += c;
  }
  row.push(cell);
  if (row.some((x) => x !== "")) rows.push(row);
  return rows;
}
