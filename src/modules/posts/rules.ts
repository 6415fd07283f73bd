import { AppError, invalid, type FieldProblem } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { extractParts, textLength, URL_CHARACTERS } from "#platform/text/format.ts";

/** Who may read a post, as stored. Greater means narrower. */
export const VISIBILITY = { public: 0, unlisted: 1, private: 2, direct: 3 } as const;
export type Visibility = keyof typeof VISIBILITY;
const NAMES: readonly Visibility[] = ["public", "unlisted", "private", "direct"];

/** The API's name of a stored visibility. */
export function visibilityName(stored: number): Visibility {
  return NAMES[stored] ?? "direct";
}

/** Who may quote a post. */
export const QUOTE_POLICY = { public: 0, followers: 1, nobody: 2 } as const;
export type QuotePolicy = keyof typeof QUOTE_POLICY;
const POLICY_NAMES: readonly QuotePolicy[] = ["public", "followers", "nobody"];
export function quotePolicyName(stored: number): QuotePolicy {
  return POLICY_NAMES[stored] ?? "nobody";
}

/** Who may answer a post, as stored (GoToSocial's `interactionPolicy.canReply`). Whoever is mentioned always may. */
export const REPLY_POLICY = { public: 0, followers: 1, following: 2, mentioned: 3 } as const;
export type ReplyPolicy = keyof typeof REPLY_POLICY;
const REPLY_NAMES: readonly ReplyPolicy[] = ["public", "followers", "following", "mentioned"];
export function replyPolicyName(stored: number): ReplyPolicy {
  return REPLY_NAMES[stored] ?? "mentioned";
}

/** May somebody answer a post? `relation` is how they stand to its author; whoever is mentioned in it may, and the author. */
export function mayReply(
  viewerId: Id,
  post: { account_id: Id; reply_policy: number; mentions: readonly { id: string }[] },
  relation: { following: boolean; followed_by: boolean } | undefined,
): boolean {
  if (post.reply_policy === REPLY_POLICY.public || post.account_id === viewerId) return true;
  if (post.reply_policy === REPLY_POLICY.followers && relation?.following) return true;
  if (post.reply_policy === REPLY_POLICY.following && relation?.followed_by) return true;
  return post.mentions.some((m) => m.id === viewerId.toString());
}

/** States of a quote, as stored. Pending ones wait for the author on another server (FEP-044f). */
export const QUOTE_STATE = { pending: 0, accepted: 1, rejected: 2, revoked: 3 } as const;

export const POST_LIMITS = {
  media: 10,
  spoiler: 500,
  pollOptions: 8,
  pollOption: 100,
  /** Seconds. */
  pollMin: 300,
  pollMax: 2_629_746,
  pins: 5,
  urlCharacters: URL_CHARACTERS,
  /** Hashtags and mentions beyond these are plain text. */
  tags: 30,
  mentions: 50,
} as const;

export interface NewPoll {
  options: string[];
  /** Seconds from now. */
  expiresIn: number;
  multiple: boolean;
  hideTotals: boolean;
}

export interface PostText {
  text: string;
  spoilerText: string;
  mediaCount: number;
  poll: NewPoll | undefined;
  quoting: boolean;
}

/** Checks what a post says against the limits. Throws 422 with the problems per field. */
export function checkPost(post: PostText, maxChars: number): void {
  const details: Record<string, FieldProblem[]> = {};
  const add = (field: string, error: string, description: string): void =>
    void (details[field] ??= []).push({ error, description });
  if (post.text.trim() === "" && post.mediaCount === 0 && !post.poll && !post.quoting)
    add("text", "ERR_BLANK", "can't be blank");
  if (post.text.trim() === "" && post.poll) add("text", "ERR_BLANK", "can't be blank");
  if (post.text.length > maxChars * 20 || textLength(post.text) + textLength(post.spoilerText) > maxChars) {
    add("text", "ERR_TOO_LONG", `character limit of ${maxChars} exceeded`);
  }
  if (post.spoilerText.length > POST_LIMITS.spoiler)
    add("spoiler_text", "ERR_TOO_LONG", `is too long (maximum is ${POST_LIMITS.spoiler} characters)`);
  if (post.mediaCount > POST_LIMITS.media)
    add("media_ids", "ERR_TOO_MANY", `can have at most ${POST_LIMITS.media} entries`);
  if (post.mediaCount > 0 && post.poll) add("media_ids", "ERR_INVALID", "cannot be combined with a poll");
  if (post.quoting && (post.mediaCount > 0 || post.poll))
    add("quoted_status_id", "ERR_INVALID", "cannot be combined with media or a poll");
  if (post.poll) {
    for (const [field, problem] of pollProblems(post.poll)) add(field, problem.error, problem.description);
  }
  if (Object.keys(details).length > 0) throw invalid(details);
}

