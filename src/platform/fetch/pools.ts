import { isIP } from "node:net";
import { buildConnector, Pool, type Dispatcher } from "undici";
import { FetchFailed, failure } from "./failed.ts";
import { createLookup, type Resolve } from "./resolve.ts";
import { checkAddress, type Target, type TargetRules } from "./target.ts";

export interface PoolOptions {
  rules: TargetRules;
  resolve: Resolve;
  connectTimeoutMs: number;
  /** Origins with open connections, or requests under way. */
  maxOrigins: number;
  socketsPerHost: number;
  /** Certificate authorities instead of the usual ones, in PEM. */
  ca?: string | undefined;
}

interface Entry {
  pool: Pool;
  /** Requests that run or wait for a connection. */
  active: number;
}

export interface Pools {
  /**
   * Runs `work` with the kept-alive connections to the target's origin.
   *
   * @throws FetchFailed `rate` when no room is left for another origin or request.
   */
  use<T>(target: Target, work: (dispatcher: Dispatcher) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  /** Origins that are remembered. */
  readonly size: number;
}

/** Requests that may wait for one of an origin's sockets. */
const MAX_ACTIVE = 256;
/** How long an unused connection stays open, in milliseconds, unless the other server asks for less. */
const KEEP_ALIVE = 30_000;

/**
 * Connections, several per origin and kept alive. An origin without connections and requests is forgotten at once, so hosts that are dead
 * leave nothing behind; when too many are alive, the one idle for longest goes.
 */
export function createPools(options: PoolOptions): Pools {
  const { rules } = options;
  const entries = new Map<string, Entry>();
  const base = {
    timeout: options.connectTimeoutMs,
    allowH2: false,
    maxCachedSessions: 1000,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 700,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };

  /** A connector whose look-up judges, and which looks once more at the address that was really reached. */
  function guarded(loopback: boolean | undefined): buildConnector.connector {
    const connect = buildConnector({ ...base, lookup: createLookup(options.resolve, loopback) });
    return (to, callback) => {
      try {
        // For an address instead of a name no look-up takes place.
        if (loopback !== undefined && isIP(to.hostname) !== 0) checkAddress(to.hostname, loopback);
      } catch (error) {
        queueMicrotask(() => callback(failure(error), null));
        return;
      }
      connect(to, (...[error, socket]) => {
        if (error) return callback(error, null);
        try {
          if (loopback !== undefined) checkAddress(socket.remoteAddress ?? "", loopback);
          callback(null, socket);
        } catch (refused) {
          socket.destroy();
          callback(failure(refused), null);
        }
      });
    };
  }
  const connectors = { public: guarded(false), loopback: guarded(true), trusted: guarded(undefined) };

  function connectorFor(target: Target): buildConnector.connector {
    if (rules.trustedOrigins.has(target.origin)) return connectors.trusted;
    return target.url.protocol === "http:" ? connectors.loopback : connectors.public;
  }

  function forget(origin: string, entry: Entry): void {
    if (entry.active > 0 || entries.get(origin) !== entry) return;
    entries.delete(origin);
    entry.pool.close().catch(() => undefined);
  }

  function makeRoom(): void {
    if (entries.size < options.maxOrigins) return;
    for (const [origin, entry] of entries) {
      if (entry.active === 0) return forget(origin, entry);
    }
    throw new FetchFailed("rate", "Too many servers are being asked");
  }

  function entryFor(target: Target): Entry {
    const { origin } = target;
    const found = entries.get(origin);
    if (found) {
      // Order of the map is order of use.
      entries.delete(origin);
      entries.set(origin, found);
      return found;
    }
    makeRoom();
    const pool = new Pool(origin, {
      connect: connectorFor(target),
      connections: options.socketsPerHost,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      // The deadline of the exchange covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
    });
    const entry: Entry = { pool, active: 0 };
    const idle = (): void => {
      if (pool.stats.connected === 0) forget(origin, entry);
    };
    pool.on("disconnect", idle);
    pool.on("connectionError", idle);
    entries.set(origin, entry);
    return entry;
  }

  return {
    async use(target, work) {
      const entry = entryFor(target);
      if (entry.active >= MAX_ACTIVE) throw new FetchFailed("rate", "Too many requests to this host are waiting");
      entry.active++;
      try {
        return await work(entry.pool);
      } finally {
        entry.active--;
        if (entry.active === 0 && entry.pool.stats.connected === 0) forget(target.origin, entry);
      }
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(({ pool }) => pool.destroy()));
    },
    get size() {
      return entries.size;
    },
  };
}
