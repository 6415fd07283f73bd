import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import type { Access } from "./access.ts";
import type { Counts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import { NOWHERE, type Factors } from "./factors/index.ts";
import type { Profiles } from "./profile.ts";
import { mayAdminister, newPasswordProblems, type Role } from "./rules.ts";
import {
  adminList,
  approveUser,
  deleteRejected,
  disableUser,
  otherOwner,
  setPassword,
  setRole,
  silenceAccount,
  suspendAccount,
  userById,
  type AdminRow,
  type UserRow,
  staffIds,
} from "./sql.ts";

export interface AdminFilter {
  status?: string | undefined;
  role?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
}

/** Who acts: somebody with a role, or the operator at the command line. */
export interface Actor {
  role: Role | "operator";
}

/** What staff may do with people of this instance. For moderators and operators. */
export interface Staff {
  list(filter: AdminFilter, page: Page): Promise<AdminRow[]>;
  /** Everybody with a role here. */
  ids(): Promise<Id[]>;
  get(id: Id): Promise<AdminRow>;
  approve(id: Id): Promise<void>;
  /** Removes a registration that waits for approval. */
  reject(id: Id): Promise<void>;
  suspend(actor: Actor, id: Id, suspended: boolean): Promise<void>;
  silence(actor: Actor, id: Id, silenced: boolean): Promise<void>;
  disable(actor: Actor, id: Id, disabled: boolean): Promise<void>;
  setRole(actor: Actor, id: Id, role: Role): Promise<void>;
  setPassword(id: Id, password: string): Promise<void>;
}

export function createStaff(
  deps: AccountsDeps,
  access: Access,
  profiles: Profiles,
  counts: Counts,
  factors: Factors,
): Staff {
  async function target(actor: Actor, id: Id): Promise<UserRow> {
    const user = await one(deps.pool, userById, id);
    if (!user) throw notFound();
    if (actor.role !== "operator" && !mayAdminister(actor.role, user.role))
      throw new AppError("forbidden", "This action is not allowed");
    return user;
  }

  const self: Staff = {
    ids: async () => (await run(deps.pool, staffIds)).map((r) => r.account_id),
    list: (filter, page) =>
      run(
        deps.pool,
        adminList,
        filter.status ?? null,
        filter.role ?? null,
        filter.username ?? null,
        filter.email ?? null,
        page.before,
        page.after,
        page.limit,
      ),
    async get(id) {
      const [row] = await run(deps.pool, adminList, null, null, null, null, id + 1n, id - 1n, 1);
      if (!row) throw notFound();
      return row;
    },
    approve: (id) =>
      deps.tx(async (db) => {
        const user = await one(db, approveUser, id);
        if (!user) throw new AppError("forbidden", "This action is not allowed");
        await access.forgetAccount(db, id);
        await deps.mail.send(db, {
          to: user.email,
          subject: `Welcome to ${deps.domain}`,
          text: `Your registration was approved. Log in at ${deps.publicUrl}/login\n`,
        });
      }),
    reject: (id) =>
      deps.tx(async (db) => {
        const user = await one(db, userById, id);
        if (!user) throw notFound();
        if (user.approved) throw new AppError("forbidden", "This action is not allowed");
        await exec(db, deleteRejected, id);
      }),
    async suspend(actor, id, suspended) {
      await target(actor, id);
      await deps.tx(async (db) => {
        await exec(db, suspendAccount, id, suspended);
        await counts.changed(db, [id]);
        await access.forgetAccount(db, id);
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: suspended ? "account.suspended" : "account.unsuspended",
          accountId: id.toString(),
        });
      });
    },
    async silence(actor, id, silenced) {
      await target(actor, id);
      await deps.tx(async (db) => {
        await exec(db, silenceAccount, id, silenced);
        await counts.changed(db, [id]);
      });
    },
    async disable(actor, id, disabled) {
      await target(actor, id);
      await deps.tx(async (db) => {
        await exec(db, disableUser, id, disabled);
        await access.forgetAccount(db, id);
      });
    },
    async setRole(actor, id, role) {
      const user = await target(actor, id);
      if (user.role === "owner" && role !== "owner" && (await one(deps.pool, otherOwner, id)) === undefined)
        throw new AppError("conflict", "This is the only owner. Make somebody else the owner first.", {
          reason: "last_owner",
        });
      if (actor.role !== "operator" && !mayAdminister(actor.role, role))
        throw new AppError("forbidden", "This action is not allowed");
      await deps.tx(async (db) => {
        await exec(db, setRole, id, role);
        await counts.changed(db, [id]);
        await access.forgetAccount(db, id);
      });
    },
    async setPassword(id, password) {
      const { username } = await profiles.user(id);
      const problems = await newPasswordProblems(password, username, deps.breached);
      if (problems.length > 0) throw invalid({ password: problems });
      const hash = await deps.passwords.hash(password);
      await deps.tx(async (db) => {
        await exec(db, setPassword, id, hash);
        await access.revokeAll(db, id, 0n);
        await factors.note(db, id, "password_changed", NOWHERE);
      });
    },
  };
  return self;
}
