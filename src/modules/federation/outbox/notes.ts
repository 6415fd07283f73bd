import type { Id } from "#platform/ids.ts";
import { postTime, RESTRICTIONS, VISIBILITY, type PostRow } from "#modules/posts/index.ts";
import type { AccountRow } from "#modules/accounts/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { Uris } from "#modules/federation/uris.ts";
import { writeNote, type Json } from "#modules/federation/wire/write.ts";

/** A post of this instance, ready to be sent or shown, and the people elsewhere whom it names. */
export interface OutgoingNote {
  json: Json;
  row: PostRow;
  author: AccountRow;
  mentionedIds: Id[];
  published: Date;
}

export interface OutgoingNotes {
  /** Posts of this instance as documents; boosts, posts of others and what is withheld are left out. */
  write(ids: readonly Id[]): Promise<OutgoingNote[]>;
  /** Address of a post, ours or another's. */
  uriOf(row: Pick<PostRow, "id" | "uri">): string;
}

export function createOutgoingNotes(deps: FederationDeps, uris: Uris): OutgoingNotes {
  const { posts, accounts } = deps;
  const uriOf = (row: Pick<PostRow, "id" | "uri">): string => row.uri ?? uris.post(row.id);
  return {
    uriOf,
    async write(ids) {
      const rows = (await posts.views.contents(ids)).filter(
        (r) => r.uri === null && r.boost_of_id === null && r.restriction <= RESTRICTIONS.indexOf("quarantined"),
      );
      const others = rows.flatMap((r) => [r.in_reply_to_id, r.quote_of_id].filter((id) => id !== null));
      const mentioned = [...new Set(rows.flatMap((r) => r.mentions.map((m) => BigInt(m.id))))];
      const own = rows.map((r) => r.id);
      const [otherRows, authors, actorUris, polls, ownCards] = await Promise.all([
        others.length === 0 ? [] : posts.views.contents(others),
        accounts.profiles.get([...new Set(rows.map((r) => r.account_id))]),
        accounts.remote.urisOf(mentioned),
        posts.views.polls(
          null,
          rows.filter((r) => r.has_poll).map((r) => r.id),
        ),
        posts.views.cards(null, own),
      ]);
      const around = new Map(otherRows.map((r) => [r.id, r]));
      const people = new Map(authors.map((a) => [a.id, a]));
      const cards = new Map(ownCards.map((c) => [c.id, c]));
      const byId = new Map(rows.map((r) => [r.id, r]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        const author = row && people.get(row.account_id);
        if (!row || !author || author.domain !== null) return [];
        const parent = row.in_reply_to_id === null ? undefined : around.get(row.in_reply_to_id);
        const quoted = row.quote_of_id === null ? undefined : around.get(row.quote_of_id);
        const card = cards.get(row.id);
        const mentions = row.mentions.map((m) => {
          const mid = BigInt(m.id);
          return {
            uri: actorUris.get(mid) ?? uris.actor(mid),
            name: m.acct.includes("@") ? `@${m.acct}` : `@${m.acct}@${deps.domain}`,
            url: m.url,
          };
        });
        const json = writeNote(
          {
            post: row,
            author,
            parentUri: parent ? uriOf(parent) : row.in_reply_to_uri,
            quotedUri: quoted ? uriOf(quoted) : null,
            mentions,
            poll: polls.get(row.id),
            counts: { replies: card?.replies ?? 0, likes: card?.favourites ?? 0, shares: card?.boosts ?? 0 },
            publicUrl: deps.publicUrl,
          },
          uris,
        );
        return [
          { json, row, author, mentionedIds: row.mentions.map((m) => BigInt(m.id)), published: postTime(row.id) },
        ];
      });
    },
  };
}

/** True for posts that everyone may fetch. */
export function isOpen(row: Pick<PostRow, "visibility">): boolean {
  return row.visibility <= VISIBILITY.unlisted;
}
