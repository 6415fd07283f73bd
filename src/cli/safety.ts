import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { AppError } from "#platform/errors.ts";
import { buildFilter } from "#platform/breach/filter.ts";
import { DIHEDRAL, pdq, pdqText, type Pixels } from "#platform/pdq/hash.ts";
import { secretsDir } from "#platform/data-dir.ts";
import {
  BANK_KINDS,
  EVIDENCE_KEY_FILE,
  evidenceKey,
  keyId,
  LIST_FORMATS,
  newEvidenceKeys,
  readList,
  testPattern,
  unseal,
  type Imported,
} from "#modules/safety/index.ts";
import { UsageError, withApp, type Command } from "./command.ts";

/** One of a few words; anything else is wrong usage. */
function choice<T extends string>(text: string | undefined, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined)
    throw new UsageError(
      `${text === undefined ? `--${name} is missing` : `--${name} ${text}`}: allowed are ${allowed.join(", ")}.`,
    );
  return found;
}

function told(done: Imported): string {
  const skipped = Object.entries(done.skipped).map(([reason, n]) => `${n} left out (${reason})`);
  const parts = [
    `${done.added} added`,
    `${done.relisted} listed again`,
    `${done.unchanged} unchanged`,
    `${done.withdrawn} withdrawn`,
    ...skipped,
  ];
  const reviews = done.reviews === 0 ? "" : ` ${done.reviews} cases wait for another look.`;
  return `${done.bank}: ${parts.join(", ")}.${reviews}`;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new AppError("not_found", `${file} could not be read.`, { cause });
  });
}

/** Raw RGB of a size that was given. */
async function rawPixels(file: string, size: string): Promise<Pixels> {
  const [, w, h] = /^(\d{1,6})x(\d{1,6})$/.exec(size) ?? [];
  const [width, height] = [Number(w), Number(h)];
  if (!(width > 0 && height > 0)) throw new UsageError(`--raw ${size}: it must look like 640x480.`);
  const data = await bytesOf(file);
  if (data.length !== width * height * 3)
    throw new AppError("unprocessable", `${file} has ${data.length} bytes; ${size} in RGB are ${width * height * 3}.`);
  return { data, width, height, channels: 3 };
}

/** A picture of the operator's own, decoded here: nobody else chose it. */
async function decodedPixels(file: string): Promise<Pixels> {
  const picture = sharp(await bytesOf(file), { limitInputPixels: 200_000_000 })
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb");
  const { data, info } = await picture
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new AppError("unprocessable", `${file} is not a picture that can be read.`, { cause });
    });
  if (info.channels === 3 || info.channels === 4)
    return { data, width: info.width, height: info.height, channels: info.channels };
  const rgb = Buffer.alloc(info.width * info.height * 3);
  for (let p = 0; p < info.width * info.height; p++) rgb.fill(data[p * info.channels] ?? 0, p * 3, p * 3 + 3);
  return { data: rgb, width: info.width, height: info.height, channels: 3 };
}

