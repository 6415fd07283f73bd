import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const NONCE = 12;
const TAG = 16;

/** Encrypts what must not be readable in a copy of the database: AES-256-GCM with a key in a file. */
export interface SecretBox {
  /** `about` names whose secret it is: the text opens for nobody else. */
  seal(plain: Uint8Array, about: string): Promise<Buffer>;
  /** Throws when the text was changed, or belongs to something else. */
  open(sealed: Uint8Array, about: string): Promise<Buffer>;
}

/** The key is made when it is first needed; whoever wins the race wrote the file that all read. */
export function createSecretBox(keyFile: string): SecretBox {
  let loading: Promise<Buffer> | undefined;
  async function load(): Promise<Buffer> {
    const read = async (): Promise<Buffer> => {
      const key = await readFile(keyFile);
      if (key.length !== 32) throw new Error(`${keyFile} is not a key of 32 bytes`);
      return key;
    };
    return read().catch(async (error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 });
      await writeFile(keyFile, randomBytes(32), { mode: 0o600, flag: "wx" }).catch(() => {});
      return read();
    });
  }
  const key = (): Promise<Buffer> => {
    loading ??= load();
    loading.catch(() => (loading = undefined));
    return loading;
  };
  return {
    async seal(plain, about) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", await key(), nonce).setAAD(Buffer.from(about));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async open(sealed, about) {
      const whole = Buffer.from(sealed);
      const decipher = createDecipheriv("aes-256-gcm", await key(), whole.subarray(0, NONCE))
        .setAAD(Buffer.from(about))
        .setAuthTag(whole.subarray(-TAG));
      return Buffer.concat([decipher.update(whole.subarray(NONCE, -TAG)), decipher.final()]);
    },
  };
}
