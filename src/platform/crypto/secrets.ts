import { argon2, createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AppError } from "#platform/errors.ts";

/** A random token for cookies, OAuth and mail links: 256 bits, URL-safe. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** What is stored instead of a token. Tokens are random, so a plain SHA-256 is enough. */
export function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Compares two secrets without telling by time where they differ. */
export function sameSecret(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface Passwords {
  /** argon2id in PHC string form (RFC 9106). */
  hash(password: string): Promise<string>;
  /** True when the password matches. A missing hash costs the same time, so that unknown names cannot be told from wrong passwords. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

interface Cost {
  memoryKiB: number;
  passes: number;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Password hashing with bounded concurrency: each hash takes `memoryKiB` of memory and a thread, so only `parallel` run at once and at most `waiting` queue; more is refused with 429.
 */
export function createPasswords(options: { cost?: Cost; parallel?: number; waiting?: number } = {}): Passwords {
  const cost = options.cost ?? { memoryKiB: 65536, passes: 3 };
  const parallel = options.parallel ?? 1;
  const maxWaiting = options.waiting ?? 50;
  const queue: (() => void)[] = [];
  let active = 0;

  async function slot<T>(work: () => Promise<T>): Promise<T> {
    if (active >= parallel) {
      if (queue.length >= maxWaiting)
        throw new AppError("rate_limited", "Too many people are logging in right now. Please try again in a moment.", {
          retryAfter: 5,
        });
      await new Promise<void>((resolve) => queue.push(resolve));
    } else active++;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else active--;
    }
  }

  function derive(password: string, salt: Buffer, memoryKiB: number, passes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      // NFKC, so that a password typed on another keyboard is the same one.
      const message = Buffer.from(password.normalize("NFKC"));
      argon2(
        "argon2id",
        { message, nonce: salt, parallelism: 1, tagLength: 32, memory: memoryKiB, passes },
        (err, key) => (err ? reject(err) : resolve(key)),
      );
    });
  }

  return {
    hash: (password) =>
      slot(async () => {
        const salt = randomBytes(16);
        const key = await derive(password, salt, cost.memoryKiB, cost.passes);
        const b64 = (b: Buffer): string => b.toString("base64").replaceAll("=", "");
        return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=1$${b64(salt)}$${b64(key)}`;
      }),
    verify: (password, phc) =>
      slot(async () => {
        const parts = phc === undefined ? null : PHC.exec(phc);
        if (!parts) {
          await derive(password, Buffer.alloc(16), cost.memoryKiB, cost.passes);
          return false;
        }
        const key = await derive(password, Buffer.from(parts[3] ?? "", "base64"), Number(parts[1]), Number(parts[2]));
        return sameSecret(key, Buffer.from(parts[4] ?? "", "base64"));
      }),
  };
}
