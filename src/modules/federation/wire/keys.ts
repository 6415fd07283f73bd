/** Public keys of actors: PEM in `publicKey`, multibase in `assertionMethod` (FEP-521a). */
import { LIMITS } from "./limits.ts";
import type { IncomingActor, IncomingKey, Uri } from "./types.ts";
import { each, get, idOf, isObject, list, reference, text, typeOf, type Json } from "./values.ts";

type Key = IncomingActor["keys"][number];

/** All keys of an actor document: those with PEM first. */
export function keysOf(actor: Json): Key[] {
  const owner = idOf(actor);
  const pems = each(get(actor, "publicKey"), LIMITS.keys, (entry) => pemKey(entry, owner));
  const multikeys = each(get(actor, "assertionMethod"), LIMITS.keys, multikey);
  return [...pems, ...multikeys].slice(0, LIMITS.keys);
}

/** A document that is nothing but a key: either the key itself, or an actor of which only the key is shown. */
export function readKey(object: Json): IncomingKey | undefined {
  const own = pemKey(object, undefined) ?? multikey(object);
  const key = own ?? list(get(object, "publicKey")).map((entry) => pemKey(entry, idOf(object)))[0];
  return key && { kind: "key", ...key };
}

function pemKey(entry: unknown, actor: Uri | undefined): Key | undefined {
  if (!isObject(entry)) return undefined;
  const pem = text(get(entry, "publicKeyPem"), LIMITS.pem)?.trim();
  const id = idOf(entry);
  if (pem === undefined || id === undefined || !pem.includes("-----BEGIN ")) return undefined;
  return { id, owner: reference(get(entry, "owner") ?? get(entry, "controller")) ?? actor, pem };
}

function multikey(entry: unknown): Key | undefined {
  if (!isObject(entry) || typeOf(entry) !== "Multikey") return undefined;
  const id = idOf(entry);
  const pem = ed25519Pem(text(get(entry, "publicKeyMultibase"), LIMITS.word));
  if (id === undefined || pem === undefined) return undefined;
  return { id, owner: reference(get(entry, "controller") ?? get(entry, "owner")), pem };
}

/** SubjectPublicKeyInfo of an Ed25519 key before its 32 bytes (RFC 8410). */
const SPKI_ED25519 = "302a300506032b6570032100";

/** Multibase `z`, multicodec 0xed01, 32 bytes; other kinds of key are not used for signatures between servers. */
function ed25519Pem(multibase: string | undefined): string | undefined {
  if (multibase === undefined || !multibase.startsWith("z")) return undefined;
  const bytes = base58(multibase.slice(1));
  if (bytes?.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) return undefined;
  const der = Buffer.concat([Buffer.from(SPKI_ED25519, "hex"), bytes.subarray(2)]);
  return `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Bitcoin's base58, without leading zeros: a multicodec prefix never begins with one. */
function base58(text: string): Uint8Array | undefined {
  let n = 0n;
  for (const character of text) {
    const digit = BASE58.indexOf(character);
    if (digit === -1) return undefined;
    n = n * 58n + BigInt(digit);
  }
  const hex = n.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
