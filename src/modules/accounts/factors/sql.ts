import { statement } from "#platform/db/sql.ts";

export interface TotpRow {
  secret: Buffer;
  confirmed: boolean;
  last_step: bigint;
  failures: number;
  failing_since: Date | null;
}
export const totpOf = statement<[account: bigint], TotpRow>(
  "accounts.totp",
  `select secret, confirmed_at is not null as confirmed, last_step, failures, failing_since from account_totp where account_id = $1`,
);
/** A new secret, as long as none was confirmed. */
export const putTotp = statement<[account: bigint, secret: Uint8Array], { account_id: bigint }>(
  "accounts.putTotp",
  `insert into account_totp (account_id, secret) values ($1, $2)
   on conflict (account_id) do update set secret = excluded.secret, last_step = 0, failures = 0 where account_totp.confirmed_at is null returning account_id`,
);
/** Takes the code of a step: nobody takes it again, nor one before. */
export const takeStep = statement<[account: bigint, step: bigint], { account_id: bigint }>(
  "accounts.takeTotpStep",
  `update account_totp set last_step = $2, failures = 0, failing_since = null where account_id = $1 and last_step < $2 returning account_id`,
);
export const confirmTotp = statement<[account: bigint, at: Date], { account_id: bigint }>(
  "accounts.confirmTotp",
  `update account_totp set confirmed_at = $2 where account_id = $1 and confirmed_at is null returning account_id`,
);
/** Counts a guess before it is looked at, so that many at once are no way around; nothing comes back when there were `most` since. */
export const claimGuess = statement<[account: bigint, at: Date, since: Date, most: number], { account_id: bigint }>(
  "accounts.claimTotpGuess",
  `update account_totp set failures = case when failing_since is null or failing_since < $3 then 1 else failures + 1 end,
     failing_since = case when failing_since is null or failing_since < $3 then $2 else failing_since end
   where account_id = $1 and (failing_since is null or failing_since < $3 or failures < $4::int) returning account_id`,
);
export const forgetGuesses = statement<[account: bigint], never>(
  "accounts.forgetTotpGuesses",
  `update account_totp set failures = 0, failing_since = null where account_id = $1`,
);
export const deleteTotp = statement<[account: bigint], { account_id: bigint }>(
  "accounts.deleteTotp",
  `delete from account_totp where account_id = $1 returning account_id`,
);

export const putRecovery = statement<[account: bigint, digests: Buffer[]], never>(
  "accounts.putRecovery",
  `with gone as (delete from recovery_codes where account_id = $1 and not (digest = any($2::bytea[])))
   insert into recovery_codes (account_id, digest) select $1, d from unnest($2::bytea[]) d`,
);
export const takeRecovery = statement<[account: bigint, digest: Buffer, at: Date], { account_id: bigint }>(
  "accounts.takeRecovery",
  `update recovery_codes set used_at = $3 where account_id = $1 and digest = $2 and used_at is null returning account_id`,
);
export const recoveryLeft = statement<[account: bigint], { n: bigint }>(
  "accounts.recoveryLeft",
  `select count(*) as n from recovery_codes where account_id = $1 and used_at is null`,
);
export const deleteRecovery = statement<[account: bigint], never>(
  "accounts.deleteRecovery",
  `delete from recovery_codes where account_id = $1`,
);

export const insertLoginStep = statement<[digest: Buffer, account: bigint, expires: Date], never>(
  "accounts.insertLoginStep",
  `insert into login_steps (digest, account_id, expires_at) values ($1, $2, $3)`,
);
export const loginStep = statement<[digest: Buffer, now: Date], { account_id: bigint }>(
  "accounts.loginStep",
  `select account_id from login_steps where digest = $1 and expires_at > $2`,
);
export const deleteLoginStep = statement<[digest: Buffer], { account_id: bigint }>(
  "accounts.deleteLoginStep",
  `delete from login_steps where digest = $1 returning account_id`,
);
export const sweepFactors = statement<[now: Date, old: Date], never>(
  "accounts.sweepFactors",
  `with s as (delete from login_steps where expires_at < $1), c as (delete from passkey_challenges where expires_at < $1),
     d as (delete from known_devices where seen_at < $2)
   delete from security_events where at < $2`,
);

