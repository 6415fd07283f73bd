import { statement } from "#platform/db/sql.ts";

export interface AppealRow {
  id: bigint;
  action_id: bigint;
  account_id: bigint | null;
  text: string;
  at: Date;
  due_at: Date;
  first_decider: bigint | null;
  reviewer: bigint | null;
  outcome: "upheld" | "overturned" | null;
  answer: string;
  decided_at: Date | null;
}
const columns = `id, action_id, account_id, text, at, due_at, first_decider, reviewer, outcome, answer, decided_at`;

/** One appeal for each action; a second one answers no row. */
export const insertAppeal = statement<
  [id: bigint, action: bigint, account: bigint | null, text: string, at: Date, due: Date, decider: bigint | null],
  AppealRow
>(
  "safety.insertAppeal",
  `insert into mod_appeals (id, action_id, account_id, text, at, due_at, first_decider) values ($1, $2, $3, $4, $5, $6, $7) on conflict (action_id) do nothing returning ${columns}`,
);
export const lockAppeal = statement<[id: bigint], AppealRow>(
  "safety.lockAppeal",
  `select ${columns} from mod_appeals where id = $1 for update`,
);
export const decideAppeal = statement<
  [id: bigint, reviewer: bigint | null, outcome: string, answer: string, at: Date],
  AppealRow
>(
  "safety.decideAppeal",
  `update mod_appeals set reviewer = $2, outcome = $3, answer = $4, decided_at = $5 where id = $1 and outcome is null returning ${columns}`,
);
export const openAppeals = statement<[after: bigint | null, limit: number], AppealRow>(
  "safety.openAppeals",
  `select ${columns} from mod_appeals where outcome is null and ($1::int8 is null or id > $1) order by id limit $2::int`,
);
export const closedAppeals = statement<[before: bigint | null, limit: number], AppealRow>(
  "safety.closedAppeals",
  `select ${columns} from mod_appeals where outcome is not null and ($1::int8 is null or id < $1) order by id desc limit $2::int`,
);
export const appealsOf = statement<[actions: bigint[]], AppealRow>(
  "safety.appealsOf",
  `select ${columns} from mod_appeals where action_id = any($1::int8[])`,
);
export const ownReports = statement<
  [account: bigint],
  { id: bigint; target_account_id: bigint; category: string; state: string | null; closed_at: Date | null }
>(
  "safety.ownReports",
  `select r.id, r.target_account_id, r.category, c.state, c.closed_at from reports r left join mod_cases c on c.id = r.case_id where r.account_id = $1 order by r.id desc limit 40`,
);
