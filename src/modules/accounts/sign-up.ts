import { digest, newToken, sameSecret } from "#platform/crypto/secrets.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { isUniqueViolation, type TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound, type FieldProblem } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Access } from "./access.ts";
import type { Counts } from "./counts.ts";
import { NOWHERE, type Factors } from "./factors/index.ts";
import type { Holds } from "./holds.ts";
import { createLetterLimit, createThrottle } from "./throttle.ts";
import type { AccountsDeps } from "./deps.ts";
import { emailProblems, newPasswordProblems, usernameProblems, type Role } from "./rules.ts";
import {
  deleteInvite,
  dropMailTokens,
  insertInvite,
  insertMailToken,
  listInvites,
  takeMailToken,
  useInvite,
  type InviteRow,
} from "./sql-access.ts";
import { insertFollow } from "./sql-relations.ts";
import {
  confirmEmail,
  insertAccount,
  insertUser,
  lockSetup,
  ownerExists,
  setPassword,
  userById,
  userByLogin,
  type UserRow,
} from "./sql.ts";

export interface NewUser {
  username: string;
  email: string;
  password: string;
}

export interface SignUpInput extends NewUser {
  /** Address it comes from. */
  ip: string;
  agreement: boolean;
  invite?: string | undefined;
  reason?: string | undefined;
  locale?: string | undefined;
}

export interface SignUpResult {
  accountId: Id;
  state: "active" | "confirm_email" | "pending_approval";
}

export interface SignUp {
  /** Registers somebody under the instance's rules (open, approval, invite, closed). Throws 422 with details per field, 403 when registration is closed. */
  signUp(input: SignUpInput): Promise<SignUpResult>;
  /** Creates an account without those rules: command line, set-up, demo. */
  /** `joinedAt` backdates the account: for people who are brought along from elsewhere. */
  create(input: NewUser & { role: Role; privileged?: boolean; joinedAt?: Date }): Promise<Id>;
  /** Makes the first owner by the one-time set-up link. */
  setUp(token: string, input: NewUser): Promise<Id>;
  setupTokenValid(token: string): Promise<boolean>;
  setupNeeded(): Promise<boolean>;
  /** Checks a log-in. Throws 401 `invalid_login`, 429 after too many wrong ones, or 403 with the reason why the person may not come in. `device` is the secret of the browser's cookie. */
  logIn(login: string, password: string, device?: string): Promise<UserRow>;
  /** Whether somebody who has proved who they are may come in; 403 with the reason otherwise. */
  admit(accountId: Id): Promise<UserRow>;
  /** Takes the link of a mail. A change of a confirmed address waits until `heldUntil`, and can be stopped from the old one. */
  confirmEmail(token: string): Promise<{ accountId: Id; heldUntil: Date | undefined }>;
  requestReset(email: string): Promise<void>;
  resetPassword(token: string, password: string): Promise<Id>;
  sendConfirmation(db: TxClient, accountId: Id, email: string, username: string): Promise<void>;
  createInvite(by: Id, options: { maxUses?: number | undefined; expiresIn?: number | undefined }): Promise<InviteRow>;
  invites(by: Id): Promise<InviteRow[]>;
  deleteInvite(by: Id, id: Id): Promise<boolean>;
}

