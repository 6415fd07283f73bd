import type { Clock } from "#platform/clock.ts";
import type { Config } from "#platform/config/config.ts";
import type { Id } from "#platform/ids.ts";
import type { Mail } from "#platform/mail/mail.ts";
import type { AccountRow, Accounts } from "#modules/accounts/index.ts";
import type { Federation } from "#modules/federation/index.ts";
import type { Instance } from "#modules/instance/index.ts";
import type { Media } from "#modules/media/index.ts";
import type { Notifications } from "#modules/notifications/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import type { Safety } from "#modules/safety/index.ts";
import type { Timelines } from "#modules/timelines/index.ts";
import { notFound } from "#platform/errors.ts";
import { linkHeader } from "#platform/http/page.ts";
import { JsonText, type Context } from "#platform/http/route.ts";
import type { StatusPresenter } from "./present/status.ts";

/** What the routes of Mastodon's API need. */
export interface MastodonDeps {
  config: Pick<Config, "publicUrl" | "domain" | "version" | "maxPostChars">;
  clock: Clock;
  mail: Mail;
  instance: Instance;
  accounts: Accounts;
  media: Media;
  posts: Posts;
  timelines: Timelines;
  notifications: Notifications;
  federation: Federation;
  safety: Safety;
  present: StatusPresenter;
}

/** Version of Mastodon's API whose entities are answered; clients switch features by it. */
export const MASTODON_VERSION = "4.6.0";

/** JSON text of accounts, in order. */
export async function accountList(deps: MastodonDeps, ids: readonly Id[]): Promise<JsonText> {
  return new JsonText(`[${(await deps.present.accounts(ids)).join(",")}]`);
}

/** JSON text of one status the viewer may see, or undefined. */
export async function statusText(deps: MastodonDeps, viewerId: Id | null, id: Id): Promise<JsonText | undefined> {
  const cards = await deps.posts.views.cards(viewerId, [id]);
  const [json] = await deps.present.render(viewerId, cards);
  return json === undefined ? undefined : new JsonText(json);
}

/** One account the viewer may look at. */
export async function visibleAccount(deps: MastodonDeps, id: Id): Promise<AccountRow> {
  const [row] = await deps.accounts.profiles.get([id]);
  if (!row) throw notFound();
  return row;
}

/** Sets the `Link` header of a list that is paged by the rows' own ids. */
export function link(ctx: Context, deps: MastodonDeps, rows: readonly { edge: Id }[], limit: number): void {
  const header = linkHeader(
    ctx.url,
    deps.config.publicUrl,
    { first: rows[0]?.edge, last: rows.at(-1)?.edge },
    rows.length >= limit,
  );
  if (header) ctx.headers.set("Link", header);
}
