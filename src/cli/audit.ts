import { AppError } from "#platform/errors.ts";
import { withApp, type Command } from "./command.ts";

export const auditCommands: Command[] = [
  {
    words: ["audit", "verify"],
    usage: "audit verify [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async (app) => {
        const found = await app.safety.audit.verify();
        if (found.ok) {
          call.out.result(
            { ok: true, first_broken: null, lines: Number(found.lines) },
            `The audit log is whole: ${found.lines} lines.`,
          );
          return;
        }
        call.out.result(
          { ok: false, first_broken: Number(found.firstBroken), reason: found.why },
          `The audit log was changed: line ${found.firstBroken}, ${found.why}.`,
        );
        throw new AppError("conflict", "The audit log is not what was written: see the first broken line.");
      }),
  },
];
