import { statement } from "#platform/db/sql.ts";

// Sessions, mail tokens, invites, OAuth.

export const insertSession = statement<[id: bigint, account: bigint, digest: Buffer, agent: string, ip: string], never>(
  "accounts.insertSession",
  `insert into sessions (id, account_id, digest, user_agent, ip) values ($1, $2, $3, $4, $5)`,
);

export interface CredentialRow {
  id: bigint;
  account_id: bigint | null;
  app_id: bigint | null;
  scopes: string[] | null;
  role: "user" | "moderator" | "admin" | "owner" | null;
  /** False when the account is suspended, disabled, unapproved or deleted. */
  usable: boolean;
}

const usable = `coalesce(u.approved_at is not null and u.disabled_at is null and a.suspended_at is null and a.deleted_at is null, false)`;

export const sessionByDigest = statement<[digest: Buffer], CredentialRow>(
  "accounts.sessionByDigest",
  `select s.id, s.account_id, null::int8 as app_id, null::text[] as scopes, u.role, ${usable} as usable
   from sessions s join users u on u.account_id = s.account_id join accounts a on a.id = s.account_id where s.digest = $1`,
);
export const tokenByDigest = statement<[digest: Buffer], CredentialRow>(
  "accounts.tokenByDigest",
  `select t.id, t.account_id, t.app_id, t.scopes, u.role, t.account_id is null or ${usable} as usable
   from oauth_tokens t left join users u on u.account_id = t.account_id left join accounts a on a.id = t.account_id where t.digest = $1`,
);
export const touchSession = statement<[id: bigint], never>(
  "accounts.touchSession",
  `update sessions set last_used_at = now() where id = $1`,
);
export const touchToken = statement<[id: bigint], never>(
  "accounts.touchToken",
  `update oauth_tokens set last_used_at = now() where id = $1`,
);

export interface SessionRow {
  id: bigint;
  user_agent: string;
  ip: string;
  created_at: Date;
  last_used_at: Date;
}
export const listSessions = statement<[account: bigint], SessionRow>(
  "accounts.listSessions",
  `select id, user_agent, ip, created_at, last_used_at from sessions where account_id = $1 order by last_used_at desc`,
);
export const deleteSession = statement<[id: bigint, account: bigint], { digest: Buffer }>(
  "accounts.deleteSession",
  `delete from sessions where id = $1 and account_id = $2 returning digest`,
);
export const deleteSessions = statement<[account: bigint, except: bigint], { digest: Buffer }>(
  "accounts.deleteSessions",
  `delete from sessions where account_id = $1 and id <> $2 returning digest`,
);
export const sweepSessions = statement<[], never>(
  "accounts.sweepSessions",
  `delete from sessions where last_used_at < now() - interval '180 days'`,
);

export const insertMailToken = statement<
  [digest: Buffer, purpose: string, account: bigint, email: string, expires: Date],
  never
>(
  "accounts.insertMailToken",
  `insert into mail_tokens (digest, purpose, account_id, email, expires_at) values ($1, $2, $3, $4, $5)`,
);
export const takeMailToken = statement<
  [digest: Buffer, purpose: string],
  { account_id: bigint; email: string; valid: boolean }
>(
  "accounts.takeMailToken",
  `delete from mail_tokens where digest = $1 and purpose = $2 returning account_id, email, expires_at > now() as valid`,
);
export const dropMailTokens = statement<[account: bigint, purpose: string], never>(
  "accounts.dropMailTokens",
  `delete from mail_tokens where account_id = $1 and purpose = $2`,
);

export interface InviteRow {
  id: bigint;
  code: string;
  created_by: bigint;
  max_uses: number | null;
  uses: number;
  expires_at: Date | null;
  created_at: Date;
}
export const insertInvite = statement<
  [id: bigint, code: string, by: bigint, max: number | null, expires: Date | null],
  InviteRow
>(
  "accounts.insertInvite",
  `insert into invites (id, code, created_by, max_uses, expires_at) values ($1, $2, $3, $4, $5) returning id, code, created_by, max_uses, uses, expires_at, created_at`,
);
export const listInvites = statement<[by: bigint], InviteRow>(
  "accounts.listInvites",
  `select id, code, created_by, max_uses, uses, expires_at, created_at from invites where created_by = $1 order by id desc limit 200`,
);
export const deleteInvite = statement<[id: bigint, by: bigint], { id: bigint }>(
  "accounts.deleteInvite",
  `delete from invites where id = $1 and created_by = $2 returning id`,
);
export const useInvite = statement<[code: string], { id: bigint; created_by: bigint }>(
  "accounts.useInvite",
  `update invites set uses = uses + 1 where code = $1 and (max_uses is null or uses < max_uses) and (expires_at is null or expires_at > now()) returning id, created_by`,
);

