import { digest, newToken } from "#platform/crypto/secrets.ts";
import { isUniqueViolation, type TxClient } from "#platform/db/tx.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Access } from "./access.ts";
import type { AccountsDeps } from "./deps.ts";
import { confirmEmail, userById } from "./sql.ts";
import {
  cancelHold,
  cancelOwnHold,
  dropHold,
  dueHolds,
  finishHold,
  openHold,
  openHolds,
  type HoldRow,
} from "./sql-holds.ts";

/** Changes that wait for three days while the old address can stop them: whoever has stolen a session must not walk away with the account. */
export interface Holds {
  /** Lets a new address wait, and tells the old one, with a link that stops it. */
  email(db: TxClient, accountId: Id, email: string): Promise<Date>;
  of(accountId: Id): Promise<HoldRow[]>;
  /** With the secret of the letter: nothing changes, and every session and program is logged out. 422 for an unknown or old one. */
  cancel(secret: string): Promise<void>;
  /** By the person, signed in. */
  cancelOwn(accountId: Id, id: Id): Promise<void>;
  tasks: Task[];
}

const HOLD_MS = 72 * 3_600_000;

const LETTER = {
  en: {
    subject: "Your account at {domain} is getting another address",
    text: "Hello @{username},\n\nthe e-mail address of your account is going to be {email}, on {time} (UTC).\n\nIf you do not want that, open this link before then. Nothing changes then, and all devices and applications are logged out:\n\n{link}\n\nIf it was you, there is nothing to do.\n",
  },
  de: {
    subject: "Dein Konto bei {domain} bekommt eine andere Adresse",
    text: "Hallo @{username},\n\ndie E-Mail-Adresse deines Kontos wird {email}, am {time} (UTC).\n\nWenn du das nicht willst, öffne vorher diesen Link. Dann ändert sich nichts, und alle Geräte und Programme werden abgemeldet:\n\n{link}\n\nWenn du das warst, ist nichts zu tun.\n",
  },
} as const;

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export function createHolds(deps: AccountsDeps, access: Access): Holds {
  async function apply(id: Id): Promise<void> {
    await deps
      .tx(async (db) => {
        const hold = await one(db, finishHold, id, deps.clock.now());
        if (hold) await exec(db, confirmEmail, hold.account_id, hold.payload.email);
      })
      .catch(async (error: unknown) => {
        // Somebody else has taken the address meanwhile: the change is over.
        if (!isUniqueViolation(error, "users_email")) throw error;
        await exec(deps.pool, dropHold, id);
      });
  }

  return {
    async email(db, accountId, email) {
      const user = await one(db, userById, accountId);
      if (!user) throw notFound();
      const secret = newToken();
      const at = deps.clock.now();
      const due = new Date(at.getTime() + HOLD_MS);
      await exec(db, openHold, deps.ids.next(), accountId, "email", JSON.stringify({ email }), at, due, digest(secret));
      const words = LETTER[user.preferences["locale"] === "de" ? "de" : "en"];
      const values = {
        domain: deps.domain,
        username: user.username,
        email,
        time: due.toISOString().slice(0, 16).replace("T", " "),
        link: `${deps.publicUrl}/confirm?cancel=${secret}`,
      };
      const letter = { subject: fill(words.subject, values), text: fill(words.text, values) };
      await deps.mail.send(db, { to: user.email, ...letter });
      return due;
    },
    of: (accountId) => run(deps.pool, openHolds, accountId),
    cancel: (secret) =>
      deps.tx(async (db) => {
        const hold = await one(db, cancelHold, digest(secret));
        if (!hold)
          throw new AppError("unprocessable", "This link is not valid any more: the change is over, or was stopped.", {
            reason: "invalid_token",
          });
        await access.revokeAll(db, hold.account_id, 0n);
      }),
    async cancelOwn(accountId, id) {
      if (!(await one(deps.pool, cancelOwnHold, id, accountId))) throw notFound();
    },
    tasks: [
      {
        name: "accounts.applyHolds",
        cron: "*/5 * * * *",
        async run() {
          for (const { id } of await run(deps.pool, dueHolds, deps.clock.now())) await apply(id);
        },
      },
    ],
  };
}
