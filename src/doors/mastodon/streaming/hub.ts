import type { Signals } from "#platform/cache/signals.ts";
import { parseId, type Id } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import { VISIBILITY, type PostRow } from "#modules/posts/index.ts";
import { createNotificationPresenter } from "#doors/mastodon/notifications.ts";
import type { MastodonDeps } from "#doors/mastodon/deps.ts";

/** A stream somebody listens to, as Mastodon names it: `user`, `public:local`, `hashtag` with its tag, ... */
export interface StreamName {
  name: string;
  tag?: string | undefined;
}

/** One connection, however it is spoken to. */
export interface Listener {
  /** Undefined for streams that need nobody. */
  accountId: Id | undefined;
  /** Whether the credential covers `read:notifications`: the `user` stream carries them only then. */
  hearsNotifications: boolean;
  streams: Map<string, StreamName>;
  send(stream: StreamName, event: string, payload: string): void;
  /** False as soon as the credential is no longer valid. */
  stillAllowed(): Promise<boolean>;
  close(): void;
}

export interface Hub {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  readonly size: number;
  close(): void;
}

/** Streams that need a person and `read:statuses` or `read:notifications`; the others are open to every token. */
export const PERSONAL = new Set(["user", "user:notification", "direct", "list"]);
export const STREAMS = new Set([
  ...PERSONAL,
  "public",
  "public:media",
  "public:local",
  "public:local:media",
  "public:remote",
  "public:remote:media",
  "hashtag",
  "hashtag:local",
]);

/** Posts that a connection was sent, so that it can be told when they end; the oldest are forgotten. */
const REMEMBERED = 2000;

/**
 * Brings news to whoever is connected. It hears of them through signals, which carry ids only, and looks everything up as the reader would: what somebody may not see
 * does not come to them this way either.
 */
export function createHub(deps: MastodonDeps, signals: Signals, log: Log): Hub {
  const listeners = new Set<Listener>();
  const sent = new WeakMap<Listener, Set<Id>>();
  const notifications = createNotificationPresenter(deps);
  // One after the other: events of one post must not overtake each other.
  let queue: Promise<void> = Promise.resolve();
  const later = (work: () => Promise<void>): void => {
    if (listeners.size === 0) return;
    queue = queue.then(work).catch((err: unknown) => log.warn({ err }, "an event could not be streamed"));
  };

  signals.on("spread", (key) => {
    for (const id of idsIn(key)) later(() => spread(id));
  });
  signals.on("told", (key) => {
    later(async () => {
      for (const pair of key.split(",")) {
        const [account, id] = pair.split(":").map((text) => parseId(text));
        if (account !== undefined && id !== undefined) await told(account, id);
      }
    });
  });
  signals.on("post", (key) => {
    const id = parseId(key);
    if (id !== undefined) later(() => changed(id));
  });
  for (const topic of ["credential", "account-credentials"]) signals.on(topic, () => later(() => recheck()));

  const idsIn = (key: string): Id[] => key.split(",").flatMap((text) => parseId(text) ?? []);

  function remember(listener: Listener, id: Id): void {
    const known = sent.get(listener) ?? new Set<Id>();
    known.add(id);
    if (known.size > REMEMBERED)
      for (const oldest of known) {
        known.delete(oldest);
        break;
      }
    sent.set(listener, known);
  }

  /** The open streams a post belongs to. */
  async function publicStreams(row: PostRow): Promise<Set<string>> {
    const names = new Set<string>();
    if (row.visibility !== VISIBILITY.public || row.boost_of_id !== null || row.restriction > 0) return names;
    const [author] = await deps.accounts.profiles.get([row.account_id]);
    if (!author || author.suspended || author.silenced) return names;
    const where = author.domain === null ? "local" : "remote";
    for (const tag of row.tags) {
      names.add(`hashtag ${tag}`);
      if (where === "local") names.add(`hashtag:local ${tag}`);
    }
    // Answers to others are no news for everyone.
    if (row.in_reply_to_account_id !== null && row.in_reply_to_account_id !== row.account_id) return names;
    const bases = ["public", `public:${where}`];
    for (const base of bases) {
      names.add(base);
      if (row.media.length > 0) names.add(`${base}:media`);
    }
    return names;
  }

  const keyOf = (stream: StreamName): string =>
    stream.tag === undefined ? stream.name : `${stream.name} ${stream.tag}`;

  async function deliver(listener: Listener, stream: StreamName, event: string, id: Id): Promise<void> {
    const viewer = listener.accountId ?? null;
    const [text] = await deps.present.render(viewer, await deps.posts.views.cards(viewer, [id]));
    if (text === undefined) return;
    listener.send(stream, event, text);
    remember(listener, id);
  }

  async function spread(id: Id): Promise<void> {
    const [row] = await deps.posts.views.contents([id]);
    if (!row) return;
    const owners = [...listeners].flatMap((l) =>
      l.streams.has("user") && l.accountId !== undefined ? [l.accountId] : [],
    );
    const readers = new Set(await deps.timelines.readersOf(id, [...new Set(owners)]));
    const open = await publicStreams(row);
    const direct =
      row.visibility === VISIBILITY.direct
        ? new Set([row.account_id, ...row.mentions.map((m) => BigInt(m.id))])
        : new Set<Id>();
    for (const listener of listeners) {
      for (const stream of listener.streams.values()) {
        const wanted =
          stream.name === "user"
            ? listener.accountId !== undefined && readers.has(listener.accountId)
            : stream.name !== "direct" && open.has(keyOf(stream));
        if (wanted) await deliver(listener, stream, "update", id);
      }
    }
    if (direct.size > 0)
      for (const l of listeners) if (l.accountId !== undefined && direct.has(l.accountId)) remember(l, id);
  }

  async function told(accountId: Id, id: Id): Promise<void> {
    const own = [...listeners].filter((l) => l.accountId === accountId && l.hearsNotifications);
    if (own.length === 0) return;
    const row = await deps.notifications.get(accountId, id).catch(() => undefined);
    if (!row) return;
    const [text] = await notifications.present(accountId, [row]);
    if (text === undefined) return;
    for (const listener of own)
      for (const stream of listener.streams.values())
        if (stream.name === "user" || stream.name === "user:notification") listener.send(stream, "notification", text);
  }

  /** Edited or gone: told to those who were sent the post. */
  async function changed(id: Id): Promise<void> {
    const knowing = [...listeners].filter((l) => sent.get(l)?.has(id));
    if (knowing.length === 0) return;
    const exists = (await deps.posts.views.contents([id])).length > 0;
    for (const listener of knowing) {
      const [stream] = listener.streams.values();
      if (!stream) continue;
      if (exists) await deliver(listener, stream, "status.update", id);
      else {
        listener.send(stream, "delete", id.toString());
        sent.get(listener)?.delete(id);
      }
    }
  }

  /** Somebody was suspended, or a token was taken back: their connections end. */
  async function recheck(): Promise<void> {
    for (const listener of listeners) if (!(await listener.stillAllowed())) listener.close();
  }

  return {
    add: (listener) => void listeners.add(listener),
    remove: (listener) => void listeners.delete(listener),
    get size() {
      return listeners.size;
    },
    close() {
      for (const listener of listeners) listener.close();
      listeners.clear();
    },
  };
}