/** Known pictures and the gate that stops them, from the command line. */
export const safetyCommands: Command[] = [
  {
    words: ["safety", "pdq"],
    usage: "safety pdq <file> [--raw <width>x<height>] [--json]",
    options: ["raw"],
    names: 1,
    async run(call) {
      const [file = ""] = call.names;
      const size = call.options["raw"];
      const found = pdq(size === undefined ? await decodedPixels(file) : await rawPixels(file, size));
      const dihedral = Object.fromEntries(DIHEDRAL.map((how) => [how, pdqText(found.dihedral[how])]));
      call.out.result(
        { hash: pdqText(found.hash), quality: found.quality, dihedral },
        [`${pdqText(found.hash)}\tquality ${found.quality}`, ...DIHEDRAL.map((how) => `${dihedral[how]}\t${how}`)].join(
          "\n",
        ),
      );
    },
  },
  {
    words: ["safety", "test-pattern"],
    usage: "safety test-pattern <out.png> [--json]",
    options: [],
    names: 1,
    async run(call) {
      const [file = ""] = call.names;
      const { data, width, height, channels } = testPattern();
      await sharp(data, { raw: { width, height, channels } })
        .png({ compressionLevel: 9 })
        .toFile(file)
        .catch((cause: unknown) => {
          throw new AppError("unprocessable", `${file} could not be written.`, { cause });
        });
      call.out.result(
        { file, width, height },
        `Wrote ${file}. Upload it in any form: the gate has to refuse it, and a case has to be opened.`,
      );
    },
  },
  {
    words: ["safety", "bank", "create"],
    usage: "safety bank create <name> --kind csam|ncii|terror|spam|own [--json]",
    options: ["kind"],
    names: 1,
    async run(call) {
      const [name = ""] = call.names;
      const kind = choice(call.options["kind"], "kind", BANK_KINDS);
      await withApp(call, async ({ safety }) => {
        const bank = await safety.media.banks.create(name, kind);
        call.out.result({ id: bank.id.toString(), name, kind }, `There is a bank "${name}" of kind ${kind} now.`);
      });
    },
  },
  {
    words: ["safety", "bank", "import"],
    usage: "safety bank import <name> <file> --format csv|threatexchange|ncmec|stopncii [--json]",
    options: ["format"],
    names: 2,
    async run(call) {
      const [name = "", file = ""] = call.names;
      const format = choice(call.options["format"], "format", LIST_FORMATS);
      const list = readList(new TextDecoder().decode(await bytesOf(file)), format);
      await withApp(call, async ({ safety }) => {
        const done = await safety.media.banks.importList(name, list);
        call.out.result(done, told(done));
      });
    },
  },
  {
    words: ["safety", "bank", "add"],
    usage: "safety bank add <name> <picture> [--json]",
    options: [],
    names: 2,
    async run(call) {
      const [name = "", file = ""] = call.names;
      const bytes = await bytesOf(file);
      await withApp(call, async ({ safety }) => {
        const done = await safety.media.banks.addPicture(name, bytes);
        call.out.result(done, `${told(done)} The picture itself was not kept.`);
      });
    },
  },
  {
    words: ["safety", "bank", "list"],
    usage: "safety bank list [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async ({ safety }) => {
        const banks = (await safety.media.banks.list()).map((b) => ({
          ...{ id: b.id.toString(), name: b.name, kind: b.kind },
          ...{ active: Number(b.active), withdrawn: Number(b.withdrawn) },
        }));
        const lines = banks.map((b) => `${b.name}\t${b.kind}\t${b.active} hashes\t${b.withdrawn} withdrawn`);
        call.out.result({ banks }, lines.join("\n") || "There are no banks.");
      }),
  },
  {
    words: ["safety", "breach-filter"],
    usage: "safety breach-filter <list of SHA-1 hashes> <out file> [--json]",
    options: [],
    names: 2,
    async run(call) {
      const [list = "", file = ""] = call.names;
      const made = await buildFilter(list, file).catch((cause: unknown) => {
        throw new AppError("unprocessable", cause instanceof Error ? cause.message : String(cause), { cause });
      });
      call.out.result(
        { ...made, file },
        `${file}: ${made.keys} hashes in ${made.bytes} bytes. Set SKEIN_BREACH_FILTER=${file} and restart the server.`,
      );
    },
  },
  {
    words: ["safety", "evidence", "key"],
    usage: "safety evidence key <private-out.pem> [--json]",
    options: [],
    names: 1,
    async run(call) {
      const [file = ""] = call.names;
      const { publicPem, privatePem } = newEvidenceKeys();
      const folder = secretsDir(call.config.dataDir);
      const kept = join(folder, EVIDENCE_KEY_FILE);
      // Neither file is ever written over: with a lost private key, evidence is lost.
      const refuse = (path: string) => (cause: unknown) => {
        throw new AppError("conflict", `${path} could not be written, or is there already.`, { cause });
      };
      await writeFile(file, privatePem, { mode: 0o600, flag: "wx" }).catch(refuse(file));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(kept, publicPem, { mode: 0o600, flag: "wx" }).catch(refuse(kept));
      call.out.result(
        { key: keyId(evidenceKey(publicPem)), public: kept, private: file },
        `Evidence is sealed from now on. Take ${file} off this machine and keep two copies: without it nobody can open anything.`,
      );
    },
  },
  {
    words: ["safety", "evidence", "open"],
    usage: "safety evidence open <sealed file> <out file> --case <id> --key <private.pem> [--json]",
    options: ["case", "key"],
    names: 2,
    async run(call) {
      const [sealed = "", file = ""] = call.names;
      const id = call.options["case"] ?? "";
      if (!/^\d{1,19}$/.test(id)) throw new UsageError("--case is missing, or no case's number.");
      const key = call.options["key"];
      if (key === undefined) throw new UsageError("--key is missing.");
      const pem = new TextDecoder().decode(await bytesOf(key));
      const { about, picture } = unseal(pem, BigInt(id), Buffer.from(await bytesOf(sealed)));
      await writeFile(file, picture, { mode: 0o600, flag: "wx" }).catch((cause: unknown) => {
        throw new AppError("conflict", `${file} could not be written, or is there already.`, { cause });
      });
      call.out.result({ about, file }, `${JSON.stringify(about, null, 2)}\nWrote ${file}.`);
    },
  },
];
