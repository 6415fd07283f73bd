import type { Config } from "#platform/config/config.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Mail } from "#platform/mail/mail.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Federation } from "#modules/federation/index.ts";
import type { Instance } from "#modules/instance/index.ts";
import type { Ledger } from "#modules/ledger/index.ts";
import type { Memes } from "#modules/memes/index.ts";
import type { Notifications } from "#modules/notifications/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import type { Safety } from "#modules/safety/index.ts";
import type { Timelines } from "#modules/timelines/index.ts";

/** What the routes of Skein's own API need. */
export interface SkeinDeps {
  config: Pick<Config, "publicUrl" | "https" | "version" | "limitedFederation" | "ai">;
  tx: Tx;
  mail: Mail;
  instance: Instance;
  accounts: Accounts;
  timelines: Timelines;
  notifications: Notifications;
  federation: Federation;
  posts: Posts;
  ledger: Ledger;
  memes: Memes;
  safety: Safety;
  now(): Date;
  /** Mastodon's CredentialAccount entity, as the client API presents it. */
  credentialAccount(accountId: Id): Promise<Record<string, unknown>>;
  /** Mastodon's Account entities by id; unknown ones are left out. */
  accountEntities(ids: readonly Id[]): Promise<Map<Id, unknown>>;
  /** JSON text of Mastodon's Status entity; 404 for what the viewer may not see. */
  statusEntity(viewerId: Id, id: Id): Promise<string>;
}
