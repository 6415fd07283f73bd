/** The certificate with which this instance signs what it draws. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

export interface SigningIdentity {
  /** Leaf first. */
  chainPem: string;
  keyPem: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** E-mail protection: the purpose that the C2PA specification (section 14.4.1) accepts of a claim signer, besides document signing. */
const EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
const YEAR_MS = 365 * 86_400_000;

/**
 * Reads the identity from `<folder>/c2pa-chain.pem` and `c2pa-key.pem`, or makes one that signs itself: valid, but of a signer whom nobody
 * vouches for. An operator who has a chain from an authority puts it into the same two files.
 */
export async function signingIdentity(folder: string, host: string, now: Date): Promise<SigningIdentity> {
  const chainFile = join(folder, "c2pa-chain.pem");
  const keyFile = join(folder, "c2pa-key.pem");
  if (!existsSync(chainFile) || !existsSync(keyFile)) {
    const made = await create(host, now);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, made.keyPem, { mode: 0o600 });
    writeFileSync(chainFile, made.chainPem, { mode: 0o600 });
  }
  return { chainPem: readFileSync(chainFile, "utf8"), keyPem: readFileSync(keyFile, "utf8") };
}

async function create(host: string, now: Date): Promise<SigningIdentity> {
  // Needed once in the life of an instance: not at every start.
  await import("reflect-metadata");
  const {
    AuthorityKeyIdentifierExtension,
    BasicConstraintsExtension,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    SubjectKeyIdentifierExtension,
    X509CertificateGenerator,
  } = await import("@peculiar/x509");
  const { subtle } = globalThis.crypto;
  const [ca, leaf] = [
    await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]),
    await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]),
  ];
  // A day of grace for readers whose clock is behind; ten years, since a file cannot be signed again once it is in the world.
  const notBefore = new Date(now.getTime() - 86_400_000);
  const notAfter = new Date(now.getTime() + 10 * YEAR_MS);
  const name = (what: string): string => `O=Skein, CN=${what} of ${host.replace(/[^A-Za-z0-9.:-]/g, "")}`;
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(12).toString("hex"),
    name: name("authority"),
    notBefore,
    notAfter,
    keys: ca,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const signer = await X509CertificateGenerator.create({
    serialNumber: randomBytes(12).toString("hex"),
    subject: name("meme studio"),
    issuer: root.subject,
    notBefore,
    notAfter,
    publicKey: leaf.publicKey,
    signingKey: ca.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([EMAIL_PROTECTION]),
      await SubjectKeyIdentifierExtension.create(leaf.publicKey),
      await AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await subtle.exportKey("pkcs8", leaf.privateKey)).toString("base64");
  return {
    chainPem: `${signer.toString("pem")}\n${root.toString("pem")}\n`,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`,
  };
}
