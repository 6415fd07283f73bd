import type { Signals } from "#platform/cache/signals.ts";
import type { Passwords } from "#platform/crypto/secrets.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Clock } from "#platform/clock.ts";
import type { Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Mail } from "#platform/mail/mail.ts";
import type { Instance } from "#modules/instance/index.ts";

/** What the accounts module needs from outside. */
export interface AccountsDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  signals: Signals;
  publisher: Publisher;
  passwords: Passwords;
  mail: Mail;
  instance: Instance;
  log: Log;
  /** Public origin without a trailing slash. */
  publicUrl: string;
  /** Host part of handles. */
  domain: string;
  /** What a registration meets from this mailbox and network. */
  newcomer(email: string, ip: string): Promise<"pass" | "approval" | "refuse">;
  /** Whether this password stands in a published leak. */
  breached(password: string): Promise<boolean>;
  /** Folder of keys that encrypt what people prove themselves with. */
  secretsDir: string;
  /** The secret of the set-up link; undefined once an owner exists. */
  setupToken(): string | undefined;
}
