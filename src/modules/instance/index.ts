import type { RegistrationMode } from "#platform/config/config.ts";
import type { Signals } from "#platform/cache/signals.ts";
import { exec, run } from "#platform/db/sql.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Ids } from "#platform/ids.ts";
import { addRule, clearRules, getSettings, listRules, putSetting, type RuleRow } from "./sql.ts";

/** What the owner says about the instance. */
export interface InstanceSettings {
  title: string;
  short_description: string;
  /** HTML-free text, paragraphs by empty lines. */
  description: string;
  contact_email: string;
  registrations: RegistrationMode;
  privacy_policy: string;
  terms: string;
  languages: string[];
}

export interface InstanceRule {
  id: bigint;
  text: string;
  hint: string;
}

/** Settings of this instance: kept in the database, cached in every process, refreshed by a signal. For operators. */
export interface Instance {
  settings(): Promise<Readonly<InstanceSettings>>;
  rules(): Promise<readonly InstanceRule[]>;
  update(changes: Partial<InstanceSettings>, rules?: readonly { text: string; hint: string }[]): Promise<void>;
}

interface Deps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  signals: Signals;
  defaults: { registrations: RegistrationMode; domain: string };
}

export function createInstance(deps: Deps): Instance {
  let cached: Promise<{ settings: InstanceSettings; rules: RuleRow[] }> | undefined;
  deps.signals.on("instance", () => (cached = undefined));
  deps.signals.onLost(() => (cached = undefined));

  const fallback: InstanceSettings = {
    title: "Skein",
    short_description: "",
    description: "",
    contact_email: "",
    registrations: deps.defaults.registrations,
    privacy_policy: "",
    terms: "",
    languages: ["en", "de"],
  };

  async function load(): Promise<{ settings: InstanceSettings; rules: RuleRow[] }> {
    const rows = await run(deps.pool, getSettings);
    const known = rows.filter((r) => r.key in fallback).map((r) => [r.key, r.value]);
    return { settings: { ...fallback, ...Object.fromEntries(known) }, rules: await run(deps.pool, listRules) };
  }

  function current(): Promise<{ settings: InstanceSettings; rules: RuleRow[] }> {
    if (!cached) {
      const loading = load();
      cached = loading;
      loading.catch(() => {
        if (cached === loading) cached = undefined;
      });
    }
    return cached;
  }

  return {
    settings: async () => (await current()).settings,
    rules: async () => (await current()).rules,
    async update(changes, rules) {
      await deps.tx(async (db) => {
        for (const [key, value] of Object.entries(changes)) {
          if (value !== undefined) await exec(db, putSetting, key, JSON.stringify(value));
        }
        if (rules) {
          await exec(db, clearRules);
          for (const [i, rule] of rules.entries()) await exec(db, addRule, deps.ids.next(), i, rule.text, rule.hint);
        }
        await deps.signals.send(db, "instance", "");
      });
      cached = undefined;
    },
  };
}
