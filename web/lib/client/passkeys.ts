/** Passkeys in the browser (W3C Web Authentication, level 3). */
import { call } from "./api.ts";

const API = "/api/skein/v1";

/** Whoever closes the browser's window has changed their mind: that is no failure. */
const changedMind = (cause: unknown): boolean =>
  cause instanceof DOMException && (cause.name === "NotAllowedError" || cause.name === "AbortError");

/** Logs in with a passkey; false when the person changed their mind. Throws `CallError`. */
export async function logIn(): Promise<boolean> {
  const options = await call<PublicKeyCredentialRequestOptionsJSON>("POST", `${API}/sessions/passkey/question`, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const found = await navigator.credentials.get({ publicKey }).catch((cause: unknown) => {
    if (changedMind(cause)) return null;
    throw cause;
  });
  if (!(found instanceof PublicKeyCredential)) return false;
  await call("POST", `${API}/sessions/passkey`, { passkey: found.toJSON() as object });
  return true;
}

/** Makes a passkey for whoever is signed in; false when the person changed their mind. Throws `CallError`. */
export async function makePasskey(current: string, name: string): Promise<boolean> {
  const options = await call<PublicKeyCredentialCreationOptionsJSON>("POST", `${API}/me/security/passkeys/question`, {
    current,
  });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await navigator.credentials.create({ publicKey }).catch((cause: unknown) => {
    if (changedMind(cause)) return null;
    throw cause;
  });
  if (!(made instanceof PublicKeyCredential)) return false;
  await call("POST", `${API}/me/security/passkeys`, { passkey: made.toJSON() as object, name });
  return true;
}
