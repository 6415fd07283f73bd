import { statement } from "#platform/db/sql.ts";

type Span = [from: Date, to: Date];

export const actionCounts = statement<
  Span,
  { kind: string; automated: boolean; ground: string; n: bigint; undone: bigint }
>(
  "safety.countActions",
  `select a.kind, s.automated_decision as automated, s.ground, count(*) as n, count(r.id) as undone from mod_actions a join mod_statements s on s.action_id = a.id
     left join mod_actions r on r.reverses_id = a.id and r.source in ('person', 'operator', 'appeal')
   where a.at >= $1 and a.at < $2 and a.reverses_id is null group by a.kind, s.automated_decision, s.ground order by a.kind, 2, 3`,
);
export const noticeCounts = statement<
  Span,
  { category: string; n: bigint; acted: bigint; answered: bigint; median_hours: number | null }
>(
  "safety.countNotices",
  `select category, count(*) as n, count(*) filter (where outcome = 'acted') as acted, count(answered_at) as answered,
     percentile_cont(0.5) within group (order by extract(epoch from answered_at - received_at) / 3600)::float8 as median_hours
   from mod_notices where received_at >= $1 and received_at < $2 group by category order by category`,
);
export const reportCounts = statement<
  Span,
  { category: string; n: bigint; acted: bigint; median_hours: number | null }
>(
  "safety.countReports",
  `select r.category, count(*) as n, count(*) filter (where c.state = 'decided') as acted,
     percentile_cont(0.5) within group (order by extract(epoch from c.closed_at - c.opened_at) / 3600)::float8 as median_hours
   from reports r left join mod_cases c on c.id = r.case_id where r.updated_at >= $1 and r.updated_at < $2 group by r.category order by r.category`,
);
export const appealCounts = statement<
  Span,
  {
    filed: bigint;
    decided: bigint;
    overturned: bigint;
    automated: bigint;
    automated_overturned: bigint;
    median_hours: number | null;
  }
>(
  "safety.countAppeals",
  `select count(*) as filed, count(p.outcome) as decided, count(*) filter (where p.outcome = 'overturned') as overturned,
     count(p.outcome) filter (where s.automated_decision) as automated, count(*) filter (where p.outcome = 'overturned' and s.automated_decision) as automated_overturned,
     percentile_cont(0.5) within group (order by extract(epoch from p.decided_at - p.at) / 3600)::float8 as median_hours
   from mod_appeals p join mod_statements s on s.action_id = p.action_id where p.at >= $1 and p.at < $2`,
);
