/** The wall, single memes, where pictures come from, and the wallet. */
import type {
  Leader,
  Meme,
  ProvenanceAnswer,
  Stake,
  Wallet,
  WalletEntry,
  WalletHold,
  WalletLot,
} from "#web/lib/api/meme-types.ts";
import type { Page } from "#web/lib/api/types.ts";
import { ApiError } from "#web/lib/server/api.ts";
import { m } from "#web/lib/paraglide/messages.js";
import type { Context, SignedInContext } from "./context.ts";
import { localPath, Problem } from "./context.ts";

const API = "/api/skein/v1";
const sorts = ["hot", "new", "top"] as const;
const periods = ["day", "month", "all"] as const;
type Sort = (typeof sorts)[number];
type Period = (typeof periods)[number];

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

export interface WallData {
  memes: Page<Meme>;
  sort: Sort;
  period: Period;
  leaders: Leader[];
}

/** `/memes/wall` */
export async function wall({ api, url, head }: Context): Promise<WallData> {
  head({ title: m.wall_title(), description: m.wall_lead(), canonical: "/memes/wall" });
  const sort = sorts.find((s) => s === url.searchParams.get("sort")) ?? "hot";
  const period = periods.find((p) => p === url.searchParams.get("period")) ?? "month";
  const [memes, leaders] = await Promise.all([
    api.list<Meme>(`${API}/memes/wall`, { sort, period, cursor: url.searchParams.get("cursor"), limit: 20 }),
    sort === "top" ? api.get<Leader[]>(`${API}/memes/leaders`) : [],
  ]);
  return { memes, sort, period, leaders };
}

/** `/memes/<id>` */
export async function meme({ api, params, head }: Context): Promise<{ meme: Meme; remixes: Meme[] }> {
  const id = params["id"] ?? "";
  const [found, remixes] = await Promise.all([
    api.get<Meme>(`${API}/memes/${id}`),
    api.get<Meme[]>(`${API}/memes/${id}/remixes`, { limit: 12 }).catch(() => []),
  ]);
  head({
    title: found.captions.filter((c) => c !== "").join(" / ") || m.memes_title(),
    description: found.alt,
    canonical: `/memes/${id}`,
    image: found.image_url,
    imageAlt: found.alt,
    card: true,
    type: "article",
  });
  return { meme: found, remixes: remixes.filter((r) => r.id !== found.id) };
}

/** Votes by form. */
export async function vote({ api, url }: Context, form: FormData): Promise<string> {
  await api.send("PUT", `${API}/memes/${encodeURIComponent(text(form, "id"))}/vote`, { value: text(form, "value") });
  return localPath(text(form, "back"), url.pathname);
}

/** One's own draft goes. */
export async function removeMeme({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", `${API}/memes/${encodeURIComponent(text(form, "id"))}`);
  flash("deleted");
  return "/memes";
}

/** `/memes/check`, with a digest in the address. */
export async function check({ api, url, head }: Context): Promise<{ answer: ProvenanceAnswer | null }> {
  head({ title: m.check_title(), description: m.check_lead(), canonical: "/memes/check" });
  const sha256 = url.searchParams.get("sha256");
  return { answer: sha256 ? await api.get<ProvenanceAnswer>(`${API}/provenance`, { sha256 }).catch(() => null) : null };
}

/** A file is shown: what do we know of it? */
export async function checkFile({ api }: Context, form: FormData): Promise<{ answer: ProvenanceAnswer }> {
  const file = form.get("image");
  if (!(file instanceof File) || file.size === 0) throw new Problem(422, m.check_no_file());
  const body = new FormData();
  body.set("image", file, file.name);
  return { answer: await api.send<ProvenanceAnswer>("POST", `${API}/provenance`, body) };
}

export interface WalletData {
  wallet: Wallet;
  entries: WalletEntry[];
  holds: WalletHold[];
  lots: WalletLot[];
  older: string | null;
  /** Shown only to those who have tokens or had staked some. */
  stakes: Stake[];
  /** Key of the next stake: the same form sent twice stakes once. */
  attempt: string;
}

const ENTRIES = 40;

/** `/wallet` */
export async function wallet({ api, url }: SignedInContext): Promise<WalletData> {
  const [own, entries, holds, lots, stakes] = await Promise.all([
    api.get<Wallet>(`${API}/wallet`),
    api.get<WalletEntry[]>(`${API}/wallet/entries`, { max_id: url.searchParams.get("max_id"), limit: ENTRIES }),
    api.get<WalletHold[]>(`${API}/wallet/holds`),
    api.get<WalletLot[]>(`${API}/wallet/lots`),
    api.get<Stake[]>(`${API}/wallet/stakes`),
  ]);
  const older = entries.length < ENTRIES ? null : (entries.at(-1)?.id ?? null);
  return { wallet: own, entries, holds, lots, older, stakes, attempt: crypto.randomUUID() };
}

/** Locks tokens for some time. */
export async function stake({ api, flash }: Context, form: FormData): Promise<string> {
  const wish = { amount: text(form, "amount").replace(",", "."), lock_days: text(form, "lock_days") };
  try {
    await api.send("POST", `${API}/wallet/stakes`, wish, {
      "idempotency-key": text(form, "key") || crypto.randomUUID(),
    });
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 402) throw new Problem(402, m.wallet_funds());
    throw cause;
  }
  flash("saved");
  return "/wallet";
}

/** Ends a stake whose time is over. */
export async function unbond({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", `${API}/wallet/stakes/${encodeURIComponent(text(form, "id"))}`);
  flash("saved");
  return "/wallet";
}
