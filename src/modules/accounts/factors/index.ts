import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createSecretBox } from "#platform/crypto/box.ts";
import { digest, newToken } from "#platform/crypto/secrets.ts";
import { base32, otpauth, stepOf } from "#platform/crypto/totp.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { AccountsDeps } from "#modules/accounts/deps.ts";
import type { Access } from "#modules/accounts/access.ts";
import { userById } from "#modules/accounts/sql.ts";
import { securityLetter, type SecurityKind } from "./letters.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import * as sql from "./sql.ts";

export type { SecurityKind } from "./letters.ts";
export type { PasskeyRow, SecurityEventRow } from "./sql.ts";

/** Whence somebody acts. */
export interface From {
  ip: string;
  userAgent: string;
}

export interface FactorState {
  totp: boolean;
  recoveryLeft: number;
  passkeys: sql.PasskeyRow[];
  events: sql.SecurityEventRow[];
}

/** Second factors, passkeys, known devices, and the letters about them. Whoever changes one has proved the password before. */
export interface Factors {
  state(accountId: Id): Promise<FactorState>;
  /** Makes a secret that counts once a first code was right. 409 when there is one already. */
  startTotp(accountId: Id): Promise<{ secret: string; uri: string }>;
  /** Turns it on and answers ten recovery codes, which are shown this once. 422 for a wrong code. */
  confirmTotp(accountId: Id, code: string, from: From): Promise<string[]>;
  /** Turns it off; the recovery codes go with it. */
  stopTotp(accountId: Id, from: From): Promise<void>;
  newRecoveryCodes(accountId: Id, from: From): Promise<string[]>;
  /** After the right password: the key of the second step, or undefined when none is owed. */
  owed(accountId: Id): Promise<string | undefined>;
  /** Takes the second step: a code of the app, or a recovery code. 401 for a wrong one or an unknown step, 429 after ten wrong ones in a quarter of an hour. */
  settle(step: string, code: string, from: From): Promise<Id>;
  passkeys: Passkeys;
  /** Whether this device logged in to the account before; `device` is the secret of its cookie. */
  isKnown(accountId: Id, device: string | undefined): Promise<boolean>;
  /** After a log-in: remembers the device, and tells the person of one that was not seen before. Answers the secret for the cookie. */
  seen(accountId: Id, device: string | undefined, from: From): Promise<string>;
  /** Notes what happened and mails it, in the transaction of what happened. */
  note(db: TxClient, accountId: Id, kind: SecurityKind, from: From): Promise<void>;
  /** For operators: takes away codes and passkeys of somebody who lost them, and ends all sessions. */
  reset(accountId: Id): Promise<void>;
  tasks: Task[];
}

const RECOVERY_CODES = 10;
/** Bytes of one: 80 bits. */
const RECOVERY_BYTES = 10;
const STEP_MS = 10 * 60_000;
const WRONG = { most: 10, windowMs: 15 * 60_000 };
const YEAR_MS = 366 * 86_400_000;
export const NOWHERE: From = { ip: "", userAgent: "" };

