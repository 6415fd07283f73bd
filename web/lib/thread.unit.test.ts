import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "./api/types.ts";
import { group } from "./notifications.ts";
import { replyText } from "./reply.ts";
import { arrange, maxDepth } from "./thread.ts";
import type { Branch } from "./thread.ts";

function status(id: number, author: string, parent: number | null = null): Status {
  return {
    id: String(id),
    created_at: "2026-01-01T00:00:00.000Z",
    edited_at: null,
    in_reply_to_id: parent === null ? null : String(parent),
    in_reply_to_account_id: null,
    sensitive: false,
    spoiler_text: "",
    visibility: "public",
    language: "en",
    url: null,
    content: "",
    account: { id: author, acct: author, username: author, display_name: "", avatar: "", bot: false, url: "" },
    reblog: null,
    media_attachments: [],
    mentions: [],
    poll: null,
    card: null,
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
  };
}

const deepest = (branches: Branch[], level = 1): number =>
  Math.max(level, ...branches.map((branch) => deepest(branch.replies, branch.replies.length > 1 ? level + 1 : level)));
const count = (branches: Branch[]): number =>
  branches.reduce((sum, branch) => sum + 1 + branch.hidden + count(branch.replies), 0);

test("a straight conversation stays on one level, and everybody keeps one dye", () => {
  const { branches, dye } = arrange(status(1, "ada"), {
    ancestors: [],
    descendants: [status(2, "bjoern", 1), status(3, "ada", 2), status(4, "bjoern", 3)],
  });
  equal(dye, 0);
  deepEqual([branches[0]?.dye, branches[0]?.replies[0]?.dye, branches[0]?.replies[0]?.replies[0]?.dye], [1, 0, 1]);
  equal(deepest(branches), 1);
});

test("forks nest at most four levels; what is deeper is counted and nothing is lost", () => {
  const descendants: Status[] = [];
  let id = 1;
  let parents = [1];
  for (let level = 0; level < 7; level++) {
    const next: number[] = [];
    for (const parent of parents)
      for (let i = 0; i < 2; i++) {
        descendants.push(status(++id, "x", parent));
        next.push(id);
      }
    parents = next;
  }
  const { branches } = arrange(status(1, "ada"), { ancestors: [], descendants });
  equal(deepest(branches), maxDepth);
  equal(count(branches), descendants.length);
});

test("a reply begins with everybody who takes part, without oneself", () => {
  const parent = status(1, "ada");
  parent.mentions = [
    { id: "me", acct: "me" },
    { id: "cem", acct: "cem@example.org" },
  ];
  equal(replyText(parent, { id: "me" }), "@ada @cem@example.org ");
  equal(replyText(status(1, "me"), { id: "me" }), "");
});

test("likes of one post are told once, new and read ones apart", () => {
  const person = { ...status(1, "ada").account } as never;
  const like = (id: string, post: number) => ({
    id,
    type: "favourite",
    created_at: "",
    account: person,
    status: status(post, "me"),
  });
  const groups = group([like("1000", 7), like("999", 7), like("998", 8), like("997", 7), like("996", 7)], "997");
  deepEqual(
    groups.map((item) => [item.status?.id, item.count, item.unread]),
    [
      ["7", 2, true],
      ["8", 1, true],
      ["7", 2, false],
    ],
  );
});
