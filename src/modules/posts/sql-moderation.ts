import { statement } from "#platform/db/sql.ts";

/** A warning or cover that moderation put over what the author had said; `base` is the latter, kept up to date by edits. */
export interface Imposed {
  spoiler: string | null;
  sensitive: boolean;
  base: { spoiler: string; sensitive: boolean };
}

export interface ModeratedRow {
  id: bigint;
  account_id: bigint;
  restriction: number;
  imposed: Imposed | null;
  labels: string[];
  spoiler_text: string;
  sensitive: boolean;
  visibility: number;
  boost_of_id: bigint | null;
  uri: string | null;
  mention_ids: string[];
}
export const lockModerated = statement<[id: bigint], ModeratedRow>(
  "posts.lockModerated",
  `select id, account_id, restriction, imposed, labels, spoiler_text, sensitive, visibility, boost_of_id, uri,
     array(select m ->> 'id' from jsonb_array_elements(mentions) m) as mention_ids
   from posts where id = $1 for update`,
);

/** Whether a post is withheld: by what was decided about it or about what it boosts, by its author's suspension, or because its addressee refused it. */
const withheld = (post: string): string =>
  `(${post}.refused or ${post}.restriction >= 2
    or exists (select 1 from posts w where w.id = ${post}.boost_of_id and w.restriction >= 2)
    or exists (select 1 from accounts a where a.id in (${post}.account_id, ${post}.boost_of_account_id) and a.suspended_at is not null))`;

export const setRestriction = statement<[id: bigint, restriction: number], never>(
  "posts.setRestriction",
  `update posts set restriction = $2, rev = rev + 1 where id = $1`,
);
/** After a change of the restriction: the post itself and its boosts. */
export const settleWithheld = statement<[id: bigint], never>(
  "posts.settleWithheld",
  `update posts p set withheld = ${withheld("p")} where (p.id = $1 or p.boost_of_id = $1) and p.withheld <> ${withheld("p")}`,
);
export const setImposed = statement<[id: bigint, imposed: string | null, spoiler: string, sensitive: boolean], never>(
  "posts.setImposed",
  `update posts set imposed = $2::jsonb, spoiler_text = $3, sensitive = $4, rev = rev + 1 where id = $1`,
);
export const setLabels = statement<[id: bigint, labels: string[]], never>(
  "posts.setLabels",
  `update posts set labels = $2, rev = rev + 1 where id = $1`,
);
/** Posts with pictures are rendered anew when their author's pictures are covered, or not any more. */
export const touchPictures = statement<[account: bigint], never>(
  "posts.touchPictures",
  `update posts set rev = rev + 1 where account_id = $1 and media <> '[]' and boost_of_id is null`,
);
