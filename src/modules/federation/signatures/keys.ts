import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** Characters of a PEM text: 8,192 bits of RSA take about 1,500. */
const MAX_PEM = 8192;
const MIN_RSA_BITS = 2048;
/** Larger keys make one verification cost milliseconds. */
const MAX_RSA_BITS = 8192;
/** So do large exponents. Everybody uses 65,537. */
const MAX_EXPONENT = 0xffff_ffffn;

const PEM = /^\s*-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY)-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*$/;

/**
 * Is this a key that signatures are checked with? RSA with 2,048 to 8,192 bits, or Ed25519. Parsed keys of a database row are to be kept
 * in memory: reading one costs about as much as checking a signature.
 */
function usable(key: KeyObject): boolean {
  if (key.asymmetricKeyType === "ed25519") return true;
  if (key.asymmetricKeyType !== "rsa") return false;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS && publicExponent <= MAX_EXPONENT;
}

/**
 * Reads a public key as other servers publish it: SPKI (`PUBLIC KEY`) or PKCS#1 (`RSA PUBLIC KEY`). Private keys and certificates, from
 * which Node would derive a public key, are refused.
 *
 * @returns undefined when it is no key or not a usable one; never throws.
 */
export function readPublicKey(pem: string): KeyObject | undefined {
  if (pem.length > MAX_PEM) return undefined;
  const match = PEM.exec(pem);
  if (!match) return undefined;
  try {
    const type = match[1] === "PUBLIC KEY" ? "spki" : "pkcs1";
    const key = createPublicKey({ key: Buffer.from(match[2] ?? "", "base64"), format: "der", type });
    return usable(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads an own private key (PKCS#8 PEM).
 *
 * @throws Error when it is damaged or of a kind that cannot sign.
 */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (!usable(key)) throw new Error("Only RSA keys of at least 2,048 bits and Ed25519 keys can sign");
  return key;
}

export interface KeyPair {
  /** SPKI. */
  publicPem: string;
  /** PKCS#8, not encrypted. */
  privatePem: string;
}

const generate = promisify(generateKeyPair);

async function newPair(keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }>): Promise<KeyPair> {
  const { publicKey, privateKey } = await keys;
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** A new RSA-2048 pair, made in the thread pool: some 50 ms of CPU, now and then several times that. */
export function newRsaKeys(): Promise<KeyPair> {
  return newPair(generate("rsa", { modulusLength: MIN_RSA_BITS }));
}

export function newEd25519Keys(): Promise<KeyPair> {
  return newPair(generate("ed25519"));
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Multicodec `ed25519-pub`, as a varint. */
const ED25519_PUB = Buffer.from([0xed, 0x01]);
/** SPKI of an Ed25519 key up to its 32 bytes (RFC 8410). */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads an Ed25519 key in Multikey form (`publicKeyMultibase`, FEP-521a): base58btc with the prefix `z6Mk`.
 *
 * @returns undefined when it is anything else; never throws.
 */
export function readMultikey(text: string): KeyObject | undefined {
  if (!text.startsWith("z6Mk") || text.length > 64) return undefined;
  let number = 0n;
  for (const c of text.slice(1)) {
    const digit = BASE58.indexOf(c);
    if (digit < 0) return undefined;
    number = number * 58n + BigInt(digit);
  }
  // The first byte is 0xed, so no leading zeros can be lost.
  const hex = number.toString(16);
  const bytes = Buffer.from(hex, "hex");
  if (hex.length !== 68 || !bytes.subarray(0, 2).equals(ED25519_PUB)) return undefined;
  try {
    const der = Buffer.concat([ED25519_SPKI, bytes.subarray(2)]);
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/**
 * Writes an Ed25519 public key in Multikey form.
 *
 * @throws TypeError for another kind of key.
 */
export function writeMultikey(key: KeyObject): string {
  if (key.type !== "public" || key.asymmetricKeyType !== "ed25519") throw new TypeError("Not an Ed25519 public key");
  const der = key.export({ type: "spki", format: "der" });
  const bytes = Buffer.concat([ED25519_PUB, der.subarray(ED25519_SPKI.length)]);
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  while (number > 0n) {
    text = (BASE58[Number(number % 58n)] ?? "") + text;
    number /= 58n;
  }
  return `z${text}`;
}