export interface AppRow {
  id: bigint;
  client_id: string;
  secret_digest: Buffer;
  name: string;
  website: string | null;
  redirect_uris: string[];
  scopes: string[];
}
const appColumns = `id, client_id, secret_digest, name, website, redirect_uris, scopes`;
export const insertApp = statement<
  [
    id: bigint,
    clientId: string,
    secret: Buffer,
    name: string,
    website: string | null,
    redirects: string[],
    scopes: string[],
  ],
  never
>(
  "accounts.insertApp",
  `insert into oauth_apps (id, client_id, secret_digest, name, website, redirect_uris, scopes) values ($1, $2, $3, $4, $5, $6, $7)`,
);
export const appByClientId = statement<[clientId: string], AppRow>(
  "accounts.appByClientId",
  `select ${appColumns} from oauth_apps where client_id = $1`,
);
export const appById = statement<[id: bigint], AppRow>(
  "accounts.appById",
  `select ${appColumns} from oauth_apps where id = $1`,
);

export const insertCode = statement<
  [
    digest: Buffer,
    app: bigint,
    account: bigint,
    redirect: string,
    scopes: string[],
    challenge: string | null,
    expires: Date,
  ],
  never
>(
  "accounts.insertCode",
  `insert into oauth_codes (digest, app_id, account_id, redirect_uri, scopes, code_challenge, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
);
export interface CodeRow {
  app_id: bigint;
  account_id: bigint;
  redirect_uri: string;
  scopes: string[];
  code_challenge: string | null;
  expired: boolean;
  used: boolean;
}
export const lockCode = statement<[digest: Buffer], CodeRow>(
  "accounts.lockCode",
  `select app_id, account_id, redirect_uri, scopes, code_challenge, expires_at < now() as expired, used_at is not null as used from oauth_codes where digest = $1 for update`,
);
export const useCode = statement<[digest: Buffer], never>(
  "accounts.useCode",
  `update oauth_codes set used_at = now() where digest = $1`,
);
export const sweepCodes = statement<[], never>(
  "accounts.sweepCodes",
  `delete from oauth_codes where expires_at < now() - interval '1 day'`,
);
export const insertToken = statement<
  [id: bigint, digest: Buffer, app: bigint | null, account: bigint | null, scopes: string[], code: Buffer | null],
  never
>(
  "accounts.insertToken",
  `insert into oauth_tokens (id, digest, app_id, account_id, scopes, code_digest) values ($1, $2, $3, $4, $5, $6)`,
);
export const revokeToken = statement<[digest: Buffer, app: bigint], { id: bigint }>(
  "accounts.revokeToken",
  `delete from oauth_tokens where digest = $1 and app_id = $2 returning id`,
);
export const revokeByCode = statement<[code: Buffer], { digest: Buffer }>(
  "accounts.revokeByCode",
  `delete from oauth_tokens where code_digest = $1 returning digest`,
);
export const revokeAllTokens = statement<[account: bigint], { digest: Buffer }>(
  "accounts.revokeAllTokens",
  `delete from oauth_tokens where account_id = $1 returning digest`,
);
export const revokeAppTokens = statement<[account: bigint, app: bigint], { digest: Buffer }>(
  "accounts.revokeAppTokens",
  `delete from oauth_tokens where account_id = $1 and app_id = $2 returning digest`,
);
export interface GrantedAppRow {
  id: bigint;
  name: string;
  website: string | null;
  scopes: string[];
  created_at: Date;
  last_used_at: Date | null;
}
export const grantedApps = statement<[account: bigint], GrantedAppRow>(
  "accounts.grantedApps",
  `select p.id, p.name, p.website, (select array_agg(distinct s) from oauth_tokens x, unnest(x.scopes) s where x.app_id = p.id and x.account_id = $1) as scopes,
     min(t.created_at) as created_at, max(t.last_used_at) as last_used_at
   from oauth_tokens t join oauth_apps p on p.id = t.app_id where t.account_id = $1 group by p.id order by min(t.id) desc`,
);

/** Where somebody was last, of those with an open session. For telling accounts of one person from each other; never shown. */
export const lastDevices = statement<[accounts: bigint[]], { account_id: bigint; user_agent: string; ip: string }>(
  "accounts.lastDevices",
  `select distinct on (account_id) account_id, user_agent, ip from sessions where account_id = any($1::int8[]) order by account_id, last_used_at desc`,
);
