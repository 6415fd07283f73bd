/**
 * What an upload of a 12-megapixel photo costs, against the three sharp operations alone that nobody can avoid: large
 * picture, preview, 32 x 32 pixels for the blurhash. CPU time of the server and the picture process together, from the
 * bytes of the upload to the committed row, with files synced. At most 1.5 times.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { createMedia } from "#modules/media/index.ts";
import { cloneTemplate, dropDatabase, startTestCluster } from "#test/support/cluster.ts";
import type { Bench } from "../harness.ts";
import { median } from "../load.ts";

const ROUNDS = 5;

export const media: Bench = {
  name: "media",
  about: "upload of a 12-megapixel photo against the three picture operations it cannot do without",
  run,
};

async function run(report: Parameters<Bench["run"]>[0]): Promise<void> {
  const photo = await samplePhoto();
  sharp.cache(false);
  sharp.concurrency(1);
  const cluster = await startTestCluster();
  const database = await cloneTemplate(cluster.url);
  const dir = await mkdtemp(join(tmpdir(), "skein-bench-media-"));
  const pool = createPool(database.url, silentLog, { max: 2 });
  const blobs = createFsBlobs(join(dir, "media"));
  const tx = createTx(pool);
  const module = createMedia({ pool, tx, ids: createIds(systemClock, 0), clock: systemClock, blobs, log: silentLog });
  try {
    await pool.query("insert into accounts (id, username) values (1, 'photographer')");
    // Both sides once without counting: code and libraries are loaded then.
    await module.upload(1n, { bytes: photo });
    await floor(photo);
    const uploads: number[] = [];
    const floors: number[] = [];
    const walls: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      floors.push(await cpuOf(undefined, () => floor(photo)));
      const begun = performance.now();
      uploads.push(await cpuOf(module.workerPid, () => module.upload(1n, { bytes: photo })));
      walls.push(performance.now() - begun);
    }
    const [uploadCpu, floorCpu, uploadWall] = [median(uploads), median(floors), median(walls)];
    const ratio = uploadCpu / floorCpu;
    report({ what: "CPU of an upload against the bare operations", value: ratio, unit: "×", limit: 1.5 });
    report({ what: "CPU of an upload", value: uploadCpu, unit: "ms" });
    report({ what: "upload until answered, warm", value: uploadWall, unit: "ms" });
  } finally {
    module.close();
    await pool.end();
    await dropDatabase(cluster.url, database.name);
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function floor(photo: Buffer): Promise<void> {
  await sharp(photo).autoOrient().resize(3840, 3840, { fit: "inside" }).jpeg({ quality: 85 }).toBuffer();
  await sharp(photo).autoOrient().resize(640, 640, { fit: "inside" }).webp({ quality: 76, effort: 3 }).toBuffer();
  await sharp(photo).resize(32, 32, { fit: "fill" }).ensureAlpha().raw().toBuffer();
}

/** CPU milliseconds of this process and of another one while `work` runs. */
async function cpuOf(pid: number | undefined, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  const other = await cpuMs(pid);
  await work();
  const mine = process.cpuUsage(before);
  return (mine.user + mine.system) / 1000 + (await cpuMs(pid)) - other;
}

/** From /proc, in steps of 10 ms; on systems without it the picture process is not counted. */
async function cpuMs(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

/** 4000 x 3000: smooth light, texture and noise, so that it compresses about like a photo. Always the same. */
export async function samplePhoto(): Promise<Buffer> {
  const [width, height] = [4000, 3000];
  const pixels = Buffer.alloc(width * height * 3);
  let seed = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const grain = (seed >>> 27) - 16;
      const light = 110 + 70 * Math.sin(x / 700 + Math.sin(y / 300)) + 25 * Math.sin(x / 9) * Math.sin(y / 7);
      pixels[at++] = clamp(light + grain);
      pixels[at++] = clamp(light * 0.9 + 20 + grain);
      pixels[at++] = clamp(200 - light * 0.6 + grain);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}

const clamp = (n: number): number => Math.max(0, Math.min(255, Math.round(n)));