function pollProblems(poll: NewPoll): [string, FieldProblem][] {
  const found: [string, FieldProblem][] = [];
  const options = poll.options.map((o) => o.trim());
  if (options.length < 2)
    found.push(["poll.options", { error: "ERR_TOO_SHORT", description: "must have more than one item" }]);
  if (options.length > POST_LIMITS.pollOptions)
    found.push([
      "poll.options",
      { error: "ERR_TOO_LONG", description: `can't contain more than ${POST_LIMITS.pollOptions} items` },
    ]);
  if (options.some((o) => o === ""))
    found.push(["poll.options", { error: "ERR_BLANK", description: "can't be blank" }]);
  if (options.some((o) => [...o].length > POST_LIMITS.pollOption))
    found.push([
      "poll.options",
      { error: "ERR_TOO_LONG", description: `can't be longer than ${POST_LIMITS.pollOption} characters each` },
    ]);
  if (new Set(options).size !== options.length)
    found.push(["poll.options", { error: "ERR_INVALID", description: "contain duplicate items" }]);
  if (poll.expiresIn < POST_LIMITS.pollMin)
    found.push(["poll.expires_in", { error: "ERR_TOO_SHORT", description: "is too soon" }]);
  if (poll.expiresIn > POST_LIMITS.pollMax)
    found.push(["poll.expires_in", { error: "ERR_TOO_LONG", description: "is too far into the future" }]);
  return found;
}

/** Counters everyone sees never tell of posts that few see: answers and quotes count on the other post when public or unlisted, direct posts not even on the profile. */
export function countsIn(stored: number): { public: boolean; profile: boolean } {
  return { public: stored <= VISIBILITY.unlisted, profile: stored !== VISIBILITY.direct };
}

/** True when somebody may boost: public and unlisted posts, and one's own followers-only ones. What moderation keeps from strangers is not spread. */
export function mayBoost(viewerId: Id, post: { account_id: Id; visibility: number; restriction: number }): boolean {
  const open =
    post.visibility <= VISIBILITY.unlisted || (post.visibility === VISIBILITY.private && post.account_id === viewerId);
  return open && post.restriction === 0;
}

/** Refuses a quote the author does not want. `follows` says whether the viewer follows the author. */
export function checkQuote(
  viewerId: Id,
  post: { account_id: Id; visibility: number; quote_policy: number },
  visibility: Visibility,
  follows: boolean,
): void {
  const own = post.account_id === viewerId;
  if (
    post.visibility === VISIBILITY.direct ||
    (post.visibility === VISIBILITY.private && (!own || VISIBILITY[visibility] < VISIBILITY.private))
  ) {
    throw new AppError("unprocessable", "Validation failed: this post is too private to be quoted");
  }
  const allowed =
    own || post.quote_policy === QUOTE_POLICY.public || (post.quote_policy === QUOTE_POLICY.followers && follows);
  if (!allowed)
    throw new AppError("unprocessable", "Validation failed: the author of this post does not allow you to quote it");
}

/** The quote policy that is stored: followers-only and direct posts are never quotable by others. */
export function effectiveQuotePolicy(policy: QuotePolicy, visibility: Visibility): number {
  return VISIBILITY[visibility] >= VISIBILITY.private ? QUOTE_POLICY.nobody : QUOTE_POLICY[policy];
}

/** The words a post is found by: content warning, text, options of its poll, alternative texts. */
export function searchText(parts: {
  text: string;
  spoilerText: string;
  pollOptions?: readonly string[];
  alts?: readonly string[];
}): string {
  return [parts.spoilerText, parts.text, ...(parts.pollOptions ?? []), ...(parts.alts ?? [])]
    .filter(Boolean)
    .join("\n")
    .slice(0, 20_000);
}

/** Hashtags of a text within the limit. */
export function tagsOf(text: string): string[] {
  return extractParts(text)
    .tags.filter((t) => t.length <= 100)
    .slice(0, POST_LIMITS.tags);
}

/** A language tag as clients send it, reduced to what is stored: `de`, `pt-BR`, ...; null when it is none. */
export function languageTag(value: string | null | undefined): string | null {
  return value && /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(value) ? value : null;
}
