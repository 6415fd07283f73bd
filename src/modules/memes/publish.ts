/** Drafts become memes, memes become posts, and other people's memes become new ones. */
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Author, Backdated, Visibility } from "#modules/posts/index.ts";
import { altText } from "#shared/meme/alt.ts";
import type { EngineKind, MemeDoc } from "#shared/meme/doc.ts";
import type { MemesDeps } from "./deps.ts";
import { readDocument, requireWords } from "./document.ts";
import { withCredit } from "./credit.ts";
import { LIMITS } from "./limits.ts";
import { moderation } from "./heavy.ts";
import { drawableByKey, type Pictures } from "./pictures.ts";
import { SOURCE_TYPE_BASE } from "./provenance/c2pa.ts";
import { variantOf, type VariantRow } from "./sql-generations.ts";
import * as sql from "./sql-memes.ts";
import type { MemeRow, RemixPolicy } from "./sql-memes.ts";
import { keepPhoto, newKey, readPhoto } from "./photo.ts";
import { refusal } from "./refusal.ts";
import type { Templates } from "./templates.ts";

export interface NewMeme {
  variantId?: Id | undefined;
  document?: unknown;
}

export interface Publication {
  /** Text of the post beside the picture. */
  status: string;
  visibility: Visibility;
  sensitive: boolean;
  spoilerText: string;
  /** Alt text instead of the one that follows from the document; never empty. */
  alt: string | undefined;
  remixPolicy: RemixPolicy;
}

export interface Publishing {
  /** A draft, from a variant or from a document. 422 for a document that is none, or says what is not said here. */
  create(accountId: Id, input: NewMeme, backdated?: Backdated): Promise<MemeRow>;
  /** Changes one's own draft. 404 for what is published: that is remixed. */
  update(accountId: Id, id: Id, document: unknown): Promise<MemeRow>;
  /** A draft made from somebody's published meme, or from one's own. 403 when its author does not want that. */
  remix(accountId: Id, parentId: Id, document: unknown): Promise<MemeRow>;
  /** Makes the picture and the post that carries it; a second time answers the same post. */
  publish(author: Author, id: Id, input: Publication, backdated?: Backdated): Promise<{ meme: MemeRow; postId: Id }>;
  /** Removes one's own draft. What is published goes with its post. */
  remove(accountId: Id, id: Id): Promise<void>;
  get(viewerId: Id | null, id: Id): Promise<MemeRow>;
  /** The photo under a meme's captions, for whoever edits or remixes it. 404 for a drawn meme. */
  photo(accountId: Id, id: Id): Promise<{ bytes: Uint8Array; mime: string }>;
  own(accountId: Id, before: Id, limit: number): Promise<MemeRow[]>;
  remixes(viewerId: Id | null, id: Id, before: Id, limit: number): Promise<MemeRow[]>;
  ofPosts(postIds: readonly Id[]): Promise<Map<Id, Id>>;
  /** Posts are gone: so are their memes. */
  forget(postIds: readonly Id[]): Promise<void>;
}