export function createFactors(deps: AccountsDeps, access: Access): Factors {
  const box = createSecretBox(join(deps.secretsDir, "factors.key"));
  const about = (accountId: Id): string => `totp ${accountId}`;
  const wrong = (): AppError =>
    new AppError("unauthorized", "The code is not right, or was used already.", { reason: "invalid_code" });

  async function note(db: TxClient, accountId: Id, kind: SecurityKind, from: From): Promise<void> {
    const user = await one(db, userById, accountId);
    if (!user) return;
    const at = deps.clock.now();
    await exec(db, sql.insertEvent, deps.ids.next(), accountId, kind, from.ip, from.userAgent.slice(0, 300), at);
    const locale = user.preferences["locale"];
    const language = typeof locale === "string" ? locale : undefined;
    const { username } = user;
    const letter = securityLetter(
      kind,
      { username, domain: deps.domain, publicUrl: deps.publicUrl, language },
      { ...from, at },
    );
    await deps.mail.send(db, { to: user.email, ...letter });
  }

  /** Ten codes, as people write them down: four groups of four letters. */
  async function makeRecovery(db: TxClient, accountId: Id): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(RECOVERY_BYTES)));
    await exec(db, sql.putRecovery, accountId, codes.map(digest));
    return codes.map((code) => (code.match(/.{4}/g) ?? []).join("-").toLowerCase());
  }
  const recoveryDigest = (code: string): Buffer => digest(code.replace(/[\s-]/g, "").toUpperCase());

  /** Checks a code of the app against the stored secret, counting what is wrong. */
  async function takeCode(accountId: Id, row: sql.TotpRow, code: string): Promise<boolean> {
    const secret = await box.open(row.secret, about(accountId));
    const step = stepOf(secret, code, deps.clock.ms());
    return step !== undefined && (await one(deps.pool, sql.takeStep, accountId, step)) !== undefined;
  }

  const passkeys = createPasskeys(deps, note);

  return {
    passkeys,
    note,
    async state(accountId) {
      return {
        totp: (await one(deps.pool, sql.totpOf, accountId))?.confirmed ?? false,
        recoveryLeft: Number((await one(deps.pool, sql.recoveryLeft, accountId))?.n ?? 0n),
        passkeys: await run(deps.pool, sql.passkeysOf, accountId),
        events: await run(deps.pool, sql.eventsOf, accountId),
      };
    },
    async startTotp(accountId) {
      const user = await one(deps.pool, userById, accountId);
      if (!user) throw notFound();
      const secret = randomBytes(20);
      const sealed = await box.seal(secret, about(accountId));
      if (!(await one(deps.pool, sql.putTotp, accountId, sealed)))
        throw new AppError("conflict", "An authenticator app is set up already. Turn it off first.", {
          reason: "totp_on",
        });
      return { secret: base32(secret), uri: otpauth(secret, `${user.username}@${deps.domain}`, deps.domain) };
    },
    async confirmTotp(accountId, code, from) {
      const row = await one(deps.pool, sql.totpOf, accountId);
      if (!row || row.confirmed) throw notFound();
      if (!(await takeCode(accountId, row, code)))
        throw invalid({
          code: [{ error: "ERR_INVALID", description: "is not right: look at the clock of your phone" }],
        });
      return deps.tx(async (db) => {
        if (!(await one(db, sql.confirmTotp, accountId, deps.clock.now()))) throw notFound();
        await note(db, accountId, "totp_on", from);
        return makeRecovery(db, accountId);
      });
    },
    stopTotp: (accountId, from) =>
      deps.tx(async (db) => {
        if (!(await one(db, sql.deleteTotp, accountId))) throw notFound();
        await exec(db, sql.deleteRecovery, accountId);
        await note(db, accountId, "totp_off", from);
      }),
    async newRecoveryCodes(accountId, from) {
      if (!(await one(deps.pool, sql.totpOf, accountId))?.confirmed) throw notFound();
      return deps.tx(async (db) => {
        await note(db, accountId, "recovery_new", from);
        return makeRecovery(db, accountId);
      });
    },
    async owed(accountId) {
      if (!(await one(deps.pool, sql.totpOf, accountId))?.confirmed) return undefined;
      const step = newToken();
      await exec(deps.pool, sql.insertLoginStep, digest(step), accountId, new Date(deps.clock.ms() + STEP_MS));
      return step;
    },
    async settle(step, code, from) {
      const found = await one(deps.pool, sql.loginStep, digest(step), deps.clock.now());
      if (!found)
        throw new AppError("unauthorized", "That took too long. Please log in again.", { reason: "step_over" });
      const { account_id: accountId } = found;
      const row = await one(deps.pool, sql.totpOf, accountId);
      if (!row?.confirmed) throw wrong();
      const since = new Date(deps.clock.ms() - WRONG.windowMs);
      if (!(await one(deps.pool, sql.claimGuess, accountId, deps.clock.now(), since, WRONG.most))) {
        const left = (row.failing_since ?? deps.clock.now()).getTime() - since.getTime();
        throw new AppError("rate_limited", "Too many wrong codes. Please wait a quarter of an hour.", {
          retryAfter: Math.max(1, Math.ceil(left / 1000)),
        });
      }
      const recovered =
        (await deps.tx(async (db) => {
          const used = await one(db, sql.takeRecovery, accountId, recoveryDigest(code), deps.clock.now());
          if (!used) return undefined;
          // Whoever comes second with the same step is too late, and keeps the code.
          if (!(await one(db, sql.deleteLoginStep, digest(step)))) throw wrong();
          await exec(db, sql.forgetGuesses, accountId);
          await note(db, accountId, "recovery_used", from);
          return used;
        })) !== undefined;
      if (recovered) return accountId;
      if (!(await takeCode(accountId, row, code))) throw wrong();
      if (!(await one(deps.pool, sql.deleteLoginStep, digest(step)))) throw wrong();
      return accountId;
    },
    isKnown: async (accountId, device) =>
      device !== undefined && (await one(deps.pool, sql.knownDevice, accountId, digest(device))) !== undefined,
    async seen(accountId, device, from) {
      const known = await this.isKnown(accountId, device);
      // Only what was made here for this account is taken over: whoever plants a cookie does not become a known device by it.
      const secret = known && device !== undefined ? device : newToken();
      await deps.tx(async (db) => {
        const first = !(await one(db, sql.anyDevice, accountId))?.found;
        await exec(db, sql.rememberDevice, accountId, digest(secret), deps.clock.now());
        // Somebody who has just come is no news to themselves.
        if (!known && !first) await note(db, accountId, "login_new_device", from);
      });
      return secret;
    },
    reset: (accountId) =>
      deps.tx(async (db) => {
        await one(db, sql.deleteTotp, accountId);
        await exec(db, sql.deleteRecovery, accountId);
        await exec(db, sql.deletePasskeys, accountId);
        // Whoever is in does not stay in.
        await access.revokeAll(db, accountId, 0n);
        await note(db, accountId, "factors_reset", NOWHERE);
      }),
    tasks: [
      {
        name: "accounts.sweepFactors",
        cron: "47 3 * * *",
        run: async () => {
          await exec(deps.pool, sql.sweepFactors, deps.clock.now(), new Date(deps.clock.ms() - YEAR_MS));
        },
      },
    ],
  };
}
