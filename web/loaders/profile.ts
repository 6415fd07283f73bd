import type { Account, Page, Relationship, Status } from "#web/lib/api/types.ts";
import { accountPath, nameOf } from "#web/lib/paths.ts";
import { plainText } from "#web/lib/server/head.ts";
import { slim, slimPage } from "#web/lib/slim.ts";
import type { Api } from "#web/lib/server/api.ts";
import type { Context, SignedInContext } from "./context.ts";
import { paging, relationshipsOf } from "./timelines.ts";

export interface ProfileData {
  account: Account;
  relationship: Relationship | null;
}

const lookup = (api: Api, name: string | undefined): Promise<Account> =>
  api.get<Account>("/api/v1/accounts/lookup", { acct: name ?? "" });

/** The head of a profile: for its layout. */
export async function profile({ api, me, params, head }: Context): Promise<ProfileData> {
  const account = await lookup(api, params["user"]);
  const description = plainText(account.note, 280);
  head({
    title: `${nameOf(account)} (@${account.acct})`,
    description,
    canonical: accountPath(account),
    image: account.avatar,
    type: "profile",
    noindex: account.noindex ?? false,
    structured: {
      "@context": "https://schema.org",
      "@type": "ProfilePage",
      dateCreated: account.created_at,
      mainEntity: {
        "@type": "Person",
        name: nameOf(account),
        alternateName: `@${account.acct}`,
        description,
        image: account.avatar,
        url: account.url,
      },
    },
  });
  const relationships = await relationshipsOf(api, me !== null && me.account.id !== account.id, [account]);
  return { account, relationship: relationships[account.id] ?? null };
}

async function posts(
  context: Context,
  query: Record<string, boolean | string>,
): Promise<{ owner: Account; posts: Page<Status>; pinned: Status[] }> {
  const { api, params, url } = context;
  const owner = await lookup(api, params["user"]);
  const path = `/api/v1/accounts/${owner.id}/statuses`;
  const wantsPinned = query["exclude_replies"] === true && !url.searchParams.has("max_id");
  const [list, pinned] = await Promise.all([
    api.list<Status>(path, { ...paging(url), ...query }),
    wantsPinned ? api.get<Status[]>(path, { pinned: true }).catch(() => []) : Promise.resolve([]),
  ]);
  return { owner, posts: slimPage(list), pinned: pinned.map(slim) };
}

/** `/@user` */
export const profilePosts = (context: Context) => posts(context, { exclude_replies: true });
/** `/@user/replies` */
export const profileReplies = (context: Context) => posts(context, {});
/** `/@user/media` */
export const profileMedia = (context: Context) => posts(context, { only_media: true, limit: "30" });

async function people(
  context: Context,
  kind: "followers" | "following",
): Promise<{ owner: Account; people: Page<Account>; relationships: Record<string, Relationship> }> {
  const { api, params, url, me } = context;
  const owner = await lookup(api, params["user"]);
  const list = await api.list<Account>(`/api/v1/accounts/${owner.id}/${kind}`, { ...paging(url), limit: "40" });
  return { owner, people: list, relationships: await relationshipsOf(api, me !== null, list.items) };
}

/** `/@user/followers` */
export const followers = (context: Context) => people(context, "followers");
/** `/@user/following` */
export const following = (context: Context) => people(context, "following");

/** `/follow-requests` */
export async function followRequests({ api, url }: SignedInContext): Promise<{ people: Page<Account> }> {
  return { people: await api.list<Account>("/api/v1/follow_requests", { ...paging(url), limit: "40" }) };
}

/** `/settings/blocks` */
export async function blocksAndMutes({ api }: SignedInContext): Promise<{ blocked: Account[]; muted: Account[] }> {
  const [blocked, muted] = await Promise.all([
    api.get<Account[]>("/api/v1/blocks", { limit: 80 }),
    api.get<Account[]>("/api/v1/mutes", { limit: 80 }),
  ]);
  return { blocked, muted };
}
