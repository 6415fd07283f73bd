import { notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { statusText, type MastodonDeps } from "./deps.ts";
import { presentAccount } from "./present/account.ts";

// Mastodon's entities for other doors, which may not know this one: the composition root passes these on.

/** Account entities by id; unknown ones are left out. */
export async function accountEntities(deps: MastodonDeps, ids: readonly Id[]): Promise<Map<Id, unknown>> {
  const rows = await deps.accounts.profiles.get([...ids]);
  return new Map(rows.map((row) => [row.id, presentAccount(row, deps.config.publicUrl)]));
}

/** JSON text of a Status entity. 404 for what the viewer may not see. */
export async function statusEntity(deps: MastodonDeps, viewerId: Id, id: Id): Promise<string> {
  const found = await statusText(deps, viewerId, id);
  if (!found) throw notFound();
  return found.text;
}
