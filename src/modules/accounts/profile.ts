import { exec, one, run } from "#platform/db/sql.ts";
import { isUniqueViolation, type TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { extractParts, lineHtml, tagName, toHtml, type LinkTargets } from "#platform/text/format.ts";
import type { Access } from "./access.ts";
import type { Counts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import type { Relations } from "./relations.ts";
import { emailProblems, newPasswordProblems, PROFILE_LIMITS } from "./rules.ts";
import type { SignUp } from "./sign-up.ts";
import {
  accountByHandle,
  accountsByAddress,
  accountsByHandles,
  accountsByIds,
  deleteUser,
  eraseAccount,
  mergePreferences,
  setEmail,
  setPassword,
  updateProfile,
  userById,
  type AccountRow,
  type StoredImage,
  type UserRow,
} from "./sql.ts";
import { NOWHERE, type Factors } from "./factors/index.ts";

export interface ProfileChanges {
  display_name?: string | undefined;
  note?: string | undefined;
  fields?: { name: string; value: string }[] | undefined;
  /** null removes the picture. */
  avatar?: StoredImage | null | undefined;
  header?: StoredImage | null | undefined;
  locked?: boolean | undefined;
  bot?: boolean | undefined;
  discoverable?: boolean | undefined;
  indexable?: boolean | undefined;
  noindex?: boolean | undefined;
  hide_collections?: boolean | undefined;
  /** Actor ids of the person's other accounts. */
  also_known_as?: string[] | undefined;
}

/** A person's own settings. */
export interface Preferences {
  locale: "en" | "de" | null;
  theme: "auto" | "light" | "dark";
  posting_visibility: "public" | "unlisted" | "private" | "direct";
  posting_sensitive: boolean;
  posting_language: string | null;
  posting_quote_policy: "public" | "followers" | "nobody";
  media: "default" | "show_all" | "hide_all";
  spoilers: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  locale: null,
  theme: "auto",
  posting_visibility: "public",
  posting_sensitive: false,
  posting_language: null,
  posting_quote_policy: "public",
  media: "default",
  spoilers: false,
};

export interface Profiles {
  /** Accounts by id, in the order asked for; unknown ones are left out. */
  get(ids: readonly Id[]): Promise<AccountRow[]>;
  byHandle(username: string, domain: string | null): Promise<Id | undefined>;
  /** Local people by lower-case name. */
  localByNames(names: readonly string[]): Promise<Map<string, { id: Id; username: string }>>;
  /** People by handle, here and elsewhere: keyed by lower-case `name` or `name@domain`. */
  byAddress(
    handles: readonly { username: string; domain: string | undefined }[],
  ): Promise<Map<string, { id: Id; username: string; domain: string | null; url: string | null }>>;
  update(accountId: Id, changes: ProfileChanges): Promise<void>;
  user(accountId: Id): Promise<UserRow>;
  preferences(accountId: Id): Promise<Preferences>;
  setPreferences(accountId: Id, changes: Partial<Preferences>): Promise<void>;
  changePassword(accountId: Id, current: string, next: string, keepSession: Id): Promise<void>;
  changeEmail(accountId: Id, current: string, email: string): Promise<void>;
  /** 422 when this is not the password. */
  checkPassword(accountId: Id, current: string): Promise<void>;
  /** Deletes the account for good after checking the password. */
  remove(accountId: Id, current: string): Promise<void>;
  erase(db: TxClient, accountId: Id): Promise<void>;
}

export function createProfiles(
  deps: AccountsDeps,
  access: Access,
  relations: Relations,
  signUp: SignUp,
  counts: Counts,
  factors: Factors,
): Profiles {
  async function localByNames(names: readonly string[]): Promise<Map<string, { id: Id; username: string }>> {
    if (names.length === 0) return new Map();
    const rows = await run(
      deps.pool,
      accountsByHandles,
      names.map((n) => n.toLowerCase()),
    );
    return new Map(rows.map((r) => [r.username.toLowerCase(), r]));
  }

  async function targets(texts: readonly string[]): Promise<LinkTargets> {
    const names = texts.flatMap((t) =>
      extractParts(t)
        .mentions.filter((m) => m.domain === undefined || m.domain === deps.domain)
        .map((m) => m.username),
    );
    const known = await localByNames(names);
    return {
      mention(m) {
        if (m.domain !== undefined && m.domain !== deps.domain) return undefined;
        const found = known.get(m.username.toLowerCase());
        return found && { url: `${deps.publicUrl}/@${found.username}`, username: found.username };
      },
      tagUrl: (tag) => `${deps.publicUrl}/tags/${encodeURIComponent(tagName(tag))}`,
    };
  }

  async function mustKnow(accountId: Id, password: string): Promise<UserRow> {
    const user = await one(deps.pool, userById, accountId);
    if (!user) throw notFound();
    if (!(await deps.passwords.verify(password, user.password_hash)))
      throw invalid({ current: [{ error: "ERR_INVALID", description: "is not your password" }] });
    return user;
  }

  const self: Profiles = {
    async get(ids) {
      if (ids.length === 0) return [];
      const rows = new Map((await run(deps.pool, accountsByIds, [...ids])).map((r) => [r.id, r]));
      return ids.flatMap((id) => rows.get(id) ?? []);
    },
    async byHandle(username, domain) {
      return (await one(deps.pool, accountByHandle, username, domain))?.id;
    },
    localByNames,
    async byAddress(handles) {
      if (handles.length === 0) return new Map();
      const rows = await run(
        deps.pool,
        accountsByAddress,
        handles.map((h) => h.username.toLowerCase()),
        handles.map((h) => (h.domain === undefined || h.domain === deps.domain ? "" : h.domain.toLowerCase())),
      );
      return new Map(
        rows.map((r) => [r.username.toLowerCase() + (r.domain === null ? "" : `@${r.domain.toLowerCase()}`), r]),
      );
    },
    async update(accountId, changes) {
      const { note, fields, ...rest } = changes;
      const details: Record<string, { error: string; description: string }[]> = {};
      const tooLong = (max: number): { error: string; description: string }[] => [
        { error: "ERR_TOO_LONG", description: `is too long (maximum is ${max} characters)` },
      ];
      if ([...(rest.display_name ?? "")].length > PROFILE_LIMITS.displayName)
        details["display_name"] = tooLong(PROFILE_LIMITS.displayName);
      if ([...(note ?? "")].length > PROFILE_LIMITS.note) details["note"] = tooLong(PROFILE_LIMITS.note);
      if ((fields?.length ?? 0) > PROFILE_LIMITS.fields)
        details["fields"] = [{ error: "ERR_TOO_MANY", description: `has more than ${PROFILE_LIMITS.fields} entries` }];
      if (fields?.some((f) => f.name.length > PROFILE_LIMITS.fieldName || f.value.length > PROFILE_LIMITS.fieldValue))
        details["fields"] = tooLong(PROFILE_LIMITS.fieldValue);
      if (Object.keys(details).length > 0) throw invalid(details);
      const links = await targets([note ?? "", ...(fields ?? []).map((f) => f.value)]);
      const stored: Record<string, unknown> = { ...rest };
      if (note !== undefined) Object.assign(stored, { note, note_html: toHtml(note, links) });
      if (fields !== undefined) {
        stored["fields"] = fields
          .filter((f) => f.name.trim() !== "" || f.value.trim() !== "")
          .map((f) => ({
            name: f.name.trim(),
            value: f.value.trim(),
            value_html: lineHtml(f.value, links),
            verified_at: null,
          }));
      }
      await deps.tx(async (db) => {
        if ((await exec(db, updateProfile, accountId, JSON.stringify(stored))) === 0) throw notFound();
        await counts.changed(db, [accountId]);
        if (changes.locked === false) await relations.acceptAllRequests(db, accountId);
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "account.updated",
          accountId: accountId.toString(),
        });
      });
    },
    async user(accountId) {
      const row = await one(deps.pool, userById, accountId);
      if (!row) throw notFound();
      return row;
    },
    async preferences(accountId) {
      const row = await one(deps.pool, userById, accountId);
      return { ...DEFAULT_PREFERENCES, ...row?.preferences };
    },
    async setPreferences(accountId, changes) {
      await exec(deps.pool, mergePreferences, accountId, JSON.stringify(changes));
    },
    async changePassword(accountId, current, next, keepSession) {
      const user = await mustKnow(accountId, current);
      const problems = await newPasswordProblems(next, user.username, deps.breached);
      if (problems.length > 0) throw invalid({ password: problems });
      const hash = await deps.passwords.hash(next);
      await deps.tx(async (db) => {
        await exec(db, setPassword, accountId, hash);
        // Whoever knew the old password is out: other browsers and all programs.
        await access.revokeAll(db, accountId, keepSession);
        await factors.note(db, accountId, "password_changed", NOWHERE);
      });
    },
    async changeEmail(accountId, current, email) {
      const user = await mustKnow(accountId, current);
      const problems = emailProblems(email);
      if (problems.length > 0) throw invalid({ email: problems });
      await deps.tx(async (db) => {
        try {
          // With mail the new address counts only once its owner has answered from there.
          if (deps.mail.configured) await signUp.sendConfirmation(db, accountId, email, user.username);
          else await exec(db, setEmail, accountId, email, true);
        } catch (error) {
          if (isUniqueViolation(error, "users_email"))
            throw invalid({ email: [{ error: "ERR_TAKEN", description: "has already been taken" }] });
          throw error;
        }
      });
    },
    async checkPassword(accountId, current) {
      await mustKnow(accountId, current);
    },
    async remove(accountId, current) {
      const user = await mustKnow(accountId, current);
      if (user.role === "owner")
        throw new AppError("forbidden", "The owner's account cannot be deleted. Make somebody else the owner first.", {
          reason: "owner",
        });
      await deps.tx((db) => self.erase(db, accountId));
    },
    async erase(db, accountId) {
      await access.forgetAccount(db, accountId);
      await exec(db, deleteUser, accountId);
      await exec(db, eraseAccount, accountId);
      await counts.changed(db, [accountId]);
      await deps.publisher.publish(db, {
        id: deps.ids.next().toString(),
        type: "account.deleted",
        accountId: accountId.toString(),
      });
    },
  };
  return self;
}
