import type { Task } from "#platform/jobs/worker.ts";
import { createBanks, type Banks } from "./banks.ts";
import { createCases, type Cases } from "./cases.ts";
import type { MediaSafetyDeps } from "./deps.ts";
import { createGate, type Gate } from "./gate.ts";
import { createKnown } from "./known.ts";
import { createMediaReports, type MediaReports } from "./reports.ts";
import { createKeeping, type Keeping } from "./retention.ts";

/** Known pictures, and the gate that keeps them out. */
export interface MediaSafety {
  banks: Banks;
  cases: Cases;
  gate: Gate;
  reports: MediaReports;
  keeping: Keeping;
  tasks: Task[];
}

export function createMediaSafety(deps: MediaSafetyDeps): MediaSafety {
  const gate = createGate(deps, createKnown(deps));
  const keeping = createKeeping(deps);
  return {
    ...{ banks: createBanks(deps), cases: createCases(deps), gate, reports: createMediaReports(deps), keeping },
    tasks: [...gate.tasks, ...keeping.tasks],
  };
}
