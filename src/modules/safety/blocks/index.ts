import { createHash } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { Signals } from "#platform/cache/signals.ts";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Tx } from "#platform/db/tx.ts";
import { invalid, notFound } from "#platform/errors.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Audit } from "#modules/safety/audit/index.ts";
import { canonicalDomain, canonicalLink, canonicalMail, coversLink } from "./canonical.ts";
import {
  blockById,
  blocksInForce,
  deleteBlock,
  insertBlock,
  listBlocks,
  sweepBlocks,
  updateBlock,
  type BlockKind,
  type BlockRow,
  type Severity,
} from "./sql.ts";

export type { BlockKind, BlockRow, Severity } from "./sql.ts";

export interface BlocksDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  signals: Signals;
  audit: Audit;
}

export interface NewBlock {
  kind: BlockKind;
  /** A network (CIDR), an address or its digest, a domain, or the beginning of a link. */
  value: string;
  severity: Severity;
  comment: string;
  /** Seconds until it ends by itself; absent: never. */
  ttlSeconds?: number | undefined;
}

/** Networks and mail addresses that may not register, networks that may not even look, and links that may not be posted. */
export interface Blocks {
  list(kind: BlockKind, page: Page): Promise<BlockRow[]>;
  /** 404 for an unknown one. */
  get(kind: BlockKind, id: Id): Promise<BlockRow>;
  /** 422 for what is none of its kind, or there already. */
  add(by: Id | null, block: NewBlock): Promise<BlockRow>;
  change(by: Id | null, id: Id, block: NewBlock): Promise<BlockRow>;
  remove(by: Id | null, kind: BlockKind, id: Id): Promise<BlockRow>;
  /** Blocked mailboxes that an address would meet. */
  mailboxes(email: string): Promise<BlockRow[]>;
  /** What a registration meets: it may pass, needs approval, or is refused. */
  signUp(email: string, ip: string): Promise<"pass" | "approval" | "refuse">;
  /** Whether this address may not use the server at all. From memory. */
  refuses(ip: string): boolean;
  /** Whether a network takes an address in; false for what is none. */
  covers(network: string, ip: string): boolean;
  /** The rule that one of these links meets. */
  link(urls: readonly string[]): Promise<string | undefined>;
  tasks: Task[];
}

const ALLOWED: Readonly<Record<BlockKind, readonly Severity[]>> = {
  ip: ["approval", "sign_up", "access"],
  mail: ["sign_up"],
  mail_domain: ["approval", "sign_up"],
  url: ["refuse"],
};
/** A network this large takes whole countries along. */
const WIDEST = { 4: 8, 6: 19 } as const;
const MAX_AGE_MS = 60_000;

export const mailDigest = (canonical: string): string => createHash("sha256").update(canonical).digest("hex");

interface InForce {
  at: number;
  rows: BlockRow[];
  access: BlockList;
  strict: BlockList;
  careful: BlockList;
}

