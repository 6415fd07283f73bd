import type { Task } from "#platform/jobs/worker.ts";
import { createBanks, type Banks } from "./banks.ts";
import { createCases, type Cases } from "./cases.ts";
import type { MediaSafetyDeps } from "./deps.ts";
import { createGate, type Gate } from "./gate.ts";
import { createKnown } from "./known.ts";

/** Known pictures, and the gate that keeps them out. */
export interface MediaSafety {
  banks: Banks;
  cases: Cases;
  gate: Gate;
  tasks: Task[];
}

export function createMediaSafety(deps: MediaSafetyDeps): MediaSafety {
  const gate = createGate(deps, createKnown(deps));
  return { banks: createBanks(deps), cases: createCases(deps), gate, tasks: gate.tasks };
}
