import { run } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { createRedress, type Redress } from "./appeals.ts";
import { createModCases, type ModCases } from "./cases.ts";
import { createDeciding, type Deciding } from "./decide.ts";
import type { DecisionsDeps } from "./deps.ts";
import { createNotices, type Notices } from "./notices.ts";
import { actionsOfDecision, expired } from "./sql.ts";
import { tellTasks } from "./tell.ts";
import { transparency, type Transparency } from "./transparency.ts";
import { createExplain, type Explain, type Explained } from "./told.ts";

/** Cases, decisions, statements of reasons, and redress: one place for every restriction of a person or post, whoever decided it. */
export interface Decisions extends Deciding {
  cases: ModCases;
  notices: Notices;
  redress: Redress;
  explain: Explain;
  /** What was decided together, with its reasons; without what was taken back before anybody was told. */
  ofDecision(decisionId: Id): Promise<Explained[]>;
  /** Numbers of what was reported and decided between two moments. */
  transparency(from: Date, to: Date): Promise<Transparency>;
  tasks: Task[];
}

export function createDecisions(deps: DecisionsDeps): Decisions {
  const deciding = createDeciding(deps);
  const explain = createExplain(deps);
  const notices = createNotices(deps);
  return {
    ...deciding,
    cases: createModCases(deps, deciding),
    notices,
    redress: createRedress(deps, deciding, explain),
    explain,
    ofDecision: async (id) => explain.explain(await run(deps.pool, actionsOfDecision, id)),
    transparency: (from, to) => transparency(deps, from, to),
    tasks: [
      ...tellTasks(deps, explain),
      ...notices.tasks,
      {
        name: "safety.expireActions",
        cron: "* * * * *",
        async run() {
          for (const { id } of await run(deps.pool, expired, deps.clock.now()))
            await deps
              .tx((db) => deciding.undoIn(db, id, { expiry: true }, ""))
              .catch((err: unknown) => deps.log.warn({ err, action: id.toString() }, "an action could not be ended"));
        },
      },
    ],
  };
}
