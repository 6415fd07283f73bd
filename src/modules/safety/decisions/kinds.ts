import { invalid } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { RESTRICTIONS, type Restriction } from "#modules/posts/index.ts";

/** What can be decided, mildest first. */
export const ACTION_KINDS = [
  "warn",
  "label",
  "content_warning",
  "sensitive",
  "quarantine",
  "hold",
  "remove",
  "limit",
  "freeze",
  "suspend",
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** The state that actions of several kinds share: what it is follows from those that stand, and from what was there before them. */
export type Slot = "none" | "suspended" | "disabled" | "silenced" | "sensitized" | "labels" | "restriction" | "imposed";

interface KindRule {
  /** Whether it concerns the account or one of its posts. */
  on: "account" | "post" | "either";
  slot: { account?: Slot; post?: Slot };
  /** Weight of the strike when a person decides it; 0 for none. */
  strike: number;
}

export const KIND_RULES: Readonly<Record<ActionKind, KindRule>> = {
  warn: { on: "account", slot: { account: "none" }, strike: 1 },
  label: { on: "either", slot: { account: "labels", post: "labels" }, strike: 0 },
  content_warning: { on: "post", slot: { post: "imposed" }, strike: 0 },
  sensitive: { on: "either", slot: { account: "sensitized", post: "imposed" }, strike: 0 },
  quarantine: { on: "post", slot: { post: "restriction" }, strike: 0 },
  hold: { on: "post", slot: { post: "restriction" }, strike: 0 },
  remove: { on: "post", slot: { post: "restriction" }, strike: 1 },
  limit: { on: "account", slot: { account: "silenced" }, strike: 2 },
  freeze: { on: "account", slot: { account: "disabled" }, strike: 2 },
  suspend: { on: "account", slot: { account: "suspended" }, strike: 3 },
};

const RESTRICTS: Readonly<Partial<Record<ActionKind, Restriction>>> = {
  quarantine: "quarantined",
  hold: "held",
  remove: "removed",
};

/** One thing that is to be done. `postId` names a post of the account. */
export interface NewAction {
  kind: ActionKind;
  postId?: Id | undefined;
  /** `text` of a content warning, `name` of a label. */
  params?: { text?: string | undefined; name?: string | undefined } | undefined;
  /** Seconds until it ends by itself. */
  ttlSeconds?: number | undefined;
}

export interface Standing {
  kind: ActionKind;
  params: { text?: string; name?: string };
}

/** Value of a slot, as it is stored with an action. */
export type SlotValue = boolean | string[] | Restriction | { spoiler: string | null; sensitive: boolean } | null;

const YEAR_SECONDS = 366 * 86_400;

/** Refuses what makes no sense, naming the field. Answers the slot. */
export function checkAction(action: NewAction): Slot {
  const rule = KIND_RULES[action.kind];
  const problem = (field: string, description: string): Error =>
    invalid({ [field]: [{ error: "ERR_INVALID", description }] });
  if (rule.on === "account" && action.postId !== undefined)
    throw problem("post_id", `cannot be given: "${action.kind}" concerns the account`);
  if (rule.on === "post" && action.postId === undefined)
    throw problem("post_id", `is missing: "${action.kind}" concerns one post`);
  if (action.kind === "label" && !/^[a-z0-9][a-z0-9 -]{0,38}$/.test(action.params?.name ?? ""))
    throw problem("name", "of a label has 1 to 39 small letters, digits, spaces and hyphens");
  const text = action.params?.text?.trim() ?? "";
  if (action.kind === "content_warning" && (text === "" || [...text].length > 200))
    throw problem("text", "of a content warning has 1 to 200 characters");
  const ttl = action.ttlSeconds;
  if (ttl !== undefined && (!Number.isInteger(ttl) || ttl < 60 || ttl > YEAR_SECONDS))
    throw problem("ttl", "is between 60 seconds and a year");
  const slot = action.postId === undefined ? rule.slot.account : rule.slot.post;
  if (slot === undefined) throw new Error(`"${action.kind}" has no state`);
  return slot;
}

/** What a slot is while these actions stand. `base` is what was there before the oldest of them. */
export function combine(slot: Slot, base: SlotValue, standing: readonly Standing[]): SlotValue {
  switch (slot) {
    case "none":
      return null;
    case "suspended":
    case "disabled":
    case "silenced":
    case "sensitized":
      return base === true || standing.length > 0;
    case "labels":
      return [
        ...new Set([...(Array.isArray(base) ? base : []), ...standing.flatMap((s) => s.params.name ?? [])]),
      ].toSorted();
    case "restriction": {
      const levels = [base, ...standing.map((s) => RESTRICTS[s.kind] ?? "none")].map((r) =>
        RESTRICTIONS.findIndex((name) => name === r),
      );
      return RESTRICTIONS[Math.max(0, ...levels)] ?? "none";
    }
    case "imposed":
      if (standing.length === 0) return null;
      return {
        spoiler: standing.findLast((s) => s.kind === "content_warning")?.params.text ?? null,
        sensitive: true,
      };
  }
}
