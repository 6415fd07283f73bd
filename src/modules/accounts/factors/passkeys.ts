import type * as WebAuthn from "@simplewebauthn/server";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { digest } from "#platform/crypto/secrets.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { AccountsDeps } from "#modules/accounts/deps.ts";
import { userById } from "#modules/accounts/sql.ts";
import type { From } from "./index.ts";
import type { SecurityKind } from "./letters.ts";
import * as sql from "./sql.ts";

/** Passkeys (W3C Web Authentication, level 3): a full log-in, since the device checks its user itself. */
export interface Passkeys {
  /** What the browser needs to make one, for somebody who is signed in. */
  registration(accountId: Id): Promise<object>;
  /** Stores the one that was made. 422 when it does not answer our question. */
  register(accountId: Id, answer: RegistrationResponseJSON, name: string, from: From): Promise<sql.PasskeyRow>;
  /** What the browser needs to log in; it asks nobody who they are. */
  question(): Promise<object>;
  /** Who logs in. 401 for everything that is not a fresh answer, with its user checked, of a passkey that is registered here. */
  logIn(answer: AuthenticationResponseJSON): Promise<Id>;
  remove(accountId: Id, id: Id, from: From): Promise<void>;
}

const CHALLENGE_MS = 5 * 60_000;
const MOST = 20;

// Loaded when somebody uses a passkey: the library weighs more than a start should.
const library = (): Promise<typeof WebAuthn> => import("@simplewebauthn/server");

export function createPasskeys(
  deps: AccountsDeps,
  note: (db: TxClient, accountId: Id, kind: SecurityKind, from: From) => Promise<void>,
): Passkeys {
  const origin = new URL(deps.publicUrl).origin;
  const rpID = new URL(deps.publicUrl).hostname;
  const refused = (): AppError =>
    new AppError("unauthorized", "This passkey could not be used here. Try again, or log in with your password.", {
      reason: "invalid_passkey",
    });

  async function remember(challenge: string, accountId: Id | null): Promise<void> {
    await exec(deps.pool, sql.insertChallenge, digest(challenge), accountId, new Date(deps.clock.ms() + CHALLENGE_MS));
  }
  /** A question is answered once, by the one it was put to. */
  const take =
    (accountId: Id | null) =>
    async (challenge: string): Promise<boolean> =>
      (await one(deps.pool, sql.takeChallenge, digest(challenge), accountId, deps.clock.now())) !== undefined;

  return {
    async registration(accountId) {
      const user = await one(deps.pool, userById, accountId);
      if (!user) throw notFound();
      const there = await run(deps.pool, sql.passkeysOf, accountId);
      if (there.length >= MOST)
        throw new AppError("conflict", `You have ${MOST} passkeys. Remove one first.`, { reason: "too_many" });
      const { generateRegistrationOptions } = await library();
      const options = await generateRegistrationOptions({
        rpName: deps.domain,
        rpID,
        userName: user.username,
        userID: Uint8Array.from(Buffer.from(accountId.toString())),
        attestationType: "none",
        excludeCredentials: there.map((p) => ({ id: p.credential_id })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
      await remember(options.challenge, accountId);
      return options;
    },
    async register(accountId, answer, name, from) {
      const { verifyRegistrationResponse } = await library();
      const problem = (): Error =>
        invalid({ passkey: [{ error: "ERR_INVALID", description: "could not be read: start again" }] });
      const verified = await verifyRegistrationResponse({
        response: answer,
        expectedChallenge: take(accountId),
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
      }).catch(() => undefined);
      if (!verified?.verified) throw problem();
      const { credential } = verified.registrationInfo;
      return deps.tx(async (db) => {
        const row = await one(
          db,
          sql.insertPasskey,
          deps.ids.next(),
          accountId,
          credential.id,
          credential.publicKey,
          BigInt(credential.counter),
          [...(credential.transports ?? [])],
          name.trim().slice(0, 60) || "Passkey",
          deps.clock.now(),
        );
        // Known already: to this person, or to somebody else.
        if (!row) throw problem();
        await note(db, accountId, "passkey_added", from);
        return row;
      });
    },
    async question() {
      const { generateAuthenticationOptions } = await library();
      const options = await generateAuthenticationOptions({ rpID, userVerification: "required" });
      await remember(options.challenge, null);
      return options;
    },
    async logIn(answer) {
      const row = await one(deps.pool, sql.passkeyById, String(answer.id));
      if (!row) throw refused();
      // The browser says whose it is; the key has to be that person's.
      const handle = answer.response.userHandle;
      if (handle !== undefined && Buffer.from(handle, "base64url").toString() !== row.account_id.toString())
        throw refused();
      const { verifyAuthenticationResponse } = await library();
      const verified = await verifyAuthenticationResponse({
        response: answer,
        expectedChallenge: take(null),
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: Uint8Array.from(row.public_key),
          counter: Number(row.counter),
        },
      }).catch(() => undefined);
      if (!verified?.verified) throw refused();
      const counter = BigInt(verified.authenticationInfo.newCounter);
      if (!(await one(deps.pool, sql.usePasskey, row.id, counter, deps.clock.now()))) throw refused();
      return row.account_id;
    },
    remove: (accountId, id, from) =>
      deps.tx(async (db) => {
        if (!(await one(db, sql.deletePasskey, id, accountId))) throw notFound();
        await note(db, accountId, "passkey_removed", from);
      }),
  };
}
