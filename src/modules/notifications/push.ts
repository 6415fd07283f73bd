import { ECDH } from "node:crypto";
import type WebPush from "web-push";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Tx } from "#platform/db/tx.ts";
import { invalid, notFound } from "#platform/errors.ts";
import type { JobSpec, Publisher } from "#platform/events/publish.ts";
import { addressKind } from "#platform/fetch/addresses.ts";
import { FetchFailed, type GuardedFetch } from "#platform/fetch/guarded.ts";
import { checkTarget, type TargetRules } from "#platform/fetch/target.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import { pushBody, pushTitle, textOf, type PushLocale } from "./push-text.ts";
import * as sql from "./sql-push.ts";
import type { NotificationRow } from "./sql.ts";
import { NOTIFICATION_TYPES, type NotificationType } from "./types.ts";

// Web Push as Mastodon's clients use it: docs.joinmastodon.org/methods/push; RFC 8030 (protocol), 8291 (encryption), 8292 (VAPID).

/** What a subscription can be asked to tell. More than this server makes: clients ask for all that Mastodon knows. Decisions of moderation come by mail. */
export const PUSH_ALERTS: readonly string[] = [
  ...new Set<string>([...NOTIFICATION_TYPES.filter((type) => type !== "moderation_warning"), "admin.report"]),
];
export const PUSH_POLICIES = ["all", "followed", "follower", "none"] as const;
export type PushPolicy = (typeof PUSH_POLICIES)[number];

export interface PushSubscription {
  id: Id;
  endpoint: string;
  /** False: the drafts that came before RFC 8291 and 8292. */
  standard: boolean;
  /** Every one of `PUSH_ALERTS`. */
  alerts: Record<string, boolean>;
  policy: string;
}

export interface NewPushSubscription {
  endpoint: string;
  /** base64url or base64: an uncompressed point of P-256, and 16 random bytes. */
  p256dh: string;
  auth: string;
  standard: boolean;
  /** Those that are not named are off. */
  alerts: Readonly<Record<string, boolean>>;
  policy: PushPolicy;
}

/** Push subscriptions; each belongs to one access token. */
export interface Push {
  /** The instance's VAPID key, base64url. Made when it is asked for the first time. */
  publicKey(): Promise<string>;
  /** Makes the token's subscription, or replaces it. 422 for an address or keys that cannot be used. */
  subscribe(accountId: Id, tokenId: Id, wish: NewPushSubscription): Promise<PushSubscription>;
  /** 404 when the token has none. */
  subscription(tokenId: Id): Promise<PushSubscription>;
  /** Given alerts replace all of them. 404 when the token has none. */
  change(
    tokenId: Id,
    changes: { alerts?: Readonly<Record<string, boolean>> | undefined; policy?: PushPolicy | undefined },
  ): Promise<PushSubscription>;
  unsubscribe(tokenId: Id): Promise<void>;
}

export interface PushDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  publisher: Publisher;
  fetcher: Pick<GuardedFetch, "post">;
  accounts: Pick<Accounts, "profiles">;
  posts: Pick<Posts, "views">;
  publicUrl: string;
  /** Plain http to this machine is an address, too. */
  allowLoopback: boolean;
}

const TASK = "notifications.push";
/** Somebody with more programs than this is nobody with many phones: each subscription is a request per notification. */
const MAX_PER_ACCOUNT = 30;
/** How long a push service keeps a message for a phone that is off, in seconds. News that waited here as long is not sent any more. */
const TTL = 48 * 3600;
/** Milliseconds. Push services answer at once; one that does not must not hold a worker. */
const TIMEOUT = 5000;
const MAX_FAILURES = 10;
/** Characters; see `push-text.ts` for what else a message holds. */
const MAX_ICON = 1000;
/** What says that the address is wrong, and not that its host is away. */
const UNUSABLE = new Set(["bad_url", "blocked_domain", "blocked_address"]);

/** The job that pushes one notification; to one subscription only when it is named. */
export function pushJob(accountId: Id, notificationId: Id, subscriptionId?: Id): JobSpec {
  return {
    task: TASK,
    payload: {
      accountId: accountId.toString(),
      notificationId: notificationId.toString(),
      ...(subscriptionId === undefined ? {} : { subscriptionId: subscriptionId.toString() }),
    },
    key: `${TASK}:${notificationId}${subscriptionId === undefined ? "" : `:${subscriptionId}`}`,
    // Timelines first.
    priority: 3,
    // The last try comes some four minutes after the first.
    maxAttempts: 6,
  };
}

