import { idTime, type Id } from "#platform/ids.ts";
import {
  PROFILE_LIMITS,
  type AccountRow,
  type Accounts,
  type Preferences,
  type RelationRow,
} from "#modules/accounts/index.ts";

// Mastodon's Account, CredentialAccount, Relationship and Application entities: docs.joinmastodon.org/entities.

export interface AccountEntity {
  id: string;
  username: string;
  acct: string;
  [field: string]: unknown;
}

/** Where the pictures of people without pictures are. */
export const DEFAULT_AVATAR = "/img/avatar.png";
export const DEFAULT_HEADER = "/img/header.png";

/** The part of a handle after `@`: the name alone for people of this instance. */
export function acctOf(row: { username: string; domain: string | null }): string {
  return row.domain === null ? row.username : `${row.username}@${row.domain}`;
}

/** An account as others see it. Suspended people lose everything but their name. `moved` is the account that this one has moved to. */
export function presentAccount(row: AccountRow, publicUrl: string, moved?: AccountRow): AccountEntity {
  const url = row.url ?? row.uri ?? `${publicUrl}/@${acctOf(row)}`;
  const hidden = row.suspended;
  const avatar = hidden ? null : row.avatar;
  const header = hidden ? null : row.header;
  const at = (path: string): string => (path.startsWith("/") ? publicUrl + path : path);
  return {
    id: row.id.toString(),
    username: row.username,
    acct: acctOf(row),
    display_name: hidden ? "" : row.display_name,
    locked: row.locked,
    bot: row.bot,
    discoverable: row.discoverable,
    indexable: row.indexable,
    noindex: row.noindex,
    group: row.actor_type === "Group" || row.actor_type === "Organization",
    created_at: `${idTime(row.id).toISOString().slice(0, 10)}T00:00:00.000Z`,
    note: hidden ? "" : row.note_html,
    url,
    uri: row.uri ?? `${publicUrl}/ap/actors/${row.id}`,
    avatar: at(avatar?.url ?? DEFAULT_AVATAR),
    avatar_static: at(avatar?.static_url ?? DEFAULT_AVATAR),
    avatar_description: avatar?.description ?? "",
    header: at(header?.url ?? DEFAULT_HEADER),
    header_static: at(header?.static_url ?? DEFAULT_HEADER),
    header_description: header?.description ?? "",
    followers_count: hidden ? 0 : row.followers,
    following_count: hidden ? 0 : row.following,
    statuses_count: hidden ? 0 : row.statuses,
    last_status_at: row.last_status_on,
    hide_collections: row.hide_collections,
    emojis: row.emojis.map((e) => ({ ...e, url: at(e.url), static_url: at(e.static_url), visible_in_picker: false })),
    fields: hidden ? [] : row.fields.map((f) => ({ name: f.name, value: f.value_html, verified_at: f.verified_at })),
    roles:
      row.role !== null && row.role !== "user" ? [{ id: roleId(row.role), name: roleName(row.role), color: "" }] : [],
    // Not further: who moves on and on shows the next step only.
    ...(moved && !hidden ? { moved: presentAccount(moved, publicUrl) } : {}),
    ...(row.memorial ? { memorial: true } : {}),
    ...(row.suspended ? { suspended: true } : {}),
    ...(row.silenced ? { limited: true } : {}),
    ...(row.labels.length > 0 ? { labels: row.labels } : {}),
  };
}

/** The accounts that some have moved to, by id; in one query, and in none when nobody has. */
export async function movedTo(accounts: Accounts, rows: readonly AccountRow[]): Promise<Map<Id, AccountRow>> {
  const ids = new Set(rows.flatMap((r) => r.moved_to_id ?? []));
  return ids.size === 0 ? new Map() : new Map((await accounts.profiles.get([...ids])).map((r) => [r.id, r]));
}

const ROLE_IDS: Record<string, number> = { user: -99, moderator: 1, admin: 2, owner: 3 };
// Bits of Mastodon's role permissions that clients look at: 1 administrator, 8 reports, 16 users, 32 settings, 1024 dashboard.
const PERMISSIONS: Record<string, number> = { user: 0, moderator: 1024 | 8 | 16, admin: 1024 | 8 | 16 | 32, owner: 1 };

function roleId(role: string): string {
  return String(ROLE_IDS[role] ?? -99);
}

/** Mastodon's Role. */
export function presentRole(role: string): Record<string, unknown> {
  return {
    id: roleId(role),
    name: roleName(role),
    color: "",
    permissions: String(PERMISSIONS[role] ?? 0),
    highlighted: role !== "user",
  };
}

function roleName(role: string): string {
  return role === "user" ? "" : role.slice(0, 1).toUpperCase() + role.slice(1);
}

/** One's own account, with the sources of its texts. */
export function presentCredentialAccount(
  row: AccountRow,
  preferences: Preferences,
  followRequests: number,
  publicUrl: string,
  moved?: AccountRow,
): AccountEntity {
  const role = row.role ?? "user";
  return {
    ...presentAccount(row, publicUrl, moved),
    source: {
      privacy: preferences.posting_visibility,
      sensitive: preferences.posting_sensitive,
      language: preferences.posting_language,
      note: row.note,
      fields: row.fields.map((f) => ({ name: f.name, value: f.value, verified_at: f.verified_at })),
      follow_requests_count: followRequests,
      hide_collections: row.hide_collections,
      discoverable: row.discoverable,
      indexable: row.indexable,
      attribution_domains: [],
      quote_policy: preferences.posting_quote_policy,
    },
    role: presentRole(role),
  };
}

export function presentRelationship(row: RelationRow): Record<string, unknown> {
  return {
    id: row.id.toString(),
    following: row.following,
    showing_reblogs: row.showing_reblogs,
    notifying: row.notifying,
    languages: row.languages,
    followed_by: row.followed_by,
    blocking: row.blocking,
    blocked_by: row.blocked_by,
    muting: row.muting,
    muting_notifications: row.muting_notifications,
    muting_expires_at: row.muting_expires_at?.toISOString() ?? null,
    requested: row.requested,
    requested_by: row.requested_by,
    domain_blocking: false,
    endorsed: row.endorsed,
    note: row.note,
  };
}

export const ACCOUNT_CONFIGURATION = {
  max_featured_tags: 10,
  max_pinned_statuses: 5,
  max_profile_fields: PROFILE_LIMITS.fields,
  profile_field_name_limit: PROFILE_LIMITS.fieldName,
  profile_field_value_limit: PROFILE_LIMITS.fieldValue,
  max_display_name_length: PROFILE_LIMITS.displayName,
  max_note_length: PROFILE_LIMITS.note,
  max_avatar_description_length: PROFILE_LIMITS.altText,
  max_header_description_length: PROFILE_LIMITS.altText,
};