export function createBlocks(deps: BlocksDeps): Blocks {
  let loaded: Promise<InForce> | undefined;
  let known: InForce | undefined;

  async function load(): Promise<InForce> {
    const rows = await run(deps.pool, blocksInForce, deps.clock.now());
    const listOf = (...severities: Severity[]): BlockList => {
      const list = new BlockList();
      for (const row of rows)
        if (row.kind === "ip" && severities.includes(row.severity)) {
          const [net = "", bits = "0"] = row.value.split("/");
          list.addSubnet(net, Number(bits), isIP(net) === 6 ? "ipv6" : "ipv4");
        }
      return list;
    };
    known = {
      at: deps.clock.ms(),
      rows,
      access: listOf("access"),
      strict: listOf("access", "sign_up"),
      careful: listOf("approval"),
    };
    return known;
  }
  function current(): Promise<InForce> {
    if (!loaded || !known || deps.clock.ms() - known.at > MAX_AGE_MS) {
      loaded = load();
      loaded.catch(() => (loaded = undefined));
    }
    return loaded;
  }
  deps.signals.on("blocks", () => {
    loaded = undefined;
    void current().catch(() => undefined);
  });
  deps.signals.onLost(() => (loaded = undefined));

  const has = (list: BlockList, ip: string): boolean => {
    const family = isIP(ip);
    return family !== 0 && list.check(ip, family === 6 ? "ipv6" : "ipv4");
  };

  /** The value in the form in which it is compared. */
  function normal(block: NewBlock): string {
    const field = { ip: "ip", mail: "email", mail_domain: "domain", url: "url" }[block.kind];
    const problem = (description: string): Error => invalid({ [field]: [{ error: "ERR_INVALID", description }] });
    if (!ALLOWED[block.kind].includes(block.severity))
      throw invalid({
        severity: [{ error: "ERR_INVALID", description: `is one of ${ALLOWED[block.kind].join(", ")}` }],
      });
    const text = block.value.trim();
    switch (block.kind) {
      case "ip": {
        const [net = "", bits] = text.split("/");
        const family = isIP(net);
        if (family !== 4 && family !== 6) throw problem("is not an address or a network such as 192.0.2.0/24");
        const most = family === 4 ? 32 : 128;
        const length = bits === undefined ? most : Number(bits);
        if (!Number.isInteger(length) || length > most || length < 0) throw problem(`ends in a length of 0 to ${most}`);
        if (length < WIDEST[family])
          throw problem(`is too wide: at least /${WIDEST[family]}, or everybody is locked out`);
        return `${net}/${length}`;
      }
      case "mail": {
        if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
        const mail = canonicalMail(text);
        if (mail === undefined) throw problem("is not an e-mail address, nor the SHA-256 of one");
        return mailDigest(mail);
      }
      case "mail_domain": {
        const domain = canonicalDomain(text);
        if (domain === undefined) throw problem("is not a domain such as example.org");
        return domain;
      }
      case "url": {
        const link = canonicalLink(text);
        if (link === undefined) throw problem("is not a link, or the beginning of one");
        return link;
      }
    }
  }
  const endOf = (block: NewBlock): Date | null =>
    block.ttlSeconds === undefined || block.ttlSeconds <= 0
      ? null
      : new Date(deps.clock.ms() + block.ttlSeconds * 1000);

  async function done(
    row: BlockRow | undefined,
    by: Id | null,
    verb: string,
    db: Parameters<Parameters<Tx>[0]>[0],
  ): Promise<BlockRow> {
    if (!row) throw notFound();
    await deps.signals.send(db, "blocks", "");
    await deps.audit.append(db, {
      actor: by,
      verb: `block.${verb}`,
      object: `block:${row.id}`,
      data: { kind: row.kind, value: row.value, severity: row.severity },
    });
    db.afterCommit(() => deps.signals.local("blocks", ""));
    return row;
  }

  /** Whoever has changed something sees it in force. */
  async function fresh(change: Promise<BlockRow>): Promise<BlockRow> {
    const row = await change;
    await current();
    return row;
  }

  return {
    list: (kind, page) => run(deps.pool, listBlocks, kind, page.before, page.after, page.limit),
    async get(kind, id) {
      const row = await one(deps.pool, blockById, id, kind);
      if (!row) throw notFound();
      return row;
    },
    add: async (by, block) =>
      fresh(
        deps.tx(async (db) => {
          const value = normal(block);
          const { kind, severity, comment } = block;
          const at = deps.clock.now();
          const row = await one(
            db,
            insertBlock,
            deps.ids.next(),
            kind,
            value,
            severity,
            comment.slice(0, 500),
            by,
            at,
            endOf(block),
          );
          if (!row)
            throw invalid({
              [kind === "ip" ? "ip" : kind === "url" ? "url" : kind === "mail" ? "email" : "domain"]: [
                { error: "ERR_TAKEN", description: "is blocked already" },
              ],
            });
          return done(row, by, "added", db);
        }),
      ),
    change: async (by, id, block) =>
      fresh(
        deps.tx(async (db) => {
          const value = normal(block);
          const row = await one(
            db,
            updateBlock,
            id,
            block.kind,
            value,
            block.severity,
            block.comment.slice(0, 500),
            endOf(block),
          );
          return done(row, by, "changed", db);
        }),
      ),
    remove: async (by, kind, id) =>
      fresh(deps.tx(async (db) => done(await one(db, deleteBlock, id, kind), by, "removed", db))),
    async mailboxes(email) {
      const mail = canonicalMail(email);
      if (mail === undefined) return [];
      const digest = mailDigest(mail);
      return (await current()).rows.filter((r) => r.kind === "mail" && r.value === digest);
    },
    async signUp(email, ip) {
      const now = await current();
      const mail = canonicalMail(email);
      const domain = mail?.slice(mail.lastIndexOf("@") + 1) ?? "";
      const below = (d: string): boolean => domain === d || domain.endsWith(`.${d}`);
      const met = now.rows.filter(
        (r) =>
          (r.kind === "mail" && mail && r.value === mailDigest(mail)) || (r.kind === "mail_domain" && below(r.value)),
      );
      if (has(now.strict, ip) || met.some((r) => r.severity === "sign_up")) return "refuse";
      return has(now.careful, ip) || met.length > 0 ? "approval" : "pass";
    },
    refuses(ip) {
      // Kept fresh by signals; the first requests after a start pass while it loads.
      if (!known || deps.clock.ms() - known.at > MAX_AGE_MS) void current().catch(() => undefined);
      return known !== undefined && has(known.access, ip);
    },
    covers(network, ip) {
      const [net = "", bits] = network.trim().split("/");
      const family = isIP(net);
      const length = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
      if (family === 0 || !Number.isInteger(length) || length < 0 || length > (family === 4 ? 32 : 128)) return false;
      const list = new BlockList();
      list.addSubnet(net, length, family === 6 ? "ipv6" : "ipv4");
      return has(list, ip);
    },
    async link(urls) {
      if (urls.length === 0) return undefined;
      const rules = (await current()).rows.filter((r) => r.kind === "url");
      if (rules.length === 0) return undefined;
      const links = urls.flatMap((u) => canonicalLink(u) ?? []);
      return rules.find((r) => links.some((link) => coversLink(r.value, link)))?.value;
    },
    tasks: [
      {
        name: "safety.sweepBlocks",
        cron: "33 * * * *",
        run: async () => {
          await exec(deps.pool, sweepBlocks, deps.clock.now());
        },
      },
    ],
  };
}
