import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { AppError } from "#platform/errors.ts";
import { DIHEDRAL, pdq, pdqText, type Pixels } from "#platform/pdq/hash.ts";
import { testPattern } from "#modules/safety/index.ts";
import { UsageError, type Command } from "./command.ts";

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
];