export function createPublishing(deps: MemesDeps, pictures: Pictures, templates: Templates): Publishing {
  const found = (row: MemeRow | undefined): MemeRow => {
    if (!row) throw notFound();
    return row;
  };

  /** Where the picture under the captions lies. A stranger's upload is no template. */
  async function photoOf(
    accountId: Id,
    doc: MemeDoc,
    known: { doc: MemeDoc; photo_key: string | null } | undefined,
  ): Promise<{ doc: MemeDoc; key: string | null }> {
    if (!doc.photo) return { doc, key: null };
    if (doc.photo.templateId !== undefined) {
      const template = await templates.approved(BigInt(doc.photo.templateId));
      if (!template)
        throw invalid({ "document.photo": [{ error: "ERR_INVALID", description: "is not an approved template" }] });
      return {
        doc: { ...doc, photo: { ...doc.photo, mediaId: "0", alt: template.alt, aspect: template.aspect } },
        key: template.photo_key,
      };
    }
    if (known?.doc.photo && known.photo_key !== null && known.doc.photo.mediaId === doc.photo.mediaId)
      return { doc: { ...doc, photo: { ...doc.photo, aspect: known.doc.photo.aspect } }, key: known.photo_key };
    const file = await deps.media.file(accountId, BigInt(doc.photo.mediaId)).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "not_found")
        throw invalid({ "document.photo": [{ error: "ERR_INVALID", description: "is not a picture of yours" }] });
      throw error;
    });
    const key = await keepPhoto(deps, accountId, file.bytes);
    return { doc: { ...doc, photo: { ...doc.photo, aspect: file.width / file.height } }, key };
  }

  async function screened(doc: MemeDoc): Promise<void> {
    const { screenCaptions } = await moderation();
    const judged = screenCaptions(doc.captions.map((c) => c.text));
    if (!judged.ok) throw refusal(judged, "document.captions", doc.lang);
  }

  interface From {
    engine: string;
    kind: EngineKind;
    model: string | null;
    mechanism: string | null;
    variantId: Id | null;
    parent?: MemeRow | undefined;
    /** When it was made, when that is not now. */
    at?: Date | undefined;
  }

  async function insert(accountId: Id, doc: MemeDoc, photoKey: string | null, from: From): Promise<MemeRow> {
    const { parent } = from;
    return deps.tx(async (db) => {
      const row = await one(
        db,
        sql.insertMeme,
        from.at ? deps.ids.at(from.at) : deps.ids.next(),
        accountId,
        JSON.stringify(doc),
        altText(doc, doc.lang),
        doc.lang,
        doc.format,
        from.mechanism,
        from.engine,
        from.kind,
        from.model,
        from.variantId,
        newKey(),
        photoKey,
        parent?.id ?? null,
        parent ? (parent.root_id ?? parent.id) : null,
        parent ? parent.depth + 1 : 0,
        parent?.account_id ?? null,
        from.at ?? deps.clock.now(),
      );
      return found(row);
    });
  }

  /** Words somebody changed are their own: what a model or the bank had written is no longer there. */
  function unchanged(variant: VariantRow, doc: MemeDoc): boolean {
    return JSON.stringify(variant.doc.captions.map((c) => c.text)) === JSON.stringify(doc.captions.map((c) => c.text));
  }

  async function visible(viewerId: Id | null, id: Id): Promise<MemeRow> {
    return found(await one(deps.readPool, sql.visibleMeme, viewerId, id));
  }

  async function mayRemix(accountId: Id, parent: MemeRow): Promise<void> {
    if (parent.account_id === accountId) return;
    const refuse = (): AppError =>
      new AppError("forbidden", "The author of this meme does not want it to be remixed by you", {
        reason: "remix_not_allowed",
      });
    if (parent.state !== "published" || parent.remix_policy === "none") throw refuse();
    const [relation] = await deps.accounts.relations.relationships(accountId, [parent.account_id]);
    if (relation?.blocking || relation?.blocked_by) throw refuse();
    if (parent.remix_policy === "followers" && relation?.following !== true) throw refuse();
    if (parent.depth >= LIMITS.depth)
      throw new AppError("unprocessable", "Validation failed: this chain of remixes is as long as one may be", {
        reason: "remix_too_deep",
      });
  }

  return {
    async create(accountId, input, backdated) {
      const variant =
        input.variantId === undefined ? undefined : await one(deps.pool, variantOf, input.variantId, accountId);
      if (input.variantId !== undefined && !variant)
        throw invalid({ variant_id: [{ error: "ERR_INVALID", description: "is not a variant of yours" }] });
      if (!variant && input.document === undefined)
        throw invalid({ document: [{ error: "ERR_BLANK", description: "or variant_id has to be given" }] });
      const asked = input.document === undefined ? variant?.doc : readDocument(input.document);
      if (!asked) throw notFound();
      await screened(asked);
      const { doc, key } = await photoOf(accountId, asked, variant);
      if (!variant)
        return insert(accountId, doc, key, {
          engine: "stage",
          kind: "stage",
          model: null,
          mechanism: null,
          variantId: null,
          at: backdated?.at,
        });
      // Once a model or the bank had its hand in it, the label stays, whatever is changed afterwards.
      return insert(accountId, doc, key, {
        engine: variant.engine,
        kind: variant.engine_kind,
        model: variant.model,
        mechanism: unchanged(variant, doc) ? variant.mechanism : null,
        variantId: variant.id,
        at: backdated?.at,
      });
    },

    async update(accountId, id, document) {
      const draft = found(await one(deps.pool, sql.memeById, id));
      if (draft.account_id !== accountId || draft.state !== "draft") throw notFound();
      const asked = readDocument(document);
      await screened(asked);
      const { doc, key } = await photoOf(accountId, asked, draft);
      const row = await one(
        deps.pool,
        sql.updateDraft,
        id,
        JSON.stringify(doc),
        altText(doc, doc.lang),
        doc.lang,
        doc.format,
        newKey(),
        key,
      );
      await pictures.remove([draft.key]);
      return found(row);
    },

    async remix(accountId, parentId, document) {
      const parent = await visible(accountId, parentId);
      await mayRemix(accountId, parent);
      const asked = document === undefined ? parent.doc : readDocument(document);
      await screened(asked);
      const { doc, key } = await photoOf(accountId, asked, parent);
      return insert(accountId, doc, key, {
        engine: parent.engine,
        kind: parent.engine_kind,
        model: parent.model,
        mechanism: null,
        variantId: null,
        parent,
      });
    },

    async publish(author, id, input, backdated) {
      const { accountId } = author;
      const draft = found(await one(deps.pool, sql.memeById, id));
      if (draft.account_id !== accountId) throw notFound();
      if (draft.post_id !== null) return { meme: draft, postId: draft.post_id };
      requireWords(draft.doc);
      await screened(draft.doc);
      const today = await run(deps.pool, sql.memesOfAccount, accountId, (1n << 63n) - 1n, LIMITS.published * 4);
      const dayAgo = deps.clock.ms() - 86_400_000;
      const published = today.filter((m) => (m.published_at?.getTime() ?? 0) > dayAgo).length;
      if (published >= LIMITS.published && deps.unlimited !== true)
        throw new AppError("rate_limited", `At most ${LIMITS.published} memes a day. Tomorrow there is room again.`, {
          retryAfter: 3600,
        });
      const what = await drawableByKey(deps, draft.key);
      if (!what) throw notFound();
      const [large, preview] = await Promise.all([pictures.file(what, "jpg", 1080), pictures.file(what, "webp", 540)]);
      const parentPost = draft.parent_id === null ? undefined : await one(deps.pool, sql.memeById, draft.parent_id);
      const parentUrl = parentPost?.post_id == null ? undefined : await postUrl(accountId, parentPost.post_id);
      const alt = input.alt?.trim() || altText(draft.doc, draft.doc.lang);
      const media = await deps.media.adopt(accountId, {
        large: { bytes: large, format: "jpg", width: 1080, height: 1080 },
        preview: { bytes: preview, width: 540, height: 540 },
        blurhash: await pictures.blurhash(preview),
        description: alt,
        sourceType: SOURCE_TYPE_BASE + pictures.sourceType(what),
        remixOf: parentUrl,
      });
      const { id: postId } = await deps.posts.create(
        author,
        {
          text: withCredit(input.status, draft.doc.lang, parentUrl),
          visibility: input.visibility,
          sensitive: input.sensitive,
          spoilerText: input.spoilerText,
          language: draft.doc.lang,
          mediaIds: [media.id],
          // Two clicks, or an answer that was lost on the way, are one post.
          idempotencyKey: `meme:${id}`,
        },
        backdated,
      );
      const meme = await deps.tx(async (db) => {
        const row = await one(db, sql.publish, id, postId, input.remixPolicy, alt, backdated?.at ?? deps.clock.now());
        if (row?.parent_id != null) await exec(db, sql.countRemix, row.parent_id, 1);
        return row;
      });
      // Somebody else's click was faster: its post is this one.
      return { meme: meme ?? found(await one(deps.pool, sql.memeById, id)), postId };
    },

    async remove(accountId, id) {
      const gone = await deps.tx((db) => one(db, sql.removeDraft, id, accountId));
      if (!gone) throw notFound();
      await pictures.remove([gone.key]);
    },
    get: visible,
    async photo(accountId, id) {
      const meme = await visible(accountId, id);
      await mayRemix(accountId, meme);
      const photo = meme.photo_key === null ? undefined : await readPhoto(deps, meme.photo_key);
      if (!photo) throw notFound();
      return photo;
    },
    own: (accountId, before, limit) => run(deps.readPool, sql.memesOfAccount, accountId, before, limit),
    async remixes(viewerId, id, before, limit) {
      const meme = await visible(viewerId, id);
      return run(deps.readPool, sql.remixesOf, viewerId, meme.root_id ?? meme.id, before, limit);
    },
    async ofPosts(postIds) {
      if (postIds.length === 0) return new Map();
      return new Map(
        (await run(deps.readPool, sql.memesOfPosts, [...postIds])).flatMap((r) =>
          r.post_id === null ? [] : [[r.post_id, r.id] as const],
        ),
      );
    },
    async forget(postIds) {
      const gone = await deps.tx(async (db) => {
        const rows = await run(db, sql.removeOfPosts, [...postIds]);
        for (const row of rows) if (row.parent_id !== null) await exec(db, sql.countRemix, row.parent_id, -1);
        return rows;
      });
      await pictures.remove(gone.map((g) => g.key));
    },
  };

  async function postUrl(viewerId: Id, postId: Id): Promise<string | undefined> {
    const post = await deps.posts.views.get(viewerId, postId);
    if (!post) return undefined;
    const [account] = await deps.accounts.profiles.get([post.account_id]);
    return post.url ?? post.uri ?? (account && `${deps.publicUrl}/@${account.username}/${post.id}`);
  }
}
