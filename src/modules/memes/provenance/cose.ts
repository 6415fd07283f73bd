/** The signature box of a C2PA manifest: COSE_Sign1 (RFC 9052) with ES256 and the certificate chain in the protected header (RFC 9360). */
import { createPrivateKey, sign } from "node:crypto";

/** Bytes kept free for the box in the file; the box is padded to exactly this. */
export const RESERVE = 4096;

type Cbor = null | number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>;

const ES256 = -7;
const LABEL_ALG = 1;
const LABEL_X5CHAIN = 33;
const TAG_COSE_SIGN1 = 0xd2;

/** Initial byte and argument of a CBOR item (RFC 8949 section 3). */
function head(major: number, n: number): Buffer {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  const length = n < 0x100 ? 1 : n < 0x10000 ? 2 : 4;
  const bytes = Buffer.alloc(1 + length);
  bytes.writeUInt8((major << 5) | (length === 1 ? 24 : length === 2 ? 25 : 26), 0);
  bytes.writeUIntBE(n, 1, length);
  return bytes;
}

function cbor(value: Cbor): Buffer {
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)])]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  throw new TypeError("not a value of a signature box");
}

/**
 * Makes a signer: bytes of a claim become a COSE_Sign1 box of {@link RESERVE} bytes.
 *
 * @param chainPem certificates, leaf first
 * @param keyPem private key of the leaf, P-256
 * @throws RangeError when the chain does not fit into the box
 */
export function coseSigner(chainPem: string, keyPem: string): (claim: Uint8Array) => Uint8Array<ArrayBuffer> {
  const chain = [...chainPem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g)].map(
    (found) => new Uint8Array(Buffer.from((found[1] ?? "").replace(/\s/g, ""), "base64")),
  );
  const key = createPrivateKey(keyPem);
  const header = cbor(
    new Map<number, Cbor>([
      [LABEL_ALG, ES256],
      [LABEL_X5CHAIN, chain],
    ]),
  );
  return (claim) => {
    const toSign = cbor(["Signature1", header, new Uint8Array(0), claim]);
    // COSE wants r and s side by side, not DER.
    const signature = sign("sha256", toSign, { key, dsaEncoding: "ieee-p1363" });
    const box = (pad: number): Buffer =>
      Buffer.concat([
        Buffer.from([TAG_COSE_SIGN1]),
        cbor([header, new Map([["pad", new Uint8Array(pad)]]), null, signature]),
      ]);
    let pad = RESERVE - box(0).length;
    if (pad < 8) throw new RangeError("The certificate chain is too long for the signature box.");
    // The length prefix of the padding grows with it.
    while (box(pad).length > RESERVE) pad--;
    return new Uint8Array(box(pad));
  };
}
