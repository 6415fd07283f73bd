import type { Account, Page, Relationship, SearchResults, Status } from "#web/lib/api/types.ts";
import { count, dayOf, monthOf } from "#web/lib/format.ts";
import { hostOf, webAddress } from "#web/lib/foreign.ts";
import { localisedAccount } from "#web/lib/localise.ts";
import { m } from "#web/lib/paraglide/messages.js";
import { accountPath, nameOf } from "#web/lib/paths.ts";
import { plainText } from "#web/lib/server/head.ts";
import { slim, slimPage } from "#web/lib/slim.ts";
import { ApiError } from "#web/lib/server/api.ts";
import type { Context, SignedInContext } from "./context.ts";
import { paging, relationshipsOf } from "./timelines.ts";

export interface ProfileData {
  account: Account;
  /** What is said about somebody elsewhere; its sentences are only on this page, so they are put together here. */
  afar: { text: string; link: string; href: string | null } | null;
  moved: string;
  /** Address of the wide picture; empty without one. */
  banner: string;
  figures: { joined: string; following: string; followers: string; posts: string };
  /** Why there is little to see here. */
  notice: string;
  badges: string[];
  /** Since when each fact is verified; empty for those that are not. */
  verified: string[];
  labels: Record<"avatar" | "options" | "mention" | "mute" | "remove" | "block" | "report", string>;
  relationship: Relationship | null;
}

/** Somebody by the name in the address. Who lives elsewhere and is not known yet is asked for there, when the reader is signed in. */
async function lookup({ api, me, params }: Pick<Context, "api" | "me" | "params">): Promise<Account> {
  const acct = params["user"] ?? "";
  try {
    return await api.get<Account>("/api/v1/accounts/lookup", { acct });
  } catch (cause) {
    if (!me || !acct.includes("@") || !(cause instanceof ApiError) || cause.status !== 404) throw cause;
    const query = { q: `@${acct}`, type: "accounts", resolve: true, limit: 1 };
    const { accounts } = await api.get<SearchResults>("/api/v2/search", query);
    const found = accounts.find((account) => account.acct.toLowerCase() === acct.toLowerCase());
    if (!found) throw cause;
    return found;
  }
}

/** The head of a profile: for its layout. */
export async function profile(context: Context): Promise<ProfileData> {
  const { api, me, head } = context;
  const account = await lookup(context);
  const description = plainText(account.note, 280);
  head({
    title: `${nameOf(account)} (@${account.acct})`,
    description,
    canonical: accountPath(account),
    image: account.avatar,
    type: "profile",
    // People elsewhere are found at their own server.
    noindex: (account.noindex ?? false) || hostOf(account) !== "",
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
        url: webAddress(account.url) ?? undefined,
      },
    },
  });
  const relationships = await relationshipsOf(api, me !== null && me.account.id !== account.id, [account]);
  const host = hostOf(account);
  const relationship = relationships[account.id] ?? null;
  const name = account.username;
  return {
    afar:
      host === ""
        ? null
        : {
            text: m.profile_elsewhere({ name: account.username, host }),
            link: m.profile_open_there({ host }),
            href: webAddress(account.url),
          },
    figures: {
      joined: m.profile_joined({ month: monthOf(account.created_at) }),
      following: m.profile_following({ count: count(account.following_count) }),
      followers: m.profile_followers({ count: account.followers_count }),
      posts: m.profile_posts_count({ count: account.statuses_count }),
    },
    notice: account.suspended
      ? m.profile_suspended()
      : relationship?.blocking
        ? m.you_are_blocking()
        : relationship?.blocked_by
          ? m.blocked_you()
          : "",
    badges: [
      ...(relationship?.followed_by ? [m.follows_you()] : []),
      ...(relationship?.muting ? [m.muting_badge()] : []),
      ...(account.bot ? [m.profile_bot()] : []),
    ],
    verified: account.fields.map((field) =>
      field.verified_at ? m.profile_verified({ date: dayOf(field.verified_at) }) : "",
    ),
    labels: {
      avatar: account.avatar_description || m.profile_avatar_alt({ name: nameOf(account) }),
      options: m.profile_options({ name }),
      mention: m.profile_mention({ name }),
      mute: relationship?.muting ? m.act_unmute({ name }) : m.act_mute({ name }),
      remove: m.act_remove_follower({ name }),
      report: m.act_report(),
      block: relationship?.blocking ? m.act_unblock({ name }) : m.act_block({ name }),
    },
    banner: /missing|default/.test(account.header) ? "" : account.header,
    moved: account.moved ? m.profile_moved({ name: account.username }) : "",
    account: localisedAccount(account),
    relationship,
  };
}

async function posts(
  context: Context,
  query: Record<string, boolean | string>,
): Promise<{ owner: Account; posts: Page<Status>; pinned: Status[]; own: boolean; why: string }> {
  const { api, me, url } = context;
  const owner = await lookup(context);
  const path = `/api/v1/accounts/${owner.id}/statuses`;
  const wantsPinned = query["exclude_replies"] === true && !url.searchParams.has("max_id");
  const [list, pinned] = await Promise.all([
    api.list<Status>(path, { ...paging(url), ...query }),
    wantsPinned ? api.get<Status[]>(path, { pinned: true }).catch(() => []) : Promise.resolve([]),
  ]);
  const host = hostOf(owner);
  const own = me?.account.id === owner.id;
  const afar = me ? m.empty_profile_elsewhere({ host }) : m.empty_profile_elsewhere_guest({ host });
  const here = own ? m.empty_profile_own() : m.empty_profile({ name: nameOf(owner) });
  return { owner, posts: slimPage(list), pinned: pinned.map(slim), own, why: host === "" ? here : afar };
}

/** `/@user` */
export const profilePosts = (context: Context) => posts(context, { exclude_replies: true });
/** `/@user/replies` */
export const profileReplies = (context: Context) => posts(context, {});
/** `/@user/media` */
export const profileMedia = (context: Context) => posts(context, { only_media: true, limit: "30" });

const localisedPage = (list: Page<Account>): Page<Account> => ({ ...list, items: list.items.map(localisedAccount) });

async function people(
  context: Context,
  kind: "followers" | "following",
): Promise<{ owner: Account; people: Page<Account>; relationships: Record<string, Relationship> }> {
  const { api, url, me } = context;
  const owner = await lookup(context);
  const list = await api.list<Account>(`/api/v1/accounts/${owner.id}/${kind}`, { ...paging(url), limit: "40" });
  return { owner, people: localisedPage(list), relationships: await relationshipsOf(api, me !== null, list.items) };
}

/** `/@user/followers` */
export const followers = (context: Context) => people(context, "followers");
/** `/@user/following` */
export const following = (context: Context) => people(context, "following");

/** `/follow-requests` */
export async function followRequests({ api, url }: SignedInContext): Promise<{ people: Page<Account> }> {
  return { people: localisedPage(await api.list<Account>("/api/v1/follow_requests", { ...paging(url), limit: "40" })) };
}

/** `/settings/blocks` */
export async function blocksAndMutes({ api }: SignedInContext): Promise<{ blocked: Account[]; muted: Account[] }> {
  const [blocked, muted] = await Promise.all([
    api.get<Account[]>("/api/v1/blocks", { limit: 80 }),
    api.get<Account[]>("/api/v1/mutes", { limit: 80 }),
  ]);
  return { blocked, muted };
}
