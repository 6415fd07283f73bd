import { parseId } from "#platform/ids.ts";
import { UsageError, withApp, type Command } from "./command.ts";

const LIST = 100;

/** Objections, for instances where nobody else than the first decider could look at them. */
export const appealCommands: Command[] = [
  {
    words: ["appeal", "list"],
    usage: "appeal list [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async (app) => {
        const { redress, explain } = app.safety.decisions;
        const open = (await redress.list("open", null, LIST)).map(({ appeal, action, explained }) => ({
          id: appeal.id.toString(),
          username: action.handle,
          action: action.kind,
          decision: explained ? explain.lines("en", explained.told).join("\n") : "",
          text: appeal.text,
          due_at: appeal.due_at.toISOString(),
        }));
        const lines = open.map(
          (a) => `${a.id}  @${a.username}  ${a.action}  due ${a.due_at}\n${a.decision}\n> ${a.text}`,
        );
        call.out.result(open, open.length === 0 ? "No objections wait." : lines.join("\n\n"));
      }),
  },
  {
    words: ["appeal", "decide"],
    usage: "appeal decide <id> --outcome upheld|overturned --answer <text> [--json]",
    options: ["outcome", "answer"],
    names: 1,
    run: (call) => {
      const id = parseId(call.names[0] ?? "");
      const { outcome, answer = "" } = call.options;
      if (id === undefined) throw new UsageError("<id> is the number that `appeal list` shows.");
      if (outcome !== "upheld" && outcome !== "overturned")
        throw new UsageError("--outcome is upheld (the decision stays) or overturned (it is taken back).");
      return withApp(call, async (app) => {
        await app.safety.decisions.redress.review(id, { operator: true }, outcome, answer);
        call.out.result({ id: id.toString(), outcome }, `Decided: ${outcome}. The person is told by mail.`);
      });
    },
  },
];
