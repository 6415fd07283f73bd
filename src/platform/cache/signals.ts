import pg from "pg";
import type { Log } from "#platform/log/log.ts";
import { run, statement, type Db } from "#platform/db/sql.ts";

/**
 * Tells every process that something cached is stale. The message is sent in the transaction that makes the change and arrives with its commit (PostgreSQL LISTEN/NOTIFY).
 * When the connection is lost messages may be missed: `onLost` handlers then empty their caches.
 */
export interface Signals {
  send(db: Db, topic: string, key: string): Promise<void>;
  on(topic: string, handler: (key: string) => void): void;
  onLost(handler: () => void): void;
  /** Calls the handlers of this process at once; the notification follows for the others. */
  local(topic: string, key: string): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CHANNEL = "skein_signals";
const RETRY_MS = 1000;
const notify = statement<[payload: string], { done: string }>(
  "platform.signal",
  `select pg_notify('${CHANNEL}', $1)::text as done`,
);

export function createSignals(url: string, log: Log): Signals {
  const handlers = new Map<string, ((key: string) => void)[]>();
  const lost: (() => void)[] = [];
  let client: pg.Client | undefined;
  let stopped = false;

  function dispatch(topic: string, key: string): void {
    for (const handler of handlers.get(topic) ?? []) handler(key);
  }

  async function connect(): Promise<void> {
    const made = new pg.Client({ connectionString: url, application_name: "skein signals", keepAlive: true });
    let established = false;
    made.on("notification", (message) => {
      const text = message.payload ?? "";
      const cut = text.indexOf(":");
      dispatch(text.slice(0, cut), text.slice(cut + 1));
    });
    made.on("error", (error) => log.warn({ err: { message: error.message } }, "signal connection failed"));
    made.on("end", () => {
      // An attempt that never got through ends, too; whoever made it tries again, and nobody else: two tries for each failure would be four for the next.
      if (stopped || !established) return;
      for (const handler of lost) handler();
      later();
    });
    try {
      await made.connect();
      await made.query(`listen ${CHANNEL}`);
    } catch (error) {
      made.end().catch(() => {});
      throw error;
    }
    established = true;
    client = made;
  }

  function later(): void {
    if (!stopped) setTimeout(() => void reconnect(), RETRY_MS).unref();
  }

  async function reconnect(): Promise<void> {
    if (stopped) return;
    try {
      await connect();
    } catch {
      later();
      return;
    }
    for (const handler of lost) handler();
  }

  return {
    async send(db, topic, key) {
      await run(db, notify, `${topic}:${key}`);
    },
    on(topic, handler) {
      const list = handlers.get(topic) ?? [];
      list.push(handler);
      handlers.set(topic, list);
    },
    onLost: (handler) => void lost.push(handler),
    local: dispatch,
    start: connect,
    async stop() {
      stopped = true;
      await client?.end().catch(() => {});
    },
  };
}