export interface PasskeyRow {
  id: bigint;
  account_id: bigint;
  credential_id: string;
  public_key: Buffer;
  counter: bigint;
  transports: string[];
  name: string;
  created_at: Date;
  last_used_at: Date | null;
}
const passkeyColumns = `id, account_id, credential_id, public_key, counter, transports, name, created_at, last_used_at`;
export const passkeysOf = statement<[account: bigint], PasskeyRow>(
  "accounts.passkeys",
  `select ${passkeyColumns} from passkeys where account_id = $1 order by id`,
);
export const passkeyById = statement<[credential: string], PasskeyRow>(
  "accounts.passkeyById",
  `select ${passkeyColumns} from passkeys where credential_id = $1`,
);
export const insertPasskey = statement<
  [
    id: bigint,
    account: bigint,
    credential: string,
    key: Uint8Array,
    counter: bigint,
    transports: string[],
    name: string,
    at: Date,
  ],
  PasskeyRow
>(
  "accounts.insertPasskey",
  `insert into passkeys (id, account_id, credential_id, public_key, counter, transports, name, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (credential_id) do nothing returning ${passkeyColumns}`,
);
/** Notes a use. A counter that does not grow is a copy of the authenticator; those that always say 0 do not count. */
export const usePasskey = statement<[id: bigint, counter: bigint, at: Date], { id: bigint }>(
  "accounts.usePasskey",
  `update passkeys set counter = $2, last_used_at = $3 where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning id`,
);
export const deletePasskey = statement<[id: bigint, account: bigint], { id: bigint }>(
  "accounts.deletePasskey",
  `delete from passkeys where id = $1 and account_id = $2 returning id`,
);
export const deletePasskeys = statement<[account: bigint], never>(
  "accounts.deletePasskeys",
  `delete from passkeys where account_id = $1`,
);
export const insertChallenge = statement<[digest: Buffer, account: bigint | null, expires: Date], never>(
  "accounts.insertChallenge",
  `insert into passkey_challenges (digest, account_id, expires_at) values ($1, $2, $3)`,
);
export const takeChallenge = statement<[digest: Buffer, account: bigint | null, now: Date], { digest: Buffer }>(
  "accounts.takeChallenge",
  `delete from passkey_challenges where digest = $1 and account_id is not distinct from $2 and expires_at > $3 returning digest`,
);

export const knownDevice = statement<[account: bigint, digest: Buffer], { digest: Buffer }>(
  "accounts.knownDevice",
  `select digest from known_devices where account_id = $1 and digest = $2`,
);
export const rememberDevice = statement<[account: bigint, digest: Buffer, at: Date], never>(
  "accounts.rememberDevice",
  `insert into known_devices (account_id, digest, seen_at) values ($1, $2, $3) on conflict (account_id, digest) do update set seen_at = excluded.seen_at`,
);
export const anyDevice = statement<[account: bigint], { found: boolean }>(
  "accounts.anyDevice",
  `select exists (select 1 from known_devices where account_id = $1) as found`,
);
export interface SecurityEventRow {
  id: bigint;
  kind: string;
  ip: string;
  user_agent: string;
  at: Date;
}
export const insertEvent = statement<
  [id: bigint, account: bigint, kind: string, ip: string, agent: string, at: Date],
  never
>(
  "accounts.insertSecurityEvent",
  `insert into security_events (id, account_id, kind, ip, user_agent, at) values ($1, $2, $3, $4, $5, $6)`,
);
export const eventsOf = statement<[account: bigint], SecurityEventRow>(
  "accounts.securityEvents",
  `select id, kind, ip, user_agent, at from security_events where account_id = $1 order by id desc limit 50`,
);
