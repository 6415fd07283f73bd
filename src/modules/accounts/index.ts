import { one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { createAccess, type Access } from "./access.ts";
import { createCounts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import { createAccountModeration, type AccountModeration } from "./moderation.ts";
import { createFactors, type Factors } from "./factors/index.ts";
import { createHolds, type Holds } from "./holds.ts";
import { createOAuth, type OAuth } from "./oauth.ts";
import { createProfiles, type Profiles } from "./profile.ts";
import { createRelations, type Relations } from "./relations.ts";
import { createSignUp, type SignUp } from "./sign-up.ts";
import { createRemotePeople, type RemotePeople } from "./remote.ts";
import { createStaff, type Staff } from "./staff.ts";
import { counts as instanceCounts, directory, imagesInUse, ownerId, searchAccounts, suggestions } from "./sql.ts";

export type { AccountsDeps } from "./deps.ts";
export type { Access, Credential } from "./access.ts";
export { OAuthError, OUT_OF_BAND, type AuthorizationRequest, type GrantedToken, type OAuth } from "./oauth.ts";
export { DEFAULT_PREFERENCES, type Preferences, type ProfileChanges, type Profiles } from "./profile.ts";
export type { AccountModeration, ModeratedAccount } from "./moderation.ts";
export type { Factors, FactorState, From, PasskeyRow, SecurityEventRow } from "./factors/index.ts";
export type { FollowOptions, PeopleList, Relations } from "./relations.ts";
export { PASSWORD_MIN, PROFILE_LIMITS, ROLES, SCOPES, type Role } from "./rules.ts";
export type { NewUser, SignUp, SignUpInput, SignUpResult } from "./sign-up.ts";
export type { Actor, AdminFilter, Staff } from "./staff.ts";
export type { AccountRow, AdminRow, StoredEmoji, StoredField, StoredImage, UserRow } from "./sql.ts";
export type { RemotePeople, RemoteProfile } from "./remote.ts";
export type { RemoteRow } from "./sql-remote.ts";
export type { EdgeRow, RelationRow } from "./sql-relations.ts";
export type { AppRow, GrantedAppRow, InviteRow, SessionRow } from "./sql-access.ts";

/** People: registration, log-in, profiles, relationships, OAuth. */
export interface Accounts {
  access: Access;
  signUp: SignUp;
  oauth: OAuth;
  profiles: Profiles;
  relations: Relations;
  staff: Staff;
  /** Second factors, passkeys, known devices. */
  factors: Factors;
  /** Changes that wait. */
  holds: Holds;
  /** What moderation may do with an account, and take back. */
  moderation: AccountModeration;
  /** People of other servers. */
  remote: RemotePeople;
  search(
    viewerId: Id | null,
    query: string,
    options: { following: boolean; limit: number; offset: number },
  ): Promise<Id[]>;
  directory(options: { newest: boolean; limit: number; offset: number }, viewerId: Id | null): Promise<Id[]>;
  suggestions(viewerId: Id, limit: number): Promise<Id[]>;
  counts(): Promise<{ users: bigint; active_month: bigint; active_half: bigint }>;
  ownerId(): Promise<Id | undefined>;
  /** Counts a new or removed post of an account, in the posting transaction. `day` is the UTC date of a new post. */
  countPost(db: TxClient, accountId: Id, change: 1 | -1, day: string | null): Promise<void>;
  /** Counts one post less for each of these accounts: boosts that vanish with what they boosted. */
  countRemoved(db: TxClient, accountIds: readonly Id[]): Promise<void>;
  /** Of these blob keys of pictures, the ones that profiles show. */
  imagesInUse(keys: string[]): Promise<string[]>;
  tasks: readonly Task[];
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const counts = createCounts(deps.signals);
  const access = createAccess(deps);
  const factors = createFactors(deps, access);
  const holds = createHolds(deps, access);
  const signUp = createSignUp(deps, access, counts, factors, holds);
  const relations = createRelations(deps, counts);
  const profiles = createProfiles(deps, access, relations, signUp, counts, factors);
  const idsOf = (rows: { id: Id }[]): Id[] => rows.map((r) => r.id);
  return {
    access,
    factors,
    holds,
    signUp,
    relations,
    profiles,
    oauth: createOAuth(deps, access),
    staff: createStaff(deps, access, profiles, counts, factors),
    moderation: createAccountModeration(deps, access, counts),
    remote: createRemotePeople(deps, counts, (db, id) => profiles.erase(db, id)),
    search: async (viewerId, query, o) =>
      idsOf(
        await run(
          deps.pool,
          searchAccounts,
          viewerId,
          query.replace(/[\\%_]/g, "\\$&"),
          o.following,
          o.limit,
          o.offset,
        ),
      ),
    directory: async (o, viewerId) => idsOf(await run(deps.pool, directory, o.newest, o.limit, o.offset, viewerId)),
    suggestions: async (viewerId, limit) => idsOf(await run(deps.pool, suggestions, viewerId, limit)),
    counts: async () => (await one(deps.pool, instanceCounts)) ?? { users: 0n, active_month: 0n, active_half: 0n },
    ownerId: async () => (await one(deps.pool, ownerId))?.account_id,
    async countPost(db, accountId, change, day) {
      await counts.add(db, accountId, { statuses: change, day });
    },
    async countRemoved(db, accountIds) {
      await counts.removed(db, accountIds);
    },
    imagesInUse: async (keys) => (await run(deps.pool, imagesInUse, keys)).map((r) => r.key),
    tasks: [...access.tasks, ...factors.tasks, ...holds.tasks, ...relations.tasks],
  };
}
