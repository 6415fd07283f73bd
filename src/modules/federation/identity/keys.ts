import type { KeyObject } from "node:crypto";
import { createLru } from "#platform/cache/lru.ts";
import { exec, one } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import { newRsaKeys, readPrivateKey, readPublicKey } from "#modules/federation/signatures/keys.ts";
import { insertLocalKey, localKey, remoteKey } from "#modules/federation/sql.ts";
import type { Uris } from "#modules/federation/uris.ts";

/** A key of ours, ready to sign. */
export interface SigningKey {
  id: string;
  privateKey: KeyObject;
  publicPem: string;
}

/** A key of somebody elsewhere. */
export interface RemoteKey {
  id: string;
  key: KeyObject;
  accountId: Id;
  /** Actor id of the owner. */
  actor: string;
}

export interface Keys {
  /** The signing key of somebody here, or of the instance (0); made when it is first needed. */
  own(accountId: Id): Promise<SigningKey>;
  /** A key that is known already. */
  remote(keyId: string): Promise<RemoteKey | undefined>;
  forget(keyId: string): void;
}

const OWN_BYTES = 4096;
const REMOTE_BYTES = 2048;
/** Another process may hear that a key was given up: after this many milliseconds the database is asked again. */
const TRUSTED_MS = 60_000;

export function createKeys(deps: FederationDeps, uris: Uris): Keys {
  const own = createLru<Id, SigningKey>(2000 * OWN_BYTES, () => OWN_BYTES);
  const remote = createLru<string, { key: RemoteKey; until: number }>(10_000 * REMOTE_BYTES, () => REMOTE_BYTES);
  const making = new Map<Id, Promise<SigningKey>>();

  async function load(accountId: Id): Promise<SigningKey> {
    let row = await one(deps.pool, localKey, accountId);
    if (!row) {
      const made = await newRsaKeys();
      // Somebody else may have made one at the same moment: what is stored counts.
      await exec(deps.pool, insertLocalKey, accountId, made.privatePem, made.publicPem);
      row = await one(deps.pool, localKey, accountId);
    }
    if (!row) throw new Error("a signing key could not be stored");
    const key = { id: uris.key(accountId), privateKey: readPrivateKey(row.private_pem), publicPem: row.public_pem };
    own.set(accountId, key);
    return key;
  }

  return {
    async own(accountId) {
      const cached = own.get(accountId);
      if (cached) return cached;
      const running = making.get(accountId);
      if (running) return running;
      const loading = load(accountId).finally(() => making.delete(accountId));
      making.set(accountId, loading);
      return loading;
    },
    async remote(keyId) {
      const cached = remote.get(keyId);
      if (cached && cached.until > deps.clock.ms()) return cached.key;
      const row = await one(deps.pool, remoteKey, keyId);
      const key = row && readPublicKey(row.pem);
      if (!row || !key) return undefined;
      const found = { id: row.id, key, accountId: row.account_id, actor: row.actor };
      remote.set(keyId, { key: found, until: deps.clock.ms() + TRUSTED_MS });
      return found;
    },
    forget: (keyId) => remote.delete(keyId),
  };
}
