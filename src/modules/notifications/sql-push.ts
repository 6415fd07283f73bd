import { statement } from "#platform/db/sql.ts";

// Web Push: who wants to be told where, and the instance's key pair.

export interface KeyRow {
  public_key: string;
  private_key: string;
}
export const keys = statement<[], KeyRow>("notifications.pushKeys", `select public_key, private_key from push_keys`);
/** The first one wins: of two processes that make keys at the same time, both read those of one afterwards. */
export const insertKeys = statement<[publicKey: string, privateKey: string], never>(
  "notifications.insertPushKeys",
  `insert into push_keys (public_key, private_key) values ($1, $2) on conflict do nothing`,
);

export interface SubscriptionRow {
  id: bigint;
  endpoint: string;
  standard: boolean;
  alerts: Record<string, boolean>;
  policy: string;
}
const columns = `s.id, s.endpoint, s.standard, s.alerts, s.policy`;

/** A token has one subscription. A new one gets a new id, so that what waits for the old one finds nothing. */
export const subscribe = statement<
  [
    id: bigint,
    token: bigint,
    account: bigint,
    endpoint: string,
    p256dh: string,
    auth: string,
    alerts: string,
    policy: string,
    standard: boolean,
  ],
  SubscriptionRow
>(
  "notifications.subscribe",
  `insert into push_subscriptions as s (id, token_id, account_id, endpoint, p256dh, auth, alerts, policy, standard)
   values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
   on conflict (token_id) do update set id = excluded.id, endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
     alerts = excluded.alerts, policy = excluded.policy, standard = excluded.standard, failures = 0, created_at = now()
   returning ${columns}`,
);
/** Leaves somebody the newest `keep` subscriptions. */
export const forgetOldest = statement<[account: bigint, keep: number], never>(
  "notifications.forgetOldestPush",
  `delete from push_subscriptions where id in
     (select s.id from push_subscriptions s where s.account_id = $1 order by s.id desc offset $2::int)`,
);
export const subscription = statement<[token: bigint], SubscriptionRow>(
  "notifications.subscription",
  `select ${columns} from push_subscriptions s where s.token_id = $1`,
);
export const change = statement<[token: bigint, alerts: string | null, policy: string | null], SubscriptionRow>(
  "notifications.changeSubscription",
  `update push_subscriptions s set alerts = coalesce($2::jsonb, s.alerts), policy = coalesce($3::text, s.policy)
   where s.token_id = $1 returning ${columns}`,
);
export const unsubscribe = statement<[token: bigint], never>(
  "notifications.unsubscribe",
  `delete from push_subscriptions where token_id = $1`,
);

export interface TargetRow {
  id: bigint;
  endpoint: string;
  p256dh: string;
  auth: string;
  standard: boolean;
  locale: string | null;
}
/**
 * Where somebody wants to hear of a notification of this type, from this account; only one of the places with `subscription`. Nowhere
 * when the person may not use the tokens at the moment. The end of an own poll comes from oneself, whom nobody follows.
 */
export const targets = statement<[account: bigint, type: string, from: bigint, subscription: bigint | null], TargetRow>(
  "notifications.pushTargets",
  `select s.id, s.endpoint, s.p256dh, s.auth, s.standard, u.preferences ->> 'locale' as locale
   from push_subscriptions s join users u on u.account_id = s.account_id join accounts a on a.id = s.account_id
   where s.account_id = $1 and ($4::int8 is null or s.id = $4) and s.alerts -> $2::text = 'true'::jsonb
     and u.approved_at is not null and u.disabled_at is null and a.suspended_at is null and a.deleted_at is null
     and (s.policy = 'all' or (s.policy <> 'none' and $3::int8 = $1)
       or (s.policy = 'followed' and exists (select 1 from follows f where f.account_id = $1 and f.target_id = $3))
       or (s.policy = 'follower' and exists (select 1 from follows f where f.account_id = $3 and f.target_id = $1)))
   order by s.id`,
);

export const gone = statement<[id: bigint], never>(
  "notifications.pushGone",
  `delete from push_subscriptions where id = $1`,
);
export const taken = statement<[id: bigint], never>(
  "notifications.pushTaken",
  `update push_subscriptions set failures = 0 where id = $1 and failures > 0`,
);
export const refused = statement<[id: bigint], { failures: number }>(
  "notifications.pushRefused",
  `update push_subscriptions set failures = failures + 1 where id = $1 returning failures`,
);
