import { createHash } from "node:crypto";
import { one } from "#platform/db/sql.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { EngineKind } from "#shared/meme/doc.ts";
import type { MemesDeps } from "./deps.ts";
import { createEngineRoom, type EngineRoom } from "./engine-room.ts";
import { createGenerating, type Generating } from "./generate.ts";
import { createPool, type MemePool } from "./pool.ts";
import { createTemplates, type Templates } from "./templates.ts";
import { createPictures, MIMES, type Pictures } from "./pictures.ts";
import { createC2pa, type Reading } from "./provenance/c2pa.ts";
import { signingIdentity } from "./provenance/certificate.ts";
import { createPublishing, type Publishing } from "./publish.ts";
import { lazyRenderer, warmUp } from "./heavy.ts";
import type { ServerFonts } from "./render/index.ts";
import { fileBySha, removeGenerationsOf } from "./sql-generations.ts";
import { removeMemesOf, sweepDrafts } from "./sql-memes.ts";
import { run } from "#platform/db/sql.ts";
import { LIMITS } from "./limits.ts";
import { createWall, type Wall } from "./wall.ts";

export type { MemesDeps } from "./deps.ts";
export { engineLabel, ENGINE_NAMES, type EngineName } from "./engine-room.ts";
export type { Generation, Wish } from "./generate.ts";
export { LIMITS } from "./limits.ts";
export { LICENCES, type TemplateRow } from "./templates.ts";
export { monthBefore } from "./pool.ts";
export type { Publication } from "./publish.ts";
export type { VariantRow, GenerationRow } from "./sql-generations.ts";
export type { MemeRow, RemixPolicy } from "./sql-memes.ts";
export type { WallPeriod, WallQuery, WallSort } from "./wall.ts";
export { hot, wilson } from "./rank.ts";
export { openRenderer } from "./heavy.ts";
export { memeDocument } from "./document.ts";
export type { Renderer } from "./render/index.ts";
// For the benchmark that looks at their plans.
export { wallHot, wallNew, wallTop } from "./sql-memes.ts";

/** What is known of a file: by its bytes' digest in our register, and by what it says of itself. */
export interface Provenance {
  known: boolean;
  memeId: bigint | undefined;
  engine: { id: string; kind: EngineKind; model: string | null } | undefined;
  sourceType: string | undefined;
  /** Only when the file itself was shown. */
  manifest: Reading | undefined;
}

/** The meme studio. */
export interface Memes {
  generating: Generating;
  publishing: Publishing;
  wall: Wall;
  pool: MemePool;
  templates: Templates;
  pictures: Pictures;
  /** Fonts and emoji as the browser needs them to draw the same. */
  fonts(): Promise<ServerFonts>;
  engines: EngineRoom;
  /** Somebody is about to make a meme: what weighs something is opened now, once. Returns at once. */
  warm(): void;
  provenance(sha256: Uint8Array): Promise<Provenance>;
  /** Looks at a file: registered or not, what it says of itself counts only when its signature holds. */
  inspect(bytes: Uint8Array): Promise<Provenance>;
  tasks: readonly Task[];
}

export function createMemes(deps: MemesDeps): Memes {
  const c2pa = createC2pa(() => signingIdentity(deps.secretsDir, deps.domain, deps.clock.now()));
  const renderer = lazyRenderer();
  const pictures = createPictures(deps, renderer, c2pa);
  const pool = createPool(deps);
  const templates = createTemplates(deps);
  const engines = createEngineRoom(deps);
  const generating = createGenerating(deps, engines, pictures);
  const publishing = createPublishing(deps, pictures, templates);
  const wall = createWall(deps);

  let warming: Promise<void> | undefined;
  async function provenance(sha256: Uint8Array): Promise<Provenance> {
    const found = await one(deps.readPool, fileBySha, Buffer.from(sha256));
    return {
      known: found !== undefined,
      memeId: found?.meme_id ?? undefined,
      engine: found && { id: found.engine, kind: found.engine_kind, model: found.model },
      sourceType: found?.source_type,
      manifest: undefined,
    };
  }

  return {
    generating,
    publishing,
    wall,
    pool,
    templates,
    pictures,
    fonts: () => renderer.fonts(),
    engines,
    warm() {
      warming ??= warmUp(renderer, engines.bank);
    },
    provenance,
    async inspect(bytes) {
      const known = await provenance(createHash("sha256").update(bytes).digest());
      const mime = mimeOf(bytes);
      const manifest = mime === undefined ? ({ state: "none" } as const) : await c2pa.read(bytes, mime);
      return {
        ...known,
        manifest,
        sourceType: known.sourceType ?? (manifest.state === "valid" ? manifest.sourceType : undefined),
      };
    },
    tasks: [
      ...generating.tasks,
      ...wall.tasks,
      ...pool.tasks,
      {
        name: "memes.postDeleted",
        run: (payload) => publishing.forget(postIds(payload)),
      },
      {
        name: "memes.removeAuthor",
        timeLimitMs: 600_000,
        async run(payload) {
          const accountId = BigInt(String(payload["accountId"]));
          const gone = [
            ...(await run(deps.pool, removeGenerationsOf, accountId)),
            ...(await run(deps.pool, removeMemesOf, accountId)),
          ];
          await pictures.remove(gone.map((g) => g.key));
        },
      },
      {
        name: "memes.sweepDrafts",
        cron: "37 * * * *",
        timeLimitMs: 600_000,
        async run() {
          const before = new Date(deps.clock.ms() - LIMITS.draftDays * 86_400_000);
          await pictures.remove((await run(deps.pool, sweepDrafts, before, 1000)).map((d) => d.key));
        },
      },
    ],
  };
}

function postIds(payload: Record<string, unknown>): bigint[] {
  const many = payload["postIds"];
  const all = Array.isArray(many) ? many : [payload["postId"] ?? payload["id"]];
  return all.map((id) => BigInt(String(id)));
}

function mimeOf(bytes: Uint8Array): (typeof MIMES)[keyof typeof MIMES] | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\u0089PNG")) return MIMES.png;
  if (start.startsWith("\u00ff\u00d8\u00ff")) return MIMES.jpg;
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return MIMES.webp;
  if (start.startsWith("GIF8")) return MIMES.gif;
  return undefined;
}
