import { one, run } from "#platform/db/sql.ts";
import { MAX_ID, type Id } from "#platform/ids.ts";
import type { AccountRow } from "#modules/accounts/index.ts";
import { postTime } from "#modules/posts/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { Keys } from "#modules/federation/identity/keys.ts";
import { authorization } from "#modules/federation/sql.ts";
import type { Uris } from "#modules/federation/uris.ts";
import {
  addressing,
  document,
  writeActivity,
  writeActor,
  writeCreation,
  writeInstanceActor,
  writeQuoteAuthorization,
  type Json,
} from "#modules/federation/wire/write.ts";
import type { OutgoingNotes } from "./notes.ts";
import * as sql from "./sql.ts";

/** Where a page of a collection begins: the cursor of its `page` parameter; undefined for the collection itself. */
export type Cursor = Id | undefined;

/** What other servers may look up here. Everything is undefined when there is nothing to be seen: absent and not allowed answer alike. */
export interface Collections {
  instance(): Promise<Json>;
  actor(id: Id): Promise<Json | undefined>;
  /** Somebody of this instance by name. */
  byName(username: string): Promise<AccountRow | undefined>;
  /** A post, for `viewer` (somebody elsewhere) or for everyone. */
  post(id: Id, viewer: Id | null): Promise<Json | undefined>;
  creation(id: Id, viewer: Id | null): Promise<Json | undefined>;
  boost(id: Id): Promise<Json | undefined>;
  outbox(id: Id, cursor: Cursor): Promise<Json | undefined>;
  followers(id: Id, cursor: Cursor): Promise<Json | undefined>;
  following(id: Id, cursor: Cursor): Promise<Json | undefined>;
  featured(id: Id): Promise<Json | undefined>;
  replies(id: Id, cursor: Cursor): Promise<Json | undefined>;
  /** Likes and boosts are counted, not named. */
  counted(id: Id, what: "likes" | "shares"): Promise<Json | undefined>;
  authorization(id: Id): Promise<Json | undefined>;
}

const PAGE = 20;
const PEOPLE = 50;