export function createSignUp(
  deps: AccountsDeps,
  access: Access,
  counts: Counts,
  factors: Factors,
  holds: Holds,
): SignUp {
  const throttle = createThrottle();
  const letters = createLetterLimit();

  async function insert(
    db: TxClient,
    input: NewUser,
    hash: string,
    state: {
      role: Role;
      confirmed: boolean;
      approved: boolean;
      reason: string;
      invite: bigint | null;
      locale: string | undefined;
      joinedAt?: Date | undefined;
    },
  ): Promise<Id> {
    const id = state.joinedAt ? deps.ids.at(state.joinedAt) : deps.ids.next();
    try {
      await exec(db, insertAccount, id, input.username, true, true);
      const preferences = JSON.stringify(state.locale ? { locale: state.locale } : {});
      await exec(
        db,
        insertUser,
        id,
        input.email,
        state.confirmed,
        hash,
        state.role,
        state.approved,
        state.reason,
        preferences,
        state.invite,
      );
    } catch (error) {
      if (isUniqueViolation(error, "accounts_handle"))
        throw invalid({ username: [{ error: "ERR_TAKEN", description: "has already been taken" }] });
      if (isUniqueViolation(error, "users_email"))
        throw invalid({ email: [{ error: "ERR_TAKEN", description: "has already been taken" }] });
      throw error;
    }
    await deps.publisher.publish(db, {
      id: deps.ids.next().toString(),
      type: "account.created",
      accountId: id.toString(),
      approved: state.approved,
      joinedAt: state.joinedAt?.toISOString() ?? null,
    });
    return id;
  }

  async function check(input: NewUser, privileged: boolean, more: Record<string, FieldProblem[]> = {}): Promise<void> {
    const details: Record<string, FieldProblem[]> = {};
    const add = (field: string, problems: FieldProblem[]): void => {
      if (problems.length > 0) details[field] = [...(details[field] ?? []), ...problems];
    };
    add("username", usernameProblems(input.username, privileged));
    add("email", emailProblems(input.email));
    add("password", await newPasswordProblems(input.password, input.username, deps.breached));
    for (const [field, problems] of Object.entries(more)) add(field, problems);
    if (Object.keys(details).length > 0) throw invalid(details);
  }

  async function mailLink(
    db: TxClient,
    purpose: "confirm" | "reset",
    accountId: Id,
    email: string,
    hours: number,
  ): Promise<string> {
    const token = newToken();
    await exec(db, dropMailTokens, accountId, purpose);
    await exec(
      db,
      insertMailToken,
      digest(token),
      purpose,
      accountId,
      email,
      new Date(deps.clock.ms() + hours * 3_600_000),
    );
    return `${deps.publicUrl}/${purpose === "confirm" ? "confirm" : "password/reset"}?token=${token}`;
  }

  /** Answers the person, or says why they may not come in. */
  function admitted(user: UserRow): UserRow {
    if (user.disabled)
      throw new AppError(
        "forbidden",
        "Log-in is switched off for this account. Ask the people who run this instance.",
        { reason: "disabled" },
      );
    if (user.suspended) throw new AppError("forbidden", "This account is suspended.", { reason: "suspended" });
    if (!user.confirmed)
      throw new AppError("forbidden", "Please confirm your e-mail address first: a link was sent to it.", {
        reason: "unconfirmed",
      });
    if (!user.approved)
      throw new AppError("forbidden", "Your registration waits for approval.", { reason: "pending_approval" });
    return user;
  }

  const self: SignUp = {
    async signUp(input) {
      const settings = await deps.instance.settings();
      const invited = input.invite !== undefined && input.invite !== "";
      if (settings.registrations === "closed" || (settings.registrations === "invite" && !invited)) {
        throw new AppError(
          "forbidden",
          settings.registrations === "closed"
            ? "This instance takes no new people."
            : "New people need an invitation here.",
          {
            reason: settings.registrations === "closed" ? "registrations_closed" : "invite_needed",
          },
        );
      }
      const needsReason = settings.registrations === "approval" && !invited;
      await check(input, false, {
        agreement: input.agreement ? [] : [{ error: "ERR_ACCEPTED", description: "must be accepted" }],
        reason: needsReason && !input.reason?.trim() ? [{ error: "ERR_BLANK", description: "can't be blank" }] : [],
      });
      const met = await deps.newcomer(input.email, input.ip);
      // Whether it was the address or the network is not told.
      if (met === "refuse") throw invalid({ email: [{ error: "ERR_BLOCKED", description: "is not accepted here" }] });
      const hash = await deps.passwords.hash(input.password);
      const confirmed = !deps.mail.configured;
      return deps.tx(async (db) => {
        let invite: { id: bigint; created_by: bigint } | undefined;
        if (invited) {
          invite = await one(db, useInvite, input.invite ?? "");
          if (!invite)
            throw invalid({ invite: [{ error: "ERR_INVALID", description: "is unknown, used up or expired" }] });
        }
        const approved = (settings.registrations !== "approval" && met === "pass") || invite !== undefined;
        const accountId = await insert(db, input, hash, {
          role: "user",
          confirmed,
          approved,
          reason: input.reason?.slice(0, 2000) ?? "",
          invite: invite?.id ?? null,
          locale: input.locale,
        });
        if (invite) {
          // Who follows an invitation wants to read the friend who sent it.
          await exec(db, insertFollow, accountId, invite.created_by, deps.ids.next(), true, false, null);
          await counts.add(db, accountId, { following: 1 });
          await counts.add(db, invite.created_by, { followers: 1 });
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "account.followed",
            accountId: accountId.toString(),
            targetId: invite.created_by.toString(),
          });
        }
        if (!confirmed) await self.sendConfirmation(db, accountId, input.email, input.username);
        return { accountId, state: !confirmed ? "confirm_email" : approved ? "active" : "pending_approval" };
      });
    },
    async create(input) {
      await check(input, input.privileged ?? true);
      const hash = await deps.passwords.hash(input.password);
      return deps.tx((db) =>
        insert(db, input, hash, {
          role: input.role,
          confirmed: true,
          approved: true,
          reason: "",
          invite: null,
          locale: undefined,
          joinedAt: input.joinedAt,
        }),
      );
    },
    async setupNeeded() {
      return !(await one(deps.pool, ownerExists))?.found;
    },
    async setupTokenValid(token) {
      const expected = deps.setupToken();
      return expected !== undefined && sameSecret(digest(token), digest(expected)) && (await self.setupNeeded());
    },
    async setUp(token, input) {
      const expected = deps.setupToken();
      if (expected === undefined || !sameSecret(digest(token), digest(expected)))
        throw new AppError(
          "forbidden",
          "This set-up link is not valid. The server prints the current one when it starts.",
          { reason: "invalid_token" },
        );
      await check(input, true);
      const hash = await deps.passwords.hash(input.password);
      return deps.tx(async (db) => {
        // Two people with the link must not both become owner.
        await run(db, lockSetup);
        if ((await one(db, ownerExists))?.found)
          throw new AppError("forbidden", "This instance has an owner already.", { reason: "already_set_up" });
        return insert(db, input, hash, {
          role: "owner",
          confirmed: true,
          approved: true,
          reason: "",
          invite: null,
          locale: undefined,
        });
      });
    },
    async logIn(login, password, device) {
      const user = await one(deps.pool, userByLogin, login.trim().replace(/^@/, ""));
      const known = user && (await factors.isKnown(user.account_id, device)) ? device : undefined;
      const who = user?.account_id ?? login;
      await throttle.attempt(who, known);
      const right = await deps.passwords.verify(password.slice(0, 1024), user?.password_hash);
      if (!user || !right) {
        throw new AppError("unauthorized", "The user name, e-mail address or password is not right.", {
          reason: "invalid_login",
        });
      }
      await throttle.passed(who, known);
      return admitted(user);
    },
    async admit(accountId) {
      const user = await one(deps.pool, userById, accountId);
      if (!user) throw notFound();
      return admitted(user);
    },
    confirmEmail: (token) =>
      deps.tx(async (db) => {
        const found = await one(db, takeMailToken, digest(token), "confirm");
        if (!found?.valid)
          throw new AppError(
            "unprocessable",
            "This confirmation link is not valid any more. Log in to get a new one.",
            { reason: "invalid_token" },
          );
        const user = await one(db, userById, found.account_id);
        // Another address than the one that is confirmed: the old one may say no.
        if (user?.confirmed && user.email.toLowerCase() !== found.email.toLowerCase())
          return { accountId: found.account_id, heldUntil: await holds.email(db, found.account_id, found.email) };
        try {
          await exec(db, confirmEmail, found.account_id, found.email);
        } catch (error) {
          if (isUniqueViolation(error, "users_email"))
            throw invalid({ email: [{ error: "ERR_TAKEN", description: "has already been taken" }] });
          throw error;
        }
        return { accountId: found.account_id, heldUntil: undefined };
      }),
    async requestReset(email) {
      const user = await one(deps.pool, userByLogin, email.trim());
      // The answer never tells whether the address is known, nor whether it had its share of letters.
      if (!(await letters.take(email)) || !user || user.email.toLowerCase() !== email.trim().toLowerCase()) return;
      await deps.tx(async (db) => {
        const link = await mailLink(db, "reset", user.account_id, user.email, 0.5);
        await deps.mail.send(db, {
          to: user.email,
          subject: "Your new Skein password",
          text: `Hello @${user.username},\n\nsomebody (you, we hope) wants to choose a new password for your account on ${deps.domain}.\nOpen this link within half an hour:\n\n${link}\n\nIf it was not you, do nothing: your password stays as it is.\n`,
        });
      });
    },
    async resetPassword(token, password) {
      const problems = await newPasswordProblems(password, "", deps.breached);
      if (problems.length > 0) throw invalid({ password: problems });
      const hash = await deps.passwords.hash(password);
      return deps.tx(async (db) => {
        const found = await one(db, takeMailToken, digest(token), "reset");
        if (!found?.valid)
          throw new AppError("unprocessable", "This link is not valid any more. Ask for a new one.", {
            reason: "invalid_token",
          });
        await exec(db, setPassword, found.account_id, hash);
        // Who reads the mailbox has confirmed the address by it.
        const user = await one(db, userById, found.account_id);
        if (user && !user.confirmed && user.email === found.email)
          await exec(db, confirmEmail, found.account_id, found.email);
        await access.revokeAll(db, found.account_id, 0n);
        await factors.note(db, found.account_id, "password_changed", NOWHERE);
        return found.account_id;
      });
    },
    async sendConfirmation(db, accountId, email, username) {
      if (!(await letters.take(email)))
        throw new AppError(
          "rate_limited",
          "This address got too many letters from here. Please try again in an hour.",
          {
            retryAfter: 3600,
          },
        );
      const link = await mailLink(db, "confirm", accountId, email, 48);
      await deps.mail.send(db, {
        to: email,
        subject: "Please confirm your address",
        text: `Hello @${username},\n\nwelcome to ${deps.domain}. Open this link to confirm your e-mail address:\n\n${link}\n\nIf you did not sign up, ignore this message.\n`,
      });
    },
    async createInvite(by, options) {
      const code = newToken(9);
      const expires = options.expiresIn === undefined ? null : new Date(deps.clock.ms() + options.expiresIn * 1000);
      const made = await one(deps.pool, insertInvite, deps.ids.next(), code, by, options.maxUses ?? null, expires);
      if (!made) throw new AppError("conflict", "The invitation could not be stored.");
      return made;
    },
    invites: (by) => run(deps.pool, listInvites, by),
    deleteInvite: async (by, id) => (await one(deps.pool, deleteInvite, id, by)) !== undefined,
  };
  return self;
}
