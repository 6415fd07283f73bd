import { statement } from "#platform/db/sql.ts";

export interface ModeratedRow {
  id: bigint;
  username: string;
  domain: string | null;
  suspended: boolean;
  silenced: boolean;
  disabled: boolean;
  sensitized: boolean;
  labels: string[];
  /** Null for people elsewhere. */
  role: string | null;
  email: string | null;
  language: string | null;
}
export const lockModerated = statement<[id: bigint], ModeratedRow>(
  "accounts.lockModerated",
  `select a.id, a.username, a.domain, a.suspended_at is not null as suspended, a.silenced_at is not null as silenced, u.disabled_at is not null as disabled,
     a.sensitized_at is not null as sensitized, a.labels, u.role, u.email, u.preferences ->> 'locale' as language
   from accounts a left join users u on u.account_id = a.id where a.id = $1 and a.deleted_at is null for update of a`,
);
export const sensitizeAccount = statement<[id: bigint, sensitized: boolean], never>(
  "accounts.sensitize",
  `update accounts set sensitized_at = case when $2 then coalesce(sensitized_at, now()) end where id = $1`,
);
export const labelAccount = statement<[id: bigint, labels: string[]], never>(
  "accounts.label",
  `update accounts set labels = $2 where id = $1`,
);

/** Accounts that share something with one: a network address of a session, the program on it, or the invitation. Addresses of this machine say nothing. */
export const network = statement<[id: bigint], { id: bigint; username: string; via: string }>(
  "accounts.network",
  `with own as (select distinct ip, user_agent from sessions where account_id = $1 and ip <> '' and ip <> '::1' and ip not like '127.%')
   select x.id, x.username, min(x.via) as via from (
     select a.id, a.username, case when s.user_agent = o.user_agent then '1 device' else '2 address' end as via
       from own o join sessions s on s.ip = o.ip join accounts a on a.id = s.account_id where s.account_id <> $1
     union all
     select a.id, a.username, '3 invitation' from users me join users u on u.invite_id = me.invite_id and u.account_id <> $1 join accounts a on a.id = u.account_id where me.account_id = $1
   ) x group by x.id, x.username order by via, x.id desc limit 50`,
);
