import type { FieldProblem } from "#platform/errors.ts";

/** Limits of profiles, shown in the instance entity. */
export const PROFILE_LIMITS = {
  displayName: 50,
  note: 500,
  fields: 4,
  fieldName: 255,
  fieldValue: 255,
  username: 30,
  altText: 1500,
} as const;

/** At least this many characters; at most so many that hashing cannot be used to tie up the server. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;

/** Names nobody may register: routes of the web app, mailboxes with a meaning (RFC 2142), and names that pretend authority. */
const RESERVED = new Set(
  (
    "about abuse account accounts actor actors admin administrator ads anonymous api app apps archive assets auth authorize autoconfig blog bookmarks catch-up compose contact " +
    "dashboard deck deleted direct dmca drafts embed events everyone everybody explore favicon favourites feed feeds follow-requests help here home host hostmaster images import imprint " +
    "inbox info instance internal invite invites legal lists local login logout mail mailer-daemon media me memes messages metrics mod moderation moderator moderators mute nobody nodeinfo " +
    "no-reply noreply notifications null oauth official operator outbox owner postmaster privacy public report root rss scheduled search security service sessions settings setup shared share signin " +
    "signout signup site skein staff standing static status statuses support sysadmin system tag tags team terms test transparency treasury undefined unsubscribe upload user username users " +
    "wallet webfinger webmaster well-known welcome www you"
  ).split(" "),
);

const blank: FieldProblem = { error: "ERR_BLANK", description: "can't be blank" };

/** Problems of a user name for registration; none when it is fine. `privileged` (command line, set-up) may take reserved names. */
export function usernameProblems(name: string, privileged = false): FieldProblem[] {
  if (name === "") return [blank];
  if (!/^[a-z0-9_]+$/i.test(name))
    return [{ error: "ERR_INVALID", description: "must contain only letters, numbers and underscores" }];
  if (name.length > PROFILE_LIMITS.username)
    return [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${PROFILE_LIMITS.username} characters)` }];
  if (!privileged && RESERVED.has(name.toLowerCase().replaceAll("_", "-")))
    return [{ error: "ERR_RESERVED", description: "is reserved" }];
  return [];
}

/** Problems of an e-mail address. Only the form: whether it exists, a confirmation mail tells. */
export function emailProblems(email: string): FieldProblem[] {
  if (email === "") return [blank];
  if (email.length > 254 || !/^[^\s@<>()[\],;:"\\]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email))
    return [{ error: "ERR_INVALID", description: "is not a valid e-mail address" }];
  return [];
}

/** Problems of a new password. Length is what counts (NIST SP 800-63B); the name itself is no password. */
export function passwordProblems(password: string, username: string): FieldProblem[] {
  if (password === "") return [blank];
  if (password.length < PASSWORD_MIN)
    return [{ error: "ERR_TOO_SHORT", description: `is too short (minimum is ${PASSWORD_MIN} characters)` }];
  if (password.length > PASSWORD_MAX)
    return [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${PASSWORD_MAX} characters)` }];
  if (password.toLowerCase() === username.toLowerCase())
    return [{ error: "ERR_INVALID", description: "must differ from the user name" }];
  return [];
}

/** Problems of a password somebody wants to have from now on, with what leaks tell about it. */
export async function newPasswordProblems(
  password: string,
  username: string,
  breached: (password: string) => Promise<boolean>,
): Promise<FieldProblem[]> {
  const problems = passwordProblems(password, username);
  if (problems.length > 0 || !(await breached(password))) return problems;
  return [{ error: "ERR_BREACHED", description: "stands in a published list of stolen passwords: choose another one" }];
}

export type Role = "user" | "moderator" | "admin" | "owner";
export const ROLES: readonly Role[] = ["user", "moderator", "admin", "owner"];

/** True when `actor` may change the role or state of somebody with role `target`: only downwards; an owner anyone but owners. */
export function mayAdminister(actor: Role, target: Role): boolean {
  return ROLES.indexOf(actor) >= 1 && ROLES.indexOf(actor) > ROLES.indexOf(target);
}

/** Every OAuth scope Skein knows. A scope includes those that begin with it and a colon. */
export const SCOPES: readonly string[] = [
  "profile",
  "read",
  ...[
    "accounts",
    "blocks",
    "bookmarks",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "search",
    "statuses",
    "collections",
  ].map((s) => `read:${s}`),
  "write",
  ...[
    "accounts",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "statuses",
    "collections",
  ].map((s) => `write:${s}`),
  "follow",
  "push",
  "admin:read",
  ...[
    "accounts",
    "reports",
    "domain_allows",
    "domain_blocks",
    "ip_blocks",
    "email_domain_blocks",
    "canonical_email_blocks",
  ].map((s) => `admin:read:${s}`),
  "admin:write",
  ...[
    "accounts",
    "reports",
    "domain_allows",
    "domain_blocks",
    "ip_blocks",
    "email_domain_blocks",
    "canonical_email_blocks",
  ].map((s) => `admin:write:${s}`),
];

/** `follow` is Mastodon's old name for these. */
const FOLLOW_MEANS = ["read:follows", "write:follows", "read:blocks", "write:blocks", "read:mutes", "write:mutes"];

/** Granted scopes with `follow` spelled out. */
export function expandScopes(scopes: readonly string[]): ReadonlySet<string> {
  const all = new Set(scopes);
  if (all.has("follow")) for (const s of FOLLOW_MEANS) all.add(s);
  return all;
}

/** Every scope: what a web session may do. */
export const SESSION_SCOPES: ReadonlySet<string> = new Set([
  "profile",
  "read",
  "write",
  "follow",
  "push",
  "admin:read",
  "admin:write",
]);
