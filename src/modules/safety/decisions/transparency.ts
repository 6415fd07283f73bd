import { one, run } from "#platform/db/sql.ts";
import type { DecisionsDeps } from "./deps.ts";
import { actionCounts, appealCounts, noticeCounts, reportCounts } from "./sql-transparency.ts";

/** A share with its 95 % interval (Wilson's score), so that three of four does not look like 75 %. */
export interface Share {
  of: number;
  count: number;
  low: number;
  high: number;
}

const Z = 1.959964;

/** Wilson's score interval for `count` of `of`; the whole range when nothing was counted. */
export function wilson(count: number, of: number): Share {
  if (of === 0) return { of, count, low: 0, high: 1 };
  const p = count / of;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return { of, count, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** What was reported and decided in a span of time (Articles 15 and 24 of Regulation (EU) 2022/2065). No person can be told from it. */
export interface Transparency {
  from: Date;
  to: Date;
  actions: { kind: string; automated: boolean; ground: string; count: number; undone: number }[];
  notices: { category: string; count: number; acted: number; answered: number; medianHours: number | null }[];
  reports: { category: string; count: number; acted: number; medianHours: number | null }[];
  appeals: { filed: number; medianHours: number | null; overturned: Share; overturnedAutomated: Share };
}

export async function transparency(deps: Pick<DecisionsDeps, "pool">, from: Date, to: Date): Promise<Transparency> {
  const [actions, notices, reports, appeals] = await Promise.all([
    run(deps.pool, actionCounts, from, to),
    run(deps.pool, noticeCounts, from, to),
    run(deps.pool, reportCounts, from, to),
    one(deps.pool, appealCounts, from, to),
  ]);
  return {
    from,
    to,
    actions: actions.map((a) => ({
      kind: a.kind,
      automated: a.automated,
      ground: a.ground,
      count: Number(a.n),
      undone: Number(a.undone),
    })),
    notices: notices.map((n) => ({
      category: n.category,
      count: Number(n.n),
      acted: Number(n.acted),
      answered: Number(n.answered),
      medianHours: n.median_hours,
    })),
    reports: reports.map((r) => ({
      category: r.category,
      count: Number(r.n),
      acted: Number(r.acted),
      medianHours: r.median_hours,
    })),
    appeals: {
      filed: Number(appeals?.filed ?? 0n),
      medianHours: appeals?.median_hours ?? null,
      overturned: wilson(Number(appeals?.overturned ?? 0n), Number(appeals?.decided ?? 0n)),
      overturnedAutomated: wilson(Number(appeals?.automated_overturned ?? 0n), Number(appeals?.automated ?? 0n)),
    },
  };
}
