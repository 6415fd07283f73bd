import { moneyFormat } from "#platform/money.ts";
import type { Id } from "#platform/ids.ts";
import { engineLabel, type Generation, type MemeRow, type VariantRow } from "#modules/memes/index.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";

/** Where the picture of a meme or variant lies; what is there never changes. */
export function pictureUrl(publicUrl: string, key: string, size: "large" | "small" = "large"): string {
  return `${publicUrl}/api/skein/v1/memes/pictures/${key}${size === "small" ? "-540" : ""}.webp`;
}

/** Who or what made it, with the words that stand beside it everywhere. */
export function presentEngine(
  row: Pick<VariantRow, "engine" | "engine_kind" | "model">,
  lang: string,
): Record<string, unknown> {
  return {
    id: row.engine,
    kind: row.engine_kind,
    model: row.model,
    label: engineLabel(row.engine, row.engine_kind, row.model, lang),
  };
}

export function presentVariant(deps: SkeinDeps, row: VariantRow, lang: string): Record<string, unknown> {
  return {
    id: row.id.toString(),
    format: row.doc.format,
    captions: row.doc.captions.map((c) => c.text),
    alt: row.alt,
    image_url: pictureUrl(deps.config.publicUrl, row.key),
    preview_url: pictureUrl(deps.config.publicUrl, row.key, "small"),
    engine: presentEngine(row, lang),
    credits: moneyFormat(row.price, "CREDIT"),
    chips: row.chips,
    document: row.doc,
  };
}

export function presentGeneration(
  deps: SkeinDeps,
  { row, variants }: Generation,
  lang: string,
): Record<string, unknown> {
  return {
    id: row.id.toString(),
    state: row.state,
    prompt: row.prompt,
    language: row.lang,
    engine: row.engine,
    // Why another engine than the wished one answered, or fewer variants came.
    notice: row.notice,
    price: moneyFormat(row.price, "CREDIT"),
    charged: moneyFormat(row.captured, "CREDIT"),
    created_at: row.created_at.toISOString(),
    variants: variants.map((v) => presentVariant(deps, v, lang)),
  };
}

/** Memes as the API shows them, with their authors and the viewer's votes: a fixed number of queries for any number of memes. */
export async function presentMemes(
  deps: SkeinDeps,
  viewerId: Id | null,
  rows: readonly MemeRow[],
  lang: string,
): Promise<Record<string, unknown>[]> {
  const parents = rows.flatMap((r) => (r.parent_account_id === null ? [] : [r.parent_account_id]));
  const [accounts, votes] = await Promise.all([
    deps.accountEntities([...new Set([...rows.map((r) => r.account_id), ...parents])]),
    viewerId === null
      ? new Map<Id, number>()
      : deps.memes.wall.votes(
          viewerId,
          rows.map((r) => r.id),
        ),
  ]);
  const { publicUrl } = deps.config;
  return rows.map((row) => ({
    id: row.id.toString(),
    url: `${publicUrl}/memes/${row.id}`,
    image_url: pictureUrl(publicUrl, row.key),
    preview_url: pictureUrl(publicUrl, row.key, "small"),
    alt: row.alt,
    format: row.doc.format,
    captions: row.doc.captions.map((c) => c.text),
    document: row.doc,
    engine: presentEngine(row, lang),
    account: accounts.get(row.account_id) ?? null,
    // The credit stays when the meme it was made from is gone.
    remix_of:
      row.parent_account_id === null
        ? null
        : { id: row.parent_id?.toString() ?? null, account: accounts.get(row.parent_account_id) ?? null },
    root_id: row.root_id?.toString() ?? null,
    depth: row.depth,
    remixes: row.remixes,
    remix_policy: row.remix_policy,
    votes: { up: row.up, down: row.down, own: votes.get(row.id) ?? 0 },
    state: row.state,
    status_id: row.post_id?.toString() ?? null,
    created_at: row.created_at.toISOString(),
    published_at: row.published_at?.toISOString() ?? null,
  }));
}

/** The language for labels: what the client asks for, else its first accepted one. */
export function langOf(request: Request): string {
  return /^\s*de\b/i.test(request.headers.get("accept-language") ?? "") ? "de" : "en";
}
