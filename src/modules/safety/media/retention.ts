import { hash } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Id } from "#platform/ids.ts";
import { note, type MediaSafetyDeps } from "./deps.ts";
import { evidenceOf, lockCase } from "./sql-cases.ts";
import { purge, retentionOf, setHold, setReleased } from "./sql-reports.ts";

export interface Retention {
  /** Why it must not be deleted; null when nobody wants it held. */
  holdReason: string | null;
  /** When somebody agreed that it is deleted after its time. */
  releasedAt: Date | null;
  /** When its time is over; null where there is no evidence. */
  endsAt: Date | null;
}

/** How long evidence stays. */
export interface Keeping {
  get(caseId: Id): Promise<Retention>;
  /** Keeps evidence whatever happens, e.g. for a court. Null ends that. */
  hold(caseId: Id, by: Id | null, reason: string | null): Promise<Retention>;
  /** Lets evidence go when its time is over, or takes that back. 409 while it is held. */
  release(caseId: Id, by: Id | null, released: boolean): Promise<Retention>;
  /**
   * Compares sealed evidence with what the audit log says was sealed: false when it was changed, exchanged or lost. 404 for a case that never had any.
   */
  intact(caseId: Id): Promise<boolean>;
  tasks: Task[];
}

const DAY_MS = 86_400_000;
const SLICE = 100;

export const sealedDigest = (sealed: Uint8Array): string => hash("sha256", sealed, "hex");

export function createKeeping(deps: MediaSafetyDeps): Keeping {
  const keepMs = deps.evidenceDays * DAY_MS;

  async function get(caseId: Id): Promise<Retention> {
    const row = await one(deps.pool, retentionOf, caseId);
    if (!row) throw notFound();
    const endsAt = row.sealed_at === null ? null : new Date(row.sealed_at.getTime() + keepMs);
    return { holdReason: row.hold_reason, releasedAt: row.released_at, endsAt };
  }

  return {
    get,
    async hold(caseId, by, reason) {
      await deps.tx(async (db) => {
        if (!(await one(db, lockCase, caseId))) throw notFound();
        await exec(db, setHold, caseId, reason);
        await note(deps, db, {
          ...{ actor: by ?? undefined, caseId },
          ...(reason === null ? { action: "hold.end" } : { action: "hold.begin", detail: reason }),
        });
      });
      return get(caseId);
    },
    async release(caseId, by, released) {
      await deps.tx(async (db) => {
        if (!(await one(db, lockCase, caseId))) throw notFound();
        const row = await one(db, retentionOf, caseId);
        if (released && row?.hold_reason != null)
          throw new AppError("conflict", "This evidence is held. Whoever holds it ends that first.");
        await exec(db, setReleased, caseId, released ? deps.clock.now() : null);
        await note(deps, db, {
          ...{ actor: by ?? undefined, caseId },
          action: released ? "evidence.release" : "evidence.keep",
        });
      });
      return get(caseId);
    },
    async intact(caseId) {
      const page = { before: 2n ** 62n, after: 0n, limit: 2, upward: false };
      const opened = await deps.audit.list(page, { verb: "media.case.open", object: `media_case:${caseId}` });
      const data: unknown = JSON.parse(opened[0]?.data ?? "{}");
      const said = typeof data === "object" && data !== null && "sealed" in data ? data.sealed : undefined;
      const kept = await one(deps.pool, evidenceOf, caseId);
      if (said === undefined && !kept) throw notFound();
      return kept !== undefined && sealedDigest(kept.sealed) === said;
    },
    tasks: [
      {
        name: "safety.purgeEvidence",
        cron: "41 3 * * *",
        timeLimitMs: 600_000,
        async run() {
          const before = new Date(deps.clock.ms() - keepMs);
          for (let gone = SLICE; gone === SLICE;)
            gone = await deps.tx(async (db) => {
              const cases = await run(db, purge, before, SLICE);
              for (const { case_id: caseId } of cases) await note(deps, db, { action: "evidence.purge", caseId });
              return cases.length;
            });
        },
      },
    ],
  };
}
