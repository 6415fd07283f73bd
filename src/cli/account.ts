import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { ROLES, SCOPES, type Role } from "#modules/accounts/index.ts";
import type { App } from "../app.ts";
import { UsageError, withApp, type Command } from "./command.ts";

const operator = { role: "operator" } as const;

function role(text: string): Role {
  const found = ROLES.find((r) => r === text);
  if (!found) throw new UsageError(`--role ${text}: allowed are ${ROLES.join(", ")}.`);
  return found;
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing.`);
  return value;
}

async function idOf(app: App, username: string): Promise<Id> {
  const id = await app.accounts.profiles.byHandle(username.replace(/^@/, ""), null);
  if (id === undefined) throw new AppError("not_found", `There is no account @${username} here.`);
  return id;
}

/** A command that does one thing to one account. */
function simple(
  verb: string,
  options: string[],
  usage: string,
  text: string,
  action: (app: App, id: Id, options: Record<string, string | undefined>) => Promise<void>,
): Command {
  return {
    words: ["account", verb],
    usage,
    options,
    names: 1,
    run: (call) =>
      withApp(call, async (app) => {
        const [username = ""] = call.names;
        const id = await idOf(app, username);
        await action(app, id, call.options);
        call.out.result({ id: id.toString(), username }, `@${username} ${text}.`);
      }),
  };
}

export const accountCommands: Command[] = [
  {
    words: ["account", "create"],
    usage: "account create <username> --email <e> --password <p> [--role user|moderator|admin|owner] [--json]",
    options: ["email", "password", "role"],
    names: 1,
    async run(call) {
      const [username = ""] = call.names;
      const email = needed(call.options["email"], "email");
      const password = needed(call.options["password"], "password");
      const wanted = role(call.options["role"] ?? "user");
      await withApp(call, async (app) => {
        const id = await app.accounts.signUp.create({ username, email, password, role: wanted });
        call.out.result({ id: id.toString(), username }, `Created @${username} (${wanted}).`);
      });
    },
  },
  simple(
    "reset-password",
    ["password"],
    "account reset-password <username> --password <p>",
    "has a new password; all sessions ended",
    (app, id, o) => app.accounts.staff.setPassword(id, needed(o["password"], "password")),
  ),
  simple("suspend", ["reason"], "account suspend <username> [--reason <text>]", "is suspended", (app, id, o) =>
    app.safety.decisions.ensure(id, "suspend", { operator: true }, o["reason"] ?? ""),
  ),
  simple(
    "unsuspend",
    ["reason"],
    "account unsuspend <username> [--reason <text>]",
    "is not suspended any more",
    (app, id, o) => app.safety.decisions.lift(id, "suspend", { operator: true }, o["reason"] ?? ""),
  ),
  simple(
    "promote",
    ["role"],
    "account promote <username> --role user|moderator|admin|owner",
    "has a new role",
    (app, id, o) => app.accounts.staff.setRole(operator, id, role(needed(o["role"], "role"))),
  ),
  simple(
    "reset-factors",
    [],
    "account reset-factors <username>",
    "logs in with the password alone now: codes and passkeys are removed",
    async (app, id) => {
      await app.accounts.factors.reset(id);
    },
  ),
  simple("approve", [], "account approve <username>", "may log in", (app, id) => app.accounts.staff.approve(id)),
  {
    words: ["token", "create"],
    usage: 'token create <username> --scopes "read write follow push" [--json]',
    options: ["scopes"],
    names: 1,
    async run(call) {
      const [username = ""] = call.names;
      const scopes = (call.options["scopes"] ?? "read").split(/[\s,]+/).filter(Boolean);
      const unknown = scopes.filter((s) => !SCOPES.includes(s));
      if (unknown.length > 0) throw new UsageError(`Unknown scopes: ${unknown.join(", ")}.`);
      await withApp(call, async (app) => {
        const id = await idOf(app, username);
        const granted = await app.accounts.oauth.issue(id, undefined, scopes);
        call.out.result({ token: granted.token }, granted.token);
      });
    },
  },
];
