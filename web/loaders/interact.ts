/** Everything a reader does with a post or a person, as plain forms. With scripts the browser calls the API itself. */
import type { Status } from "#web/lib/api/types.ts";
import type { Context } from "./context.ts";
import { localPath, Problem } from "./context.ts";

export type Interaction = (context: Context, form: FormData) => Promise<string>;

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

const idOf = (form: FormData): string => {
  const id = text(form, "id");
  if (!/^\d{1,20}$/.test(id)) throw new Problem(400, "The form names no post or person.");
  return id;
};

/** The way back after a form: where it was sent from, at the post it was about. */
function backTo(form: FormData, referer: string | null, anchor = ""): string {
  const wish = text(form, "back");
  if (wish) return localPath(wish, "/home") + anchor;
  if (referer) {
    const url = new URL(referer);
    if (url.pathname !== "/do") return localPath(url.pathname + url.search, "/home") + anchor;
  }
  return `/home${anchor}`;
}

/** Builds the table of interactions; `referer` is where the form was sent from. */
export function interactions(referer: (context: Context) => string | null): Record<string, Interaction> {
  const onStatus =
    (verb: string): Interaction =>
    async (context, form) => {
      const id = idOf(form);
      await context.api.send("POST", `/api/v1/statuses/${id}/${verb}`, {});
      return backTo(form, referer(context), `#p-${id}`);
    };
  const onAccount =
    (verb: string): Interaction =>
    async (context, form) => {
      await context.api.send("POST", `/api/v1/accounts/${idOf(form)}/${verb}`, {});
      return backTo(form, referer(context));
    };
  const onRequest =
    (verb: string): Interaction =>
    async (context, form) => {
      await context.api.send("POST", `/api/v1/follow_requests/${idOf(form)}/${verb}`, {});
      return backTo(form, referer(context));
    };
  return {
    favourite: onStatus("favourite"),
    unfavourite: onStatus("unfavourite"),
    reblog: onStatus("reblog"),
    unreblog: onStatus("unreblog"),
    bookmark: onStatus("bookmark"),
    unbookmark: onStatus("unbookmark"),
    pin: onStatus("pin"),
    unpin: onStatus("unpin"),
    mute_thread: onStatus("mute"),
    unmute_thread: onStatus("unmute"),
    follow: onAccount("follow"),
    unfollow: onAccount("unfollow"),
    block: onAccount("block"),
    unblock: onAccount("unblock"),
    mute: onAccount("mute"),
    unmute: onAccount("unmute"),
    remove_follower: onAccount("remove_from_followers"),
    authorize: onRequest("authorize"),
    reject: onRequest("reject"),
    follow_tag: async (context, form) => {
      await context.api.send("POST", `/api/v1/tags/${encodeURIComponent(text(form, "name"))}/follow`, {});
      return backTo(form, referer(context));
    },
    unfollow_tag: async (context, form) => {
      await context.api.send("POST", `/api/v1/tags/${encodeURIComponent(text(form, "name"))}/unfollow`, {});
      return backTo(form, referer(context));
    },
    vote: async (context, form) => {
      const choices = form.getAll("choice").map(Number);
      await context.api.send("POST", `/api/v1/polls/${idOf(form)}/votes`, { choices });
      return backTo(form, referer(context));
    },
    delete: async (context, form) => {
      const deleted = await context.api.send<Status>("DELETE", `/api/v1/statuses/${idOf(form)}`);
      context.flash("deleted");
      return deleted.in_reply_to_id ? backTo(form, null) : "/home";
    },
    logout: async (context) => {
      await context.api.send("DELETE", "/api/skein/v1/sessions/current");
      context.flash("signed_out");
      return "/";
    },
  };
}
