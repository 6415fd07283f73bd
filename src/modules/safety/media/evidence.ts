/**
 * Evidence is encrypted to a public key whose private half is kept away from this machine: who takes over the server cannot open it, and neither can its staff.
 * One X25519 exchange with a fresh key gives the secret (RFC 7748), HKDF-SHA-256 the key (RFC 5869), AES-256-GCM the rest.
 *
 * A sealed package: the text `SKEV1` and a zero byte, 32 bytes of the fresh public key, 12 bytes nonce, the encrypted content, 16 bytes tag. What came before the nonce, and the
 * case's number, are authenticated with it. The content: 4 bytes length (big-endian), so many bytes of JSON, then the picture's own bytes.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { AppError } from "#platform/errors.ts";

const MAGIC = Buffer.from("SKEV1\0");
const RAW = 32;
const NONCE = 12;
const TAG = 16;
/** File below the secrets folder; part of a backup. */
export const EVIDENCE_KEY_FILE = "evidence-public.pem";

/** The last 32 bytes of an X25519 key's SPKI form are the key (RFC 8410). */
const rawOf = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" }).subarray(-RAW);
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
const publicFromRaw = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });

/** Reads a public key. Throws `unprocessable` for anything but X25519. */
export function evidenceKey(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey(pem);
  } catch {
    // Said below.
  }
  if (key?.asymmetricKeyType !== "x25519")
    throw new AppError("unprocessable", "The evidence key is no X25519 public key in PEM form.");
  return key;
}

/** A short name of a key: the first 16 digits of its SHA-256. */
export const keyId = (key: KeyObject): string => createHash("sha256").update(rawOf(key)).digest("hex").slice(0, 16);

export function newEvidenceKeys(): { publicPem: string; privatePem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const secretOf = (shared: Buffer, fresh: Buffer, recipient: Buffer): Buffer =>
  Buffer.from(hkdfSync("sha256", shared, Buffer.concat([fresh, recipient]), "skein evidence 1", 32));

export function seal(recipient: KeyObject, caseId: bigint, about: object, picture: Uint8Array): Buffer {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const fresh = rawOf(publicKey);
  const secret = secretOf(diffieHellman({ privateKey, publicKey: recipient }), fresh, rawOf(recipient));
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", secret, nonce);
  cipher.setAAD(Buffer.concat([MAGIC, fresh, Buffer.from(caseId.toString())]));
  const json = Buffer.from(JSON.stringify(about));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const content = [length, json, picture].map((part) => cipher.update(part));
  return Buffer.concat([MAGIC, fresh, nonce, ...content, cipher.final(), cipher.getAuthTag()]);
}

/** Opens a package with the private key. For the command line, on a machine that is not the server. */
export function unseal(privatePem: string, caseId: bigint, sealed: Buffer): { about: unknown; picture: Buffer } {
  const wrong = (cause?: unknown): AppError =>
    new AppError("unprocessable", "The evidence cannot be opened: wrong key, wrong case, or a damaged file.", {
      cause,
    });
  const start = MAGIC.length + RAW;
  if (sealed.length < start + NONCE + TAG + 4 || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) throw wrong();
  try {
    const privateKey = createPrivateKey(privatePem);
    const fresh = sealed.subarray(MAGIC.length, start);
    const shared = diffieHellman({ privateKey, publicKey: publicFromRaw(fresh) });
    const secret = secretOf(shared, fresh, rawOf(createPublicKey(privateKey)));
    const decipher = createDecipheriv("aes-256-gcm", secret, sealed.subarray(start, start + NONCE));
    decipher.setAAD(Buffer.concat([MAGIC, fresh, Buffer.from(caseId.toString())]));
    decipher.setAuthTag(sealed.subarray(-TAG));
    const content = Buffer.concat([decipher.update(sealed.subarray(start + NONCE, -TAG)), decipher.final()]);
    const length = content.readUInt32BE();
    const about: unknown = JSON.parse(content.subarray(4, 4 + length).toString());
    return { about, picture: content.subarray(4 + length) };
  } catch (error) {
    throw wrong(error);
  }
}
