/** Ways between this server and others: what a server elsewhere sends its people here for, and the other way round. */
import type { Account, Relationship, SearchResults, Status } from "#web/lib/api/types.ts";
import { localisedAccount } from "#web/lib/localise.ts";
import { slim } from "#web/lib/slim.ts";
import { webHost } from "#shared/web-host.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Redirect } from "./context.ts";
import { relationshipsOf } from "./timelines.ts";

export interface Found {
  uri: string;
  account: Account | null;
  status: Status | null;
  relationships: Record<string, Relationship>;
}

/** `/authorize_interaction?uri=`: somebody or some post, to be followed or answered from here. */
export async function authorizeInteraction({ api, url, me }: SignedInContext): Promise<Found> {
  const uri = (url.searchParams.get("uri") ?? "")
    .trim()
    .replace(/^acct:/, "")
    .slice(0, 2000);
  const { publicUrl } = webHost();
  // An address of this server needs no search.
  const local = uri.startsWith(`${publicUrl}/@`) ? new URL(uri).pathname : null;
  if (local !== null) throw new Redirect(local);
  const nothing: Found = { uri, account: null, status: null, relationships: {} };
  if (uri === "") return nothing;
  const found = await api
    .get<SearchResults>("/api/v2/search", { q: uri, resolve: true, limit: 5 })
    .catch((): SearchResults => ({ accounts: [], statuses: [], hashtags: [] }));
  const status = found.statuses[0] && /^https?:\/\//.test(uri) ? slim(found.statuses[0]) : null;
  const handle = uri.replace(/^@/, "").toLowerCase();
  const account = status
    ? null
    : (found.accounts.find((item) => item.acct.toLowerCase() === handle) ??
      (/^https?:\/\//.test(uri) ? (found.accounts[0] ?? null) : null));
  return {
    ...nothing,
    account: account && localisedAccount(account),
    status,
    relationships: await relationshipsOf(api, account?.id !== me.account.id, account ? [account] : []),
  };
}

/** The server that somebody named by handle or by host, in normal form; null for anything that is none. */
export function namedHost(text: string): string | null {
  const name = (
    text
      .trim()
      .replace(/^https?:\/\//, "")
      .replace(/\/.*$/, "")
      .split("@")
      .at(-1) ?? ""
  ).toLowerCase();
  const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : null;
  if (!url || url.host === "" || url.pathname !== "/" || url.username !== "" || url.search !== "" || url.hash !== "")
    return null;
  // Names with a dot only: no machines of somebody's own network, and no bare addresses.
  return /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::\d+)?$/.test(url.host) ? url.host : null;
}

export interface Onward {
  host: string | null;
  /** Where it goes on; null when no server was named. */
  target: string | null;
}

/** The path of a profile or of a post of this server; null for anything else. */
const ownPath = (path: string | null): string | null =>
  path !== null && /^\/@\w{1,30}(?:\/\d{1,20})?$/.test(path) ? path : null;

/** `/elsewhere?to=`: asks for the reader's own server. */
export async function elsewhere({ url }: Context): Promise<{ to: string }> {
  const to = ownPath(url.searchParams.get("to"));
  if (to === null) throw new Redirect("/");
  return { to };
}

/** The address at which somebody's own server goes on. It always leads to that one page, about something of ours. */
export async function goElsewhere({ url }: Context, form: FormData): Promise<Onward> {
  const to = ownPath(url.searchParams.get("to"));
  if (to === null) throw new Redirect("/");
  const host = namedHost(String(form.get("handle") ?? ""));
  const uri = encodeURIComponent(webHost().publicUrl + to);
  return { host, target: host === null ? null : `https://${host}/authorize_interaction?uri=${uri}` };
}
