import { UsageError, withApp, type Command } from "./command.ts";

function count(text: string | undefined, name: string, most: number): number {
  const n = text === undefined ? most : Number(text);
  if (!Number.isInteger(n) || n < 1) throw new UsageError(`--${name} ${text}: it must be a whole number from 1.`);
  return Math.min(n, most);
}

export const demoCommands: Command[] = [
  {
    words: ["demo", "load"],
    usage: "demo load [--seed N] [--accounts N] [--posts N] [--json]",
    options: ["seed", "accounts", "posts"],
    names: 0,
    async run(call) {
      // Loaded when asked for: the demo draws its pictures itself, with a library the other commands do not need.
      const { DEMO_SIZE, loadDemo } = await import("../../tools/demo/load.ts");
      const seed = Number(call.options["seed"] ?? "1");
      if (!Number.isInteger(seed)) throw new UsageError("--seed must be a whole number.");
      const size = {
        accounts: count(call.options["accounts"], "accounts", DEMO_SIZE.accounts),
        posts: count(call.options["posts"], "posts", DEMO_SIZE.posts),
      };
      await withApp(call, async (app) => {
        const made = await loadDemo({ seed, ...size, settle: false }, app, call.out.say);
        call.out.result(
          made,
          `Loaded ${made.accounts} people, ${made.posts} posts and ${made.photos} pictures. Their password is demo-password.`,
        );
      });
    },
  },
];