export function createCollections(deps: FederationDeps, uris: Uris, keys: Keys, notes: OutgoingNotes): Collections {
  const { accounts, posts } = deps;

  async function local(id: Id): Promise<AccountRow | undefined> {
    const [row] = await accounts.profiles.get([id]);
    return row?.domain === null ? row : undefined;
  }
  /** Somebody whose lists and posts may be shown. */
  async function open(id: Id): Promise<AccountRow | undefined> {
    const row = await local(id);
    return row && !row.suspended ? row : undefined;
  }

  function whole(id: string, totalItems: number | undefined, first: boolean): Json {
    return document({
      id,
      type: "OrderedCollection",
      ...(totalItems === undefined ? {} : { totalItems }),
      ...(first ? { first: `${id}?page=${MAX_ID}` } : {}),
    });
  }
  function page(id: string, cursor: Id, items: unknown[], next: Id | undefined): Json {
    return document({
      id: `${id}?page=${cursor}`,
      type: "OrderedCollectionPage",
      partOf: id,
      orderedItems: items,
      ...(next === undefined ? {} : { next: `${id}?page=${next}` }),
    });
  }

  async function people(
    statement: typeof sql.followerPage | typeof sql.followingPage,
    uri: string,
    account: AccountRow,
    total: number,
    cursor: Cursor,
  ): Promise<Json> {
    // Hidden lists show neither names nor numbers.
    if (account.hide_collections) return whole(uri, undefined, false);
    if (cursor === undefined) return whole(uri, total, true);
    const rows = await run(deps.pool, statement, account.id, cursor, PEOPLE);
    return page(
      uri,
      cursor,
      rows.map((r) => r.uri ?? uris.actor(r.id)),
      rows.length === PEOPLE ? rows.at(-1)?.edge : undefined,
    );
  }

  async function noteFor(id: Id, viewer: Id | null): Promise<{ json: Json; published: Date } | undefined> {
    if (!(await one(deps.pool, sql.readable, viewer, id))) return undefined;
    const [note] = await notes.write([id]);
    return note;
  }

  return {
    async instance() {
      return document(writeInstanceActor(deps.domain, (await keys.own(0n)).publicPem, deps.publicUrl, uris));
    },
    async actor(id) {
      const account = await local(id);
      if (!account) return undefined;
      const moved = account.moved_to_id;
      const movedTo = moved === null ? null : ((await accounts.remote.urisOf([moved])).get(moved) ?? uris.actor(moved));
      return document(
        writeActor({ account, publicPem: (await keys.own(id)).publicPem, movedTo, publicUrl: deps.publicUrl }, uris),
      );
    },
    async byName(username) {
      const id = await accounts.profiles.byHandle(username, null);
      return id === undefined ? undefined : local(id);
    },
    async post(id, viewer) {
      const note = await noteFor(id, viewer);
      return note && document(note.json);
    },
    async creation(id, viewer) {
      const note = await noteFor(id, viewer);
      return note && document(writeCreation(note.json, "Create", uris.creation(id), note.published));
    },
    async boost(id) {
      const [row] = await posts.views.contents([id]);
      if (!row || row.boost_of_id === null || row.uri !== null || !(await one(deps.pool, sql.readable, null, id)))
        return undefined;
      const [original] = await posts.views.contents([row.boost_of_id]);
      if (!original) return undefined;
      return document(
        writeActivity(
          "Announce",
          uris.boost(id),
          uris.actor(row.account_id),
          notes.uriOf(original),
          addressing(row.visibility, uris.followers(row.account_id), []),
          { published: postTime(id).toISOString() },
        ),
      );
    },
    async outbox(id, cursor) {
      const account = await open(id);
      if (!account) return undefined;
      const uri = uris.outbox(id);
      if (cursor === undefined) return whole(uri, Number((await one(deps.pool, sql.outboxCount, id))?.n ?? 0n), true);
      const rows = await run(deps.pool, sql.outboxPage, id, cursor, PAGE);
      const written = new Map(
        (await notes.write(rows.filter((r) => r.boost_of_id === null).map((r) => r.id))).map((n) => [n.row.id, n]),
      );
      const items = rows.flatMap((row) => {
        if (row.boost_of_id !== null)
          return [
            writeActivity(
              "Announce",
              uris.boost(row.id),
              uris.actor(id),
              row.of_uri ?? uris.post(row.boost_of_id),
              addressing(row.visibility, uris.followers(id), []),
              { published: postTime(row.id).toISOString() },
            ),
          ];
        const note = written.get(row.id);
        return note ? [writeCreation(note.json, "Create", uris.creation(row.id), note.published)] : [];
      });
      return page(uri, cursor, items, rows.length === PAGE ? rows.at(-1)?.id : undefined);
    },
    async followers(id, cursor) {
      const account = await open(id);
      return account && people(sql.followerPage, uris.followers(id), account, account.followers, cursor);
    },
    async following(id, cursor) {
      const account = await open(id);
      return account && people(sql.followingPage, uris.following(id), account, account.following, cursor);
    },
    async featured(id) {
      if (!(await open(id))) return undefined;
      const pinned = await notes.write((await run(deps.pool, sql.pinnedPosts, id)).map((r) => r.id));
      return document({
        id: uris.featured(id),
        type: "OrderedCollection",
        totalItems: pinned.length,
        orderedItems: pinned.map((n) => n.json),
      });
    },
    async replies(id, cursor) {
      if (!(await noteFor(id, null))) return undefined;
      const uri = `${uris.post(id)}/replies`;
      if (cursor === undefined) {
        const [card] = await posts.views.cards(null, [id]);
        return document({ id: uri, type: "Collection", totalItems: card?.replies ?? 0, first: `${uri}?page=1` });
      }
      const rows = await run(deps.pool, sql.replyPage, id, cursor <= 1n ? 0n : cursor, PEOPLE);
      const last = rows.at(-1)?.id;
      return document({
        id: `${uri}?page=${cursor}`,
        type: "CollectionPage",
        partOf: uri,
        items: rows.map((r) => r.uri ?? uris.post(r.id)),
        ...(rows.length === PEOPLE && last !== undefined ? { next: `${uri}?page=${last}` } : {}),
      });
    },
    async counted(id, what) {
      if (!(await noteFor(id, null))) return undefined;
      const [card] = await posts.views.cards(null, [id]);
      const n = what === "likes" ? card?.favourites : card?.boosts;
      return document({ id: `${uris.post(id)}/${what}`, type: "Collection", totalItems: n ?? 0 });
    },
    async authorization(id) {
      const row = await one(deps.pool, authorization, id);
      if (!row) return undefined;
      const [post] = await posts.views.contents([row.post_id]);
      return (
        post && document(writeQuoteAuthorization(row.id, post.account_id, uris.post(post.id), row.quoting_uri, uris))
      );
    },
  };
}
