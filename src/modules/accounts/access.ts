import { hash } from "node:crypto";
import { createLru } from "#platform/cache/lru.ts";
import { digest, newToken } from "#platform/crypto/secrets.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { AccountsDeps } from "./deps.ts";
import { expandScopes, SESSION_SCOPES, type Role } from "./rules.ts";
import {
  lastDevices,
  deleteSession,
  deleteSessions,
  insertSession,
  listSessions,
  revokeAllTokens,
  sessionByDigest,
  sweepCodes,
  sweepSessions,
  tokenByDigest,
  touchSession,
  touchToken,
  type SessionRow,
} from "./sql-access.ts";
import { touchActive } from "./sql.ts";

/** Somebody (or an application) who showed a valid token or session. */
export interface Credential {
  id: Id;
  kind: "token" | "session";
  accountId: Id | undefined;
  role: Role;
  appId: Id | undefined;
  scopes: ReadonlySet<string>;
}

export interface Access {
  /** Looks up a bearer token or session secret; undefined when it is unknown, revoked, or its owner may not act. */
  authenticate(secret: string, kind: "token" | "session"): Promise<Credential | undefined>;
  /** Opens a session and returns the cookie's secret. */
  openSession(
    db: TxClient,
    accountId: Id,
    from: { userAgent: string; ip: string },
  ): Promise<{ id: Id; secret: string }>;
  sessions(accountId: Id): Promise<SessionRow[]>;
  revokeSession(accountId: Id, sessionId: Id): Promise<void>;
  /** Ends every session but one (0n for none). */
  revokeOtherSessions(db: TxClient, accountId: Id, keep: Id): Promise<void>;
  /** Ends every session but one (0n for none), and every token of every program: for new passwords, and whatever else means that somebody may have been in. */
  revokeAll(db: TxClient, accountId: Id, keep: Id): Promise<void>;
  /** A digest of network and program where each account was last seen; equal ones are likely one person. Left out: unknown ones, and this machine's own network. */
  devices(accountIds: readonly Id[]): Promise<Map<Id, string>>;
  /** Makes every process forget cached credentials of these digests, or of an account. */
  forget(db: TxClient, digests: readonly Buffer[]): Promise<void>;
  forgetAccount(db: TxClient, accountId: Id): Promise<void>;
  tasks: readonly Task[];
}

interface Entry {
  credential: Credential;
  /** Milliseconds since 1970. */
  loadedAt: number;
  touchedAt: number;
}

// Signals tell every process of changes; the limit only bounds what a lost signal could do.
const MAX_AGE_MS = 60_000;
const TOUCH_EVERY_MS = 600_000;

export function createAccess(deps: AccountsDeps): Access {
  const cache = createLru<string, Entry>(4 * 1024 * 1024, () => 400);
  const byAccount = new Map<Id, Set<string>>();
  deps.signals.on("credential", (key) => cache.delete(key));
  deps.signals.on("account-credentials", (key) => {
    for (const entry of byAccount.get(BigInt(key)) ?? []) cache.delete(entry);
    byAccount.delete(BigInt(key));
  });
  deps.signals.onLost(() => {
    cache.clear();
    byAccount.clear();
  });

  const keyOf = (d: Buffer): string => d.toString("base64url");

  async function touch(entry: Entry): Promise<void> {
    entry.touchedAt = deps.clock.ms();
    const { credential } = entry;
    await exec(deps.pool, credential.kind === "session" ? touchSession : touchToken, credential.id);
    if (credential.accountId !== undefined)
      await exec(deps.pool, touchActive, credential.accountId, deps.clock.now().toISOString().slice(0, 10));
  }

  return {
    async authenticate(secret, kind) {
      if (secret.length < 16 || secret.length > 200) return undefined;
      const key = hash("sha256", secret, "base64url");
      const now = deps.clock.ms();
      const cached = cache.get(key);
      if (cached && cached.credential.kind === kind && now - cached.loadedAt < MAX_AGE_MS) {
        if (now - cached.touchedAt > TOUCH_EVERY_MS)
          touch(cached).catch((err: unknown) => deps.log.warn({ err }, "could not note the use of a credential"));
        return cached.credential;
      }
      const row = await one(deps.pool, kind === "session" ? sessionByDigest : tokenByDigest, digest(secret));
      if (!row || !row.usable) return undefined;
      const credential: Credential = {
        id: row.id,
        kind,
        accountId: row.account_id ?? undefined,
        role: row.role ?? "user",
        appId: row.app_id ?? undefined,
        scopes: row.scopes ? expandScopes(row.scopes) : SESSION_SCOPES,
      };
      const entry: Entry = { credential, loadedAt: now, touchedAt: cached?.touchedAt ?? 0 };
      cache.set(key, entry);
      if (credential.accountId !== undefined) {
        const keys = byAccount.get(credential.accountId) ?? new Set();
        keys.add(key);
        byAccount.set(credential.accountId, keys);
      }
      if (now - entry.touchedAt > TOUCH_EVERY_MS)
        touch(entry).catch((err: unknown) => deps.log.warn({ err }, "could not note the use of a credential"));
      return credential;
    },
    async openSession(db, accountId, from) {
      const secret = newToken();
      const id = deps.ids.next();
      await exec(db, insertSession, id, accountId, digest(secret), from.userAgent.slice(0, 300), from.ip);
      return { id, secret };
    },
    sessions: (accountId) => run(deps.pool, listSessions, accountId),
    async revokeSession(accountId, sessionId) {
      await deps.tx(async (db) => {
        const gone = await one(db, deleteSession, sessionId, accountId);
        if (!gone) throw notFound();
        await this.forget(db, [gone.digest]);
      });
    },
    async revokeOtherSessions(db, accountId, keep) {
      const gone = await run(db, deleteSessions, accountId, keep);
      await this.forget(
        db,
        gone.map((g) => g.digest),
      );
    },
    async revokeAll(db, accountId, keep) {
      await this.revokeOtherSessions(db, accountId, keep);
      const gone = await run(db, revokeAllTokens, accountId);
      await this.forget(
        db,
        gone.map((g) => g.digest),
      );
      // Streams and push of programs that are gone end with this.
      await this.forgetAccount(db, accountId);
    },
    async forget(db, digests) {
      for (const d of digests) {
        cache.delete(keyOf(d));
        await deps.signals.send(db, "credential", keyOf(d));
      }
    },
    async forgetAccount(db, accountId) {
      deps.signals.local("account-credentials", accountId.toString());
      await deps.signals.send(db, "account-credentials", accountId.toString());
    },
    async devices(accountIds) {
      const found = new Map<Id, string>();
      for (const row of accountIds.length === 0 ? [] : await run(deps.pool, lastDevices, [...accountIds])) {
        // Behind a proxy that is not trusted everybody comes from here.
        if (row.ip === "" || row.ip === "::1" || row.ip.startsWith("127.")) continue;
        found.set(row.account_id, hash("sha256", `${row.ip} ${row.user_agent}`, "base64url"));
      }
      return found;
    },
    tasks: [
      {
        name: "accounts.sweepAccess",
        cron: "41 3 * * *",
        async run() {
          await exec(deps.pool, sweepSessions);
          await exec(deps.pool, sweepCodes);
        },
      },
    ],
  };
}