/** `find` is how the person would read the notification: undefined when it is gone, or from somebody who is muted now. */
export function createPush(
  deps: PushDeps,
  find: (accountId: Id, id: Id) => Promise<NotificationRow | undefined>,
): { push: Push; task: Task } {
  const { pool } = deps;
  const { allowLoopback, publicUrl } = deps;
  const rules: TargetRules = { allowLoopback, ports: [], trustedOrigins: new Set(), blocked: () => false };
  // RFC 8292 wants an https or mailto address. Only development and tests have no https.
  const subject = publicUrl.startsWith("https:") ? publicUrl : `mailto:no-reply@${new URL(publicUrl).hostname}`;
  let kept: Promise<sql.KeyRow> | undefined;

  /** The library, which is large for what it does, is not loaded before somebody has subscribed. Its own network code is not used. */
  const library = async (): Promise<typeof WebPush> => (await import("web-push")).default;

  async function loadKeys(): Promise<sql.KeyRow> {
    const found = await one(pool, sql.keys);
    if (found) return found;
    const made = (await library()).generateVAPIDKeys();
    await exec(pool, sql.insertKeys, made.publicKey, made.privateKey);
    const row = await one(pool, sql.keys);
    if (!row) throw new Error("The push keys were not stored");
    return row;
  }

  function keys(): Promise<sql.KeyRow> {
    if (!kept) {
      kept = loadKeys();
      kept.catch(() => (kept = undefined));
    }
    return kept;
  }

  const known = (alerts: Readonly<Record<string, boolean>>): Record<string, boolean> =>
    Object.fromEntries(PUSH_ALERTS.map((type) => [type, Object.hasOwn(alerts, type) && alerts[type] === true]));
  const shown = (row: sql.SubscriptionRow): PushSubscription => ({ ...row, alerts: known(row.alerts) });

  async function send(target: sql.TargetRow, notification: NotificationRow, message: string): Promise<void> {
    const { public_key: publicKey, private_key: privateKey } = await keys();
    const request = (await library()).generateRequestDetails(
      { endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } },
      message,
      {
        vapidDetails: { subject, publicKey, privateKey },
        TTL,
        contentEncoding: target.standard ? "aes128gcm" : "aesgcm",
        urgency: notification.type === "mention" ? "high" : "normal",
      },
    );
    const headers = Object.entries(request.headers)
      // The client counts for itself.
      .filter(([name]) => name.toLowerCase() !== "content-length")
      .map(([name, value]) => [name, String(value)]);
    let status: number;
    try {
      const answer = await deps.fetcher.post(target.endpoint, request.body, Object.fromEntries(headers), {
        timeoutMs: TIMEOUT,
      });
      status = answer.status;
    } catch (error) {
      if (!(error instanceof FetchFailed) || !UNUSABLE.has(error.reason)) throw error;
      status = 400;
    }
    if (status >= 200 && status < 300) await exec(pool, sql.taken, target.id);
    else if (status === 404 || status === 410) await exec(pool, sql.gone, target.id);
    else if (status === 429 || status >= 500) throw new Error(`A push service answered ${status}`);
    else if (((await one(pool, sql.refused, target.id))?.failures ?? 0) >= MAX_FAILURES)
      await exec(pool, sql.gone, target.id);
  }

  /** What the program gets, as JSON. */
  async function compose(
    accountId: Id,
    notification: NotificationRow & { type: NotificationType },
    locale: PushLocale,
  ): Promise<string | undefined> {
    const [from] = await deps.accounts.profiles.get([notification.from_account_id]);
    if (!from) return undefined;
    let text = from.domain === null ? `@${from.username}` : `@${from.username}@${from.domain}`;
    if (notification.post_id !== null) {
      const post = await deps.posts.views.get(accountId, notification.post_id);
      if (!post) return undefined;
      // Posts for few are no exception: only the person's own program can read the message.
      text = post.spoiler_text || textOf(post.content);
    }
    const picture = from.avatar?.url ?? "";
    const icon = picture === "" || picture.length > MAX_ICON ? "/img/avatar.png" : picture;
    const message = JSON.stringify({
      // Mastodon sends the token itself, by which a program with several accounts finds the one that is meant. Here tokens are stored
      // as digests only, so that nobody can read them out of the database, and there is none to send.
      access_token: "",
      preferred_locale: locale,
      notification_type: notification.type,
      icon: icon.startsWith("/") ? publicUrl + icon : icon,
      title: pushTitle(locale, notification.type, from.display_name || from.username),
      body: pushBody(text),
    });
    // The one id besides `most_recent_notification_id` that is a number: programs in Swift take no text here.
    return `{"notification_id":${notification.id},${message.slice(1)}`;
  }

  const isKnown = (row: NotificationRow): row is NotificationRow & { type: NotificationType } =>
    (NOTIFICATION_TYPES as readonly string[]).includes(row.type);

  const task: Task = {
    name: TASK,
    async run(payload) {
      const idIn = (key: string): Id => BigInt(String(payload[key]));
      const accountId = idIn("accountId");
      const only = payload["subscriptionId"] === undefined ? null : idIn("subscriptionId");
      const row = await find(accountId, idIn("notificationId"));
      if (!row || !isKnown(row) || deps.clock.ms() - row.created_at.getTime() > TTL * 1000) return;
      const targets = await run(pool, sql.targets, accountId, row.type, row.from_account_id, only);
      const [first] = targets;
      if (!first) return;
      if (targets.length > 1) {
        // One job each: when one service is away, the others are not told again and again.
        await deps.tx((db) => deps.publisher.enqueue(db, ...targets.map((t) => pushJob(accountId, row.id, t.id))));
        return;
      }
      const message = await compose(accountId, row, first.locale === "de" ? "de" : "en");
      if (message !== undefined) await send(first, row, message);
    },
  };

  const push: Push = {
    publicKey: async () => (await keys()).public_key,
    async subscribe(accountId, tokenId, wish) {
      const p256dh = bytesOf(wish.p256dh);
      const auth = bytesOf(wish.auth);
      const problems = {
        ...(usableAddress(wish.endpoint, rules) ? {} : problem("endpoint", "must be an https address on port 443")),
        ...(isPoint(p256dh) ? {} : problem("p256dh", "must be a public key on P-256: 65 bytes in base64url")),
        ...(auth?.length === 16 ? {} : problem("auth", "must be 16 bytes in base64url")),
      };
      if (!p256dh || !auth || Object.keys(problems).length > 0) throw invalid(problems);
      const row = await deps.tx(async (db) => {
        const made = await one(
          db,
          sql.subscribe,
          deps.ids.next(),
          tokenId,
          accountId,
          wish.endpoint,
          p256dh.toString("base64url"),
          auth.toString("base64url"),
          JSON.stringify(known(wish.alerts)),
          wish.policy,
          wish.standard,
        );
        await exec(db, sql.forgetOldest, accountId, MAX_PER_ACCOUNT);
        return made;
      });
      if (!row) throw notFound();
      return shown(row);
    },
    async subscription(tokenId) {
      const row = await one(pool, sql.subscription, tokenId);
      if (!row) throw notFound();
      return shown(row);
    },
    async change(tokenId, { alerts, policy }) {
      const wanted = alerts && JSON.stringify(known(alerts));
      const row = await one(pool, sql.change, tokenId, wanted ?? null, policy ?? null);
      if (!row) throw notFound();
      return shown(row);
    },
    async unsubscribe(tokenId) {
      await exec(pool, sql.unsubscribe, tokenId);
    },
  };
  return { push, task };
}

const problem = (field: string, description: string): Record<string, { error: string; description: string }[]> => ({
  [field]: [{ error: "ERR_INVALID", description }],
});

/** Programs send either alphabet, with or without padding. */
function bytesOf(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, "base64url") : undefined;
}

/** An uncompressed point that is on the curve: with any other, every message would fail later, and nobody would learn why. */
function isPoint(key: Buffer | undefined): boolean {
  if (key?.length !== 65 || key[0] !== 4) return false;
  try {
    ECDH.convertKey(key, "prime256v1");
    return true;
  } catch {
    return false;
  }
}

function usableAddress(endpoint: string, rules: TargetRules): boolean {
  try {
    const { url, host } = checkTarget(endpoint, rules);
    return url.protocol === "https:" || host === "localhost" || addressKind(host) === "loopback";
  } catch (error) {
    if (error instanceof FetchFailed) return false;
    throw error;
  }
}
