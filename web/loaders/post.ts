import type {
  Account,
  Context as Answers,
  Instance,
  Page,
  Relationship,
  Status,
  StatusEdit,
} from "#web/lib/api/types.ts";
import { arrange } from "#web/lib/thread.ts";
import type { Conversation } from "#web/lib/thread.ts";
import { hostOf, webAddress } from "#web/lib/foreign.ts";
import { localised, localisedAccount } from "#web/lib/localise.ts";
import { nameOf, postPath } from "#web/lib/paths.ts";
import { plainText } from "#web/lib/server/head.ts";
import type { HeadTags } from "#web/lib/server/head.ts";
import { slim } from "#web/lib/slim.ts";
import type { Context } from "./context.ts";
import { Redirect } from "./context.ts";
import { paging, relationshipsOf } from "./timelines.ts";

export interface PostData extends Conversation {
  compose: { instance: Instance; key: string } | null;
}

/** What link previews and search engines read about a post. A warning hides the text and the pictures there too. */
function postHead(status: Status): HeadTags {
  const text = status.spoiler_text || plainText(status.content, 400);
  const picture =
    status.sensitive || status.spoiler_text
      ? undefined
      : status.media_attachments.find((media) => media.type === "image");
  const hidden =
    (status.account.noindex ?? false) ||
    hostOf(status.account) !== "" ||
    (status.visibility !== "public" && status.visibility !== "unlisted");
  return {
    title: nameOf(status.account),
    description: text,
    canonical: postPath(status),
    image: picture?.preview_url ?? status.account.avatar,
    imageAlt: picture?.description ?? null,
    type: "article",
    card: picture !== undefined,
    noindex: hidden,
    structured: hidden
      ? null
      : {
          "@context": "https://schema.org",
          "@type": "SocialMediaPosting",
          headline: text.slice(0, 110),
          articleBody: text,
          datePublished: status.created_at,
          dateModified: status.edited_at ?? status.created_at,
          url: webAddress(status.url) ?? undefined,
          author: {
            "@type": "Person",
            name: nameOf(status.account),
            alternateName: `@${status.account.acct}`,
            url: webAddress(status.account.url) ?? undefined,
          },
          ...(picture ? { image: picture.url } : {}),
          commentCount: status.replies_count,
          interactionStatistic: {
            "@type": "InteractionCounter",
            interactionType: "https://schema.org/LikeAction",
            userInteractionCount: status.favourites_count,
          },
        },
  };
}

/** `/@user/:id` */
export async function post({ api, params, me, instance, url, head }: Context): Promise<PostData> {
  const id = params["id"] ?? "";
  const [status, conversation] = await Promise.all([
    api.get<Status>(`/api/v1/statuses/${id}`),
    api.get<Answers>(`/api/v1/statuses/${id}/context`),
  ]);
  const shown = status.reblog ?? status;
  if (shown.account.acct !== params["user"] || shown.id !== id) throw new Redirect(postPath(shown) + url.search);
  head(postHead(shown));
  return { ...arrange(shown, conversation), compose: me ? { instance, key: crypto.randomUUID() } : null };
}

/** `/@user/:id/history`: the versions, newest first. */
export async function postHistory({ api, params }: Context): Promise<{ status: Status; versions: StatusEdit[] }> {
  const id = params["id"] ?? "";
  const [status, versions] = await Promise.all([
    api.get<Status>(`/api/v1/statuses/${id}`),
    api.get<StatusEdit[]>(`/api/v1/statuses/${id}/history`),
  ]);
  const ready = versions.map((version) => ({
    ...version,
    content: localised(version.content, status.emojis, status.mentions),
  }));
  return { status: slim(status), versions: ready.toReversed() };
}

async function people(
  { api, params, url, me }: Context,
  kind: "reblogged_by" | "favourited_by",
): Promise<{ status: Status; people: Page<Account>; relationships: Record<string, Relationship> }> {
  const id = params["id"] ?? "";
  const [status, list] = await Promise.all([
    api.get<Status>(`/api/v1/statuses/${id}`),
    api.list<Account>(`/api/v1/statuses/${id}/${kind}`, { ...paging(url), limit: "40" }),
  ]);
  return {
    status,
    people: { ...list, items: list.items.map(localisedAccount) },
    relationships: await relationshipsOf(api, me !== null, list.items),
  };
}
/** `/@user/:id/boosts` */
export const postBoosts = (context: Context) => people(context, "reblogged_by");
/** `/@user/:id/likes` */
export const postLikes = (context: Context) => people(context, "favourited_by");

/** `/@user/:id/options`: the post's menu as a page, for readers without scripts. */
export async function postOptions({
  api,
  params,
  me,
}: Context): Promise<{ status: Status; relationship: Relationship | null }> {
  const status = await api.get<Status>(`/api/v1/statuses/${params["id"] ?? ""}`);
  const relationships = await relationshipsOf(api, me !== null && me.account.id !== status.account.id, [
    status.account,
  ]);
  return { status: slim(status), relationship: relationships[status.account.id] ?? null };
}
