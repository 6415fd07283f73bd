import { statement } from "#platform/db/sql.ts";

export const getSettings = statement<[], { key: string; value: unknown }>(
  "instance.settings",
  `select key, value from settings`,
);

export const putSetting = statement<[key: string, value: string], never>(
  "instance.putSetting",
  `insert into settings (key, value) values ($1, $2::jsonb) on conflict (key) do update set value = excluded.value, updated_at = now()`,
);

export interface RuleRow {
  id: bigint;
  text: string;
  hint: string;
}

export const listRules = statement<[], RuleRow>(
  "instance.rules",
  `select id, text, hint from rules order by position, id`,
);
export const clearRules = statement<[], never>("instance.clearRules", `delete from rules`);
export const addRule = statement<[id: bigint, position: number, text: string, hint: string], never>(
  "instance.addRule",
  `insert into rules (id, position, text, hint) values ($1, $2, $3, $4)`,
);
