import type { Account, Page, Relationship, SearchResults, Status, Tag } from "#web/lib/api/types.ts";
import { m } from "#web/lib/paraglide/messages.js";
import { localisedAccount } from "#web/lib/localise.ts";
import { slim, slimPage } from "#web/lib/slim.ts";
import type { Api } from "#web/lib/server/api.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Redirect } from "./context.ts";

/** The paging parameters of the page's address. */
export function paging(url: URL): Record<string, string | null> {
  return { max_id: url.searchParams.get("max_id"), limit: "20" };
}

/** How the reader stands to some accounts, by id; empty for readers who are not signed in. */
export async function relationshipsOf(
  api: Api,
  signedIn: boolean,
  accounts: Pick<Account, "id">[],
): Promise<Record<string, Relationship>> {
  if (!signedIn || accounts.length === 0) return {};
  const list = await api.get<Relationship[]>("/api/v1/accounts/relationships", {
    id: accounts.map((account) => account.id),
  });
  return Object.fromEntries(list.map((relationship) => [relationship.id, relationship]));
}

/** `/`: the landing page with what people read here; whoever is signed in goes home. */
export async function landing({
  api,
  me,
  head,
  instance,
}: Context): Promise<{ posts: Page<Status>; setupNeeded: boolean; invited: boolean }> {
  if (me) throw new Redirect("/home");
  const thumbnail = instance.thumbnail?.url ?? null;
  head({
    title: instance.title,
    description: instance.description,
    canonical: "/",
    image: thumbnail,
    card: thumbnail !== null,
  });
  const [trending, signup] = await Promise.all([
    api.list<Status>("/api/v1/trends/statuses", { limit: 10 }).catch(() => ({ items: [], next: null })),
    api.get<{ setup_needed: boolean; registrations: string }>("/api/skein/v1/signup"),
  ]);
  const posts =
    trending.items.length > 0
      ? { items: trending.items, next: null }
      : { items: (await api.list<Status>("/api/v1/timelines/public", { local: true, limit: 10 })).items, next: null };
  return { posts: slimPage(posts), setupNeeded: signup.setup_needed, invited: signup.registrations === "invite" };
}

/** `/home` */
export async function home({ api, url }: SignedInContext): Promise<{ posts: Page<Status> }> {
  return { posts: slimPage(await api.list<Status>("/api/v1/timelines/home", paging(url))) };
}

/** `/explore`: what moves people. */
export async function explorePosts({ api, url, head, instance }: Context): Promise<{ posts: Page<Status> }> {
  head({ title: m.explore_title(), description: instance.description, canonical: "/explore" });
  return {
    posts: slimPage(
      await api.list<Status>("/api/v1/trends/statuses", { offset: url.searchParams.get("offset"), limit: 20 }),
    ),
  };
}

/** `/explore/latest`: everything public written here. */
export async function exploreLatest({ api, url, head, instance }: Context): Promise<{ posts: Page<Status> }> {
  head({ title: m.explore_local(), description: instance.description, canonical: "/explore/latest" });
  return { posts: slimPage(await api.list<Status>("/api/v1/timelines/public", { ...paging(url), local: true })) };
}

/** `/explore/all`: everything public that has come here, from all servers. */
export async function exploreAll({ api, url, head, instance }: Context): Promise<{ posts: Page<Status> }> {
  head({ title: m.explore_all(), description: instance.description, canonical: "/explore/all", noindex: true });
  return { posts: slimPage(await api.list<Status>("/api/v1/timelines/public", paging(url))) };
}

/** `/explore/tags` */
export async function exploreTags({ api, head, instance }: Context): Promise<{ tags: Tag[] }> {
  head({ title: m.explore_tags(), description: instance.description, canonical: "/explore/tags" });
  return { tags: await api.get<Tag[]>("/api/v1/trends/tags", { limit: 20 }) };
}

/** `/explore/people` */
export async function explorePeople({
  api,
  me,
}: Context): Promise<{ people: Account[]; relationships: Record<string, Relationship> }> {
  const people = await api
    .get<Account[]>("/api/v1/directory", { local: true, order: "active", limit: 40 })
    .catch(() => []);
  return { people: people.map(localisedAccount), relationships: await relationshipsOf(api, me !== null, people) };
}

/** `/tags/:tag` */
export async function tag({ api, url, params, me, head }: Context): Promise<{ tag: Tag; posts: Page<Status> }> {
  const name = params["tag"] ?? "";
  head({ title: `#${name}`, canonical: `/tags/${encodeURIComponent(name.toLowerCase())}` });
  const [entity, posts] = await Promise.all([
    me
      ? api.get<Tag>(`/api/v1/tags/${encodeURIComponent(name)}`).catch(() => ({ name, url: "", history: [] }))
      : Promise.resolve({ name, url: "", history: [] }),
    api.list<Status>(`/api/v1/timelines/tag/${encodeURIComponent(name)}`, paging(url)),
  ]);
  return { tag: entity, posts: slimPage(posts) };
}

/** `/bookmarks` and `/favourites` */
export async function marked({
  api,
  url,
  params,
}: SignedInContext): Promise<{ list: "bookmarks" | "favourites"; posts: Page<Status> }> {
  const list = params["list"] === "favourites" ? "favourites" : "bookmarks";
  return { list, posts: slimPage(await api.list<Status>(`/api/v1/${list}`, paging(url))) };
}

/** `/search` */
export async function search({ api, url, me }: Context): Promise<{
  query: string;
  kind: string;
  results: SearchResults;
  relationships: Record<string, Relationship>;
  /** Why nothing was found, when a server was named; in the reader's language. */
  why: string;
}> {
  const query = (url.searchParams.get("q") ?? "").trim();
  const kind = url.searchParams.get("type") ?? "";
  const empty: SearchResults = { accounts: [], statuses: [], hashtags: [] };
  if (query === "") return { query, kind, results: empty, relationships: {}, why: "" };
  const host = hostIn(query);
  const results = await api.get<SearchResults>("/api/v2/search", {
    q: query,
    type: kind === "" ? null : kind,
    limit: kind === "" ? 8 : 30,
    resolve: me ? "true" : null,
  });
  return {
    query,
    kind,
    results: {
      ...results,
      accounts: results.accounts.map(localisedAccount),
      statuses: results.statuses.map(slim),
    },
    relationships: await relationshipsOf(api, me !== null, results.accounts),
    why: host === "" ? "" : me ? m.search_host_none({ host }) : m.search_host_guest({ host }),
  };
}

/** The server in a handle or in an address; empty when a search names none. */
function hostIn(query: string): string {
  const handle = /^@?[\p{L}\p{N}_.-]+@([^\s/@]+\.[^\s/@]+|localhost:\d+)$/u.exec(query)?.[1];
  if (handle !== undefined) return handle;
  return /^https?:\/\/\S+$/.test(query) && URL.canParse(query) ? new URL(query).host : "";
}
