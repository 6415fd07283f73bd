import { interactions } from "#web/loaders/interact.ts";
import { Redirect } from "#web/loaders/context.ts";
import { action } from "#web/lib/server/kit.ts";
import type { Actions } from "./$types.js";

/** Each interaction as a form action: `/do?/follow` and so on. */
export const actions: Actions = Object.fromEntries(
  Object.keys(interactions(() => null)).map((name) => [
    name,
    (event: Parameters<ReturnType<typeof action>>[0]) => {
      const referer = event.request.headers.get("referer");
      return action(async (context, form) => {
        const run = interactions(() => referer)[name];
        if (!run) throw new Redirect("/");
        return run(context, form);
      })(event);
    },
  ]),
);

export const load = () => ({});
