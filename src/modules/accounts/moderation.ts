import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Access } from "./access.ts";
import type { Counts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import { ROLES, type Role } from "./rules.ts";
import { disableUser, silenceAccount, suspendAccount } from "./sql.ts";
import { labelAccount, lockModerated, network, sensitizeAccount } from "./sql-moderation.ts";

/** What moderation decides about an account, and whom it would tell. */
export interface ModeratedAccount {
  id: Id;
  username: string;
  /** Null for people of this instance. */
  domain: string | null;
  suspended: boolean;
  silenced: boolean;
  disabled: boolean;
  sensitized: boolean;
  labels: string[];
  role: Role;
  /** Undefined for people elsewhere. */
  email: string | undefined;
  language: string | undefined;
}

/** The states are set, not stepped: setting one again changes nothing. All of it is part of the caller's transaction; credentials are forgotten with its commit. */
export interface AccountModeration {
  /** Locks an account; 404 when it is not there or deleted. */
  lock(db: TxClient, id: Id): Promise<ModeratedAccount>;
  /** People of this instance who may be the same person, strongest sign first, at most 50. For moderators only. */
  network(id: Id): Promise<{ id: Id; username: string; via: "device" | "address" | "invitation" }[]>;
  set(
    db: TxClient,
    id: Id,
    to: Partial<Pick<ModeratedAccount, "suspended" | "silenced" | "disabled" | "sensitized" | "labels">>,
  ): Promise<void>;
}

export function createAccountModeration(deps: AccountsDeps, access: Access, counts: Counts): AccountModeration {
  async function lock(db: TxClient, id: Id): Promise<ModeratedAccount> {
    const row = await one(db, lockModerated, id);
    if (!row) throw notFound();
    const { email, language, role, ...rest } = row;
    return {
      ...rest,
      disabled: row.disabled,
      role: ROLES.find((r) => r === role) ?? "user",
      email: email ?? undefined,
      language: language ?? undefined,
    };
  }
  return {
    lock,
    network: async (id) =>
      (await run(deps.pool, network, id)).map(({ via, ...who }) => ({
        ...who,
        via: via.startsWith("1") ? "device" : via.startsWith("2") ? "address" : "invitation",
      })),
    async set(db, id, to) {
      const was = await lock(db, id);
      if (to.silenced !== undefined) await exec(db, silenceAccount, id, to.silenced);
      if (to.sensitized !== undefined) await exec(db, sensitizeAccount, id, to.sensitized);
      if (to.labels !== undefined) await exec(db, labelAccount, id, [...new Set(to.labels)].toSorted());
      if (to.disabled !== undefined && was.domain === null) await exec(db, disableUser, id, to.disabled);
      if (to.suspended !== undefined && to.suspended !== was.suspended) {
        await exec(db, suspendAccount, id, to.suspended);
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: to.suspended ? "account.suspended" : "account.unsuspended",
          accountId: id.toString(),
        });
      }
      await counts.changed(db, [id]);
      if (to.suspended !== undefined || to.disabled !== undefined) await access.forgetAccount(db, id);
    },
  };
}
