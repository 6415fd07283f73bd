import type { Context, Status, StatusAccount } from "./api/types.ts";
import { slim } from "./slim.ts";

/** A reply with what answers it. */
export interface Branch {
  status: Status;
  dye: number;
  replies: Branch[];
  /** Posts below this one which are not drawn because the branch is too deep. */
  hidden: number;
}

/** A post with everything it answers and everything that answers it. */
export interface Conversation {
  status: Status;
  ancestors: { status: Status; dye: number }[];
  branches: Branch[];
  dye: number;
}

/** Nesting of replies on the page; deeper branches are opened on their own page. */
export const maxDepth = 4;
const dyes = 6;

/** Orders the answers to a post into branches; every participant keeps one dye throughout the conversation. */
export function arrange(status: Status, conversation: Context): Conversation {
  const dyeOf = new Map<string, number>();
  const dye = (account: StatusAccount): number => {
    const known = dyeOf.get(account.id);
    if (known !== undefined) return known;
    const given = dyeOf.size % dyes;
    dyeOf.set(account.id, given);
    return given;
  };
  const ancestors = conversation.ancestors.map((item) => ({ status: slim(item), dye: dye(item.account) }));
  const own = dye(status.account);
  const children = new Map<string, Status[]>();
  for (const item of conversation.descendants) {
    const parent = item.in_reply_to_id ?? status.id;
    const list = children.get(parent);
    if (list) list.push(item);
    else children.set(parent, [item]);
  }
  const below = (id: string): number => (children.get(id) ?? []).reduce((sum, item) => sum + 1 + below(item.id), 0);
  const branch = (item: Status, level: number, length: number): Branch => {
    const replies = children.get(item.id) ?? [];
    const itemDye = dye(item.account);
    // A reply with one answer goes on straight down; only a fork is a level deeper. A straight line is cut after some posts too.
    const next = replies.length > 1 ? level + 1 : level;
    if (next > maxDepth || length > 30)
      return { status: slim(item), dye: itemDye, replies: [], hidden: below(item.id) };
    return {
      status: slim(item),
      dye: itemDye,
      replies: replies.map((reply) => branch(reply, next, length + 1)),
      hidden: 0,
    };
  };
  return {
    status: slim(status),
    ancestors,
    dye: own,
    branches: (children.get(status.id) ?? []).map((item) => branch(item, 1, 1)),
  };
}
