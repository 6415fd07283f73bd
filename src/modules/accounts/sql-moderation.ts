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
