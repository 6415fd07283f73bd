import { z } from "zod";
import { notFound } from "#platform/errors.ts";
import { zBool, zFile, zText } from "#platform/http/fields.ts";
import { pageOf } from "#platform/http/page.ts";
import { route, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import type { MastodonDeps } from "./deps.ts";
import { exclusivePictures } from "./pictures.ts";
import { movedTo, presentCredentialAccount, type AccountEntity } from "./present/account.ts";

export async function credentialAccount(deps: MastodonDeps, accountId: Id): Promise<AccountEntity> {
  const [row] = await deps.accounts.profiles.get([accountId]);
  if (!row) throw notFound();
  const preferences = await deps.accounts.profiles.preferences(accountId);
  const requests = await deps.accounts.relations.list("requests", accountId, pageOf({ limit: 100 }), null);
  const moved = row.moved_to_id === null ? undefined : (await movedTo(deps.accounts, [row])).get(row.moved_to_id);
  return presentCredentialAccount(row, preferences, requests.length, deps.config.publicUrl, moved);
}

const fieldsAttributes = z
  .preprocess(
    (v) => (v && typeof v === "object" && !Array.isArray(v) ? Object.values(v) : v),
    z.array(z.object({ name: zText(255).default(""), value: zText(255).default("") })).max(20),
  )
  .optional();

export const profileBody = z.object({
  display_name: zText(200).optional(),
  note: zText(5000).optional(),
  avatar: z.union([zFile, z.literal("")]).optional(),
  header: z.union([zFile, z.literal("")]).optional(),
  avatar_description: zText(1500).optional(),
  header_description: zText(1500).optional(),
  locked: zBool.optional(),
  bot: zBool.optional(),
  discoverable: zBool.optional(),
  indexable: zBool.optional(),
  noindex: zBool.optional(),
  hide_collections: zBool.optional(),
  fields_attributes: fieldsAttributes,
  source: z
    .object({
      privacy: z.enum(["public", "unlisted", "private", "direct"]).optional(),
      sensitive: zBool.optional(),
      language: zText(10).nullable().optional(),
      quote_policy: z.enum(["public", "followers", "nobody"]).optional(),
    })
    .optional(),
});
export type ProfileBody = z.output<typeof profileBody>;

/** Changes profile and posting defaults of the viewer. */
export async function updateProfile(
  deps: MastodonDeps,
  accountId: Id,
  body: ProfileBody,
  ip: string,
): Promise<AccountEntity> {
  const { source, fields_attributes, avatar, header, avatar_description, header_description, ...rest } = body;
  await exclusivePictures(deps, accountId, { avatar, header, avatar_description, header_description, ip }, (pictures) =>
    deps.accounts.profiles.update(accountId, {
      ...rest,
      ...pictures,
      ...(fields_attributes ? { fields: fields_attributes } : {}),
    }),
  );
  if (source) {
    await deps.accounts.profiles.setPreferences(accountId, {
      ...(source.privacy === undefined ? {} : { posting_visibility: source.privacy }),
      ...(source.sensitive === undefined ? {} : { posting_sensitive: source.sensitive }),
      ...(source.language === undefined ? {} : { posting_language: source.language || null }),
      ...(source.quote_policy === undefined ? {} : { posting_quote_policy: source.quote_policy }),
    });
  }
  return credentialAccount(deps, accountId);
}

/** One's own account, as one sees and changes it. */
export function profileRoutes(deps: MastodonDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/accounts/verify_credentials",
      auth: "user",
      scope: ["read:accounts", "profile"],
      handler: ({ viewer }) => credentialAccount(deps, viewer.accountId),
    }),
    route({
      method: "PATCH",
      path: "/api/v1/accounts/update_credentials",
      auth: "user",
      scope: "write:accounts",
      body: profileBody,
      maxBody: 36 * 1024 * 1024,
      handler: ({ viewer, ip }, { body }) => updateProfile(deps, viewer.accountId, body, ip),
    }),
  ];
}
