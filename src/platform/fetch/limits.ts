import { FetchFailed } from "./failed.ts";

/** How many hosts are remembered. Beyond that the one not asked for longest is forgotten. */
const MAX_HOSTS = 10_000;

export interface HostLimitOptions {
  /** Requests at once to a host that was left in peace. */
  burst: number;
  /** Requests per second in the long run. */
  perSecond: number;
  /** Requests of one host that run at the same time. */
  parallel: number;
  /** How many may wait for their turn; more are refused. */
  waiting: number;
}

interface Host {
  tokens: number;
  /** When `tokens` was right, in milliseconds of the monotonic clock. */
  at: number;
  running: number;
  queue: (() => void)[];
}

export interface HostLimits {
  /**
   * Waits for a turn with this host.
   *
   * @param deadline when waiting has to end, in milliseconds of the monotonic clock.
   * @returns to be called once when the request has ended.
   * @throws FetchFailed `rate` when the host's budget is used up or too many wait already, `timeout` at the deadline.
   */
  enter(host: string, deadline: number): Promise<() => void>;
  /** Hosts that are remembered. */
  readonly size: number;
}

/**
 * A token bucket and a queue per host: whatever makes us fetch (a thread to fill up, a hostile document that names a thousand others), one
 * host gets no more than its share of requests from us.
 *
 * @param now monotonic clock in milliseconds.
 */
export function createHostLimits(options: HostLimitOptions, now: () => number = () => performance.now()): HostLimits {
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const found = hosts.get(name);
    const host = found ?? { tokens: options.burst, at: now(), running: 0, queue: [] };
    // Put at the end of the map: its order is that of use.
    if (found) hosts.delete(name);
    hosts.set(name, host);
    if (hosts.size > MAX_HOSTS) {
      for (const [oldest, { running }] of hosts) {
        if (running > 0) continue;
        hosts.delete(oldest);
        break;
      }
    }
    return host;
  }

  function leave(host: Host): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = host.queue.shift();
      if (next) next();
      else host.running--;
    };
  }

  function turn(host: Host, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          host.queue.splice(host.queue.indexOf(go), 1);
          reject(new FetchFailed("timeout", "This host's turn did not come in time"));
        },
        Math.max(1, deadline - now()),
      );
      timer.unref();
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      host.queue.push(go);
    });
  }

  return {
    async enter(name, deadline) {
      const host = hostOf(name);
      const time = now();
      host.tokens = Math.min(options.burst, host.tokens + ((time - host.at) / 1000) * options.perSecond);
      host.at = time;
      if (host.tokens < 1) throw new FetchFailed("rate", "This host was asked enough for now");
      if (host.running >= options.parallel && host.queue.length >= options.waiting) {
        throw new FetchFailed("rate", "Too many requests to this host are waiting");
      }
      host.tokens--;
      // The one who leaves passes its place on, so `running` stays as it is.
      if (host.running >= options.parallel) await turn(host, deadline);
      else host.running++;
      return leave(host);
    },
    get size() {
      return hosts.size;
    },
  };
}
