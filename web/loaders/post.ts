import type {
  Account,
  Context as Conversation,
  Instance,
  Page,
  Relationship,
  Status,
  StatusEdit,
} from "#web/lib/api/types.ts";
import type { Branch } from "#web/lib/thread.ts";
import { nameOf, postPath } from "#web/lib/paths.ts";
import { plainText } from "#web/lib/server/head.ts";
import type { HeadTags } from "#web/lib/server/head.ts";
import type { Context } from "./context.ts";
import { Redirect } from "./context.ts";
import { paging, relationshipsOf } from "./timelines.ts";

/** Nesting of replies on the page; deeper branches are opened on their own page. */
export const maxDepth = 4;
const dyes = 6;

export interface PostData {
  status: Status;
  ancestors: { status: Status; dye: number }[];
  branches: Branch[];
  dye: number;
  compose: { instance: Instance; key: string } | null;
}

/** Orders the answers to a post into branches; every participant keeps one dye throughout the conversation. */
export function arrange(status: Status, conversation: Conversation): Omit<PostData, "compose"> {
  const dyeOf = new Map<string, number>();
  const dye = (account: Account): number => {
    const known = dyeOf.get(account.id);
    if (known !== undefined) return known;
    const given = dyeOf.size % dyes;
    dyeOf.set(account.id, given);
    return given;
  };
  const ancestors = conversation.ancestors.map((item) => ({ status: item, dye: dye(item.account) }));
  const own = dye(status.account);
  const children = new Map<string, Status[]>();
  for (const item of conversation.descendants) {
    const parent = item.in_reply_to_id ?? status.id;
    const list = children.get(parent);
    if (list) list.push(item);
    else children.set(parent, [item]);
  }
  const below = (id: string): number => (children.get(id) ?? []).reduce((sum, item) => sum + 1 + below(item.id), 0);
  const branch = (item: Status, level: number, length: number): Branch => {
    const replies = children.get(item.id) ?? [];
    const itemDye = dye(item.account);
    // A reply with one answer goes on straight down; only a fork is a level deeper. A straight line is cut after some posts too.
    const next = replies.length > 1 ? level + 1 : level;
    if (next > maxDepth || length > 30) return { status: item, dye: itemDye, replies: [], hidden: below(item.id) };
    return { status: item, dye: itemDye, replies: replies.map((reply) => branch(reply, next, length + 1)), hidden: 0 };
  };
  return { status, ancestors, dye: own, branches: (children.get(status.id) ?? []).map((item) => branch(item, 1, 1)) };
}

/** What link previews and search engines read about a post. A warning hides the text and the pictures there too. */
function postHead(status: Status): HeadTags {
  const text = status.spoiler_text || plainText(status.content, 400);
  const picture =
    status.sensitive || status.spoiler_text
      ? undefined
      : status.media_attachments.find((media) => media.type === "image");
  const hidden =
    (status.account.noindex ?? false) || (status.visibility !== "public" && status.visibility !== "unlisted");
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
          url: status.url,
          author: {
            "@type": "Person",
            name: nameOf(status.account),
            alternateName: `@${status.account.acct}`,
            url: status.account.url,
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
    api.get<Conversation>(`/api/v1/statuses/${id}/context`),
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
  return { status, versions: versions.toReversed() };
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
  return { status, people: list, relationships: await relationshipsOf(api, me !== null, list.items) };
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
  return { status, relationship: relationships[status.account.id] ?? null };
}
