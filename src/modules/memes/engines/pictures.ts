/** Pictures from engines: OpenAI's images API, Stable Diffusion web UI (A1111), ComfyUI. Without text: captions are a layer of their own. */
import { z } from "zod";
import { setTimeout as delay } from "node:timers/promises";
import { EngineFailed } from "./failed.ts";
import type { Guard } from "./guard.ts";
import type { Service } from "./service.ts";
import type { EngineUsage, ImageEngine, ImageRequest } from "./types.ts";

export interface PictureOptions {
  service: Service;
  guard: Guard;
  model: string | undefined;
  now: () => number;
}

type Picture = { bytes: Uint8Array; mime: string; seed?: number };

/** Base64 of a picture of some megapixels. */
const MAX_ANSWER = 32 * 1024 * 1024;
const MAX_PICTURE = 24 * 1024 * 1024;
const HEALTH_MS = 3000;
const NO_TEXT = "text, letters, watermark, signature";

function decoded(base64: string): Uint8Array {
  const bare = base64.replace(/^data:[^,]*,/, "");
  if (bare === "" || bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare))
    throw new EngineFailed("bad_answer", "the picture is not whole");
  return Buffer.from(bare, "base64");
}

/** What the bytes are, whatever the engine calls them. */
function mimeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\u0089PNG")) return "image/png";
  if (start.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "image/webp";
  throw new EngineFailed("bad_answer", "what the engine sent is no picture");
}

function engine(
  id: string,
  options: PictureOptions,
  about: { img2img: boolean; seed: boolean; healthPath: string },
  make: (request: ImageRequest) => AsyncGenerator<Picture, void>,
): ImageEngine {
  const { now } = options;
  return {
    id,
    capabilities: () => ({ sizes: [[1024, 1024]], img2img: about.img2img, seed: about.seed }),
    async health() {
      try {
        await options.service.json(about.healthPath, { maxBytes: MAX_ANSWER, deadline: now() + HEALTH_MS });
        return { ok: true, detail: options.model ?? id };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : "unknown" };
      }
    },
    async *generate(request): AsyncGenerator<Picture, EngineUsage> {
      const started = now();
      let images = 0;
      // Each picture has its turn: others may come in between.
      while (images < request.n) {
        const one = await options.guard.run(request.deadline, request.signal, async () => {
          const next = await make({
            ...request,
            n: 1,
            ...(request.seed === undefined ? {} : { seed: request.seed + images }),
          }).next();
          if (next.done === true) throw new EngineFailed("bad_answer", "the engine made no picture");
          return next.value;
        });
        images++;
        yield one;
      }
      return { wallMs: now() - started, images, model: options.model ?? id };
    },
  };
}

const b64 = z.object({ data: z.array(z.object({ b64_json: z.string() })).min(1) });

function openaiImages(options: PictureOptions): ImageEngine {
  return engine("images", options, { img2img: false, seed: false, healthPath: "/models" }, async function* (request) {
    const raw = await options.service.json("/images/generations", {
      maxBytes: MAX_ANSWER,
      deadline: request.deadline,
      signal: request.signal,
      body: {
        ...(options.model === undefined ? {} : { model: options.model }),
        prompt: `${request.prompt}. No text in the picture.`,
        n: 1,
        size: `${request.width}x${request.height}`,
        response_format: "b64_json",
      },
    });
    const read = b64.safeParse(raw);
    const first = read.data?.data[0];
    if (!first) throw new EngineFailed("bad_answer", "no picture in the engine's answer");
    const bytes = decoded(first.b64_json);
    yield { bytes, mime: mimeOf(bytes) };
  });
}

const a1111Answer = z.object({ images: z.array(z.string()).min(1) });

function a1111(options: PictureOptions): ImageEngine {
  return engine(
    "a1111",
    options,
    { img2img: true, seed: true, healthPath: "/sdapi/v1/options" },
    async function* (request) {
      const raw = await options.service.json(request.init === undefined ? "/sdapi/v1/txt2img" : "/sdapi/v1/img2img", {
        maxBytes: MAX_ANSWER,
        deadline: request.deadline,
        signal: request.signal,
        body: {
          prompt: request.prompt,
          negative_prompt: request.negative ?? NO_TEXT,
          width: request.width,
          height: request.height,
          steps: 24,
          seed: request.seed ?? -1,
          batch_size: 1,
          ...(request.init === undefined
            ? {}
            : { init_images: [Buffer.from(request.init).toString("base64")], denoising_strength: 0.6 }),
          ...(options.model === undefined ? {} : { override_settings: { sd_model_checkpoint: options.model } }),
        },
      });
      const read = a1111Answer.safeParse(raw);
      const first = read.data?.images[0];
      if (first === undefined) throw new EngineFailed("bad_answer", "no picture in the engine's answer");
      const bytes = decoded(first);
      yield { bytes, mime: mimeOf(bytes), ...(request.seed === undefined ? {} : { seed: request.seed }) };
    },
  );
}

const queued = z.object({ prompt_id: z.string().regex(/^[\w-]{1,80}$/) });
const history = z.record(
  z.string(),
  z.object({
    status: z.object({ status_str: z.string() }).partial().optional(),
    outputs: z.record(
      z.string(),
      z.object({
        images: z.array(z.object({ filename: z.string(), subfolder: z.string(), type: z.string() })).optional(),
      }),
    ),
  }),
);
const POLL_MS = 400;

function comfyui(options: PictureOptions): ImageEngine {
  return engine(
    "comfyui",
    options,
    { img2img: false, seed: true, healthPath: "/system_stats" },
    async function* (request) {
      const call = { maxBytes: MAX_ANSWER, deadline: request.deadline, signal: request.signal };
      const start = queued.safeParse(
        await options.service.json("/prompt", { ...call, body: { prompt: workflow(request, options.model) } }),
      );
      if (!start.success) throw new EngineFailed("bad_answer", "ComfyUI took no order");
      const id = start.data.prompt_id;
      for (;;) {
        const read = history.safeParse(await options.service.json(`/history/${id}`, call));
        if (!read.success) throw new EngineFailed("bad_answer", "ComfyUI's history cannot be read");
        const entry = read.data[id];
        if (entry?.status?.status_str === "error")
          throw new EngineFailed("bad_answer", "ComfyUI failed at the picture");
        const file = entry && Object.values(entry.outputs).flatMap((o) => o.images ?? [])[0];
        if (file) {
          const query = new URLSearchParams({ filename: file.filename, subfolder: file.subfolder, type: file.type });
          const { bytes } = await options.service.bytes(`/view?${query}`, { ...call, maxBytes: MAX_PICTURE });
          yield { bytes, mime: mimeOf(bytes), ...(request.seed === undefined ? {} : { seed: request.seed }) };
          return;
        }
        if (options.now() + POLL_MS >= request.deadline) throw new EngineFailed("timeout", "ComfyUI took too long");
        await delay(POLL_MS, undefined, { signal: request.signal }).catch((cause: unknown) => {
          throw new EngineFailed("timeout", "given up", { cause });
        });
      }
    },
  );
}

/** The smallest workflow of ComfyUI's own nodes that makes a picture from a text. */
function workflow(request: ImageRequest, model: string | undefined): object {
  return {
    "1": { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: model ?? "sd_xl_base_1.0.safetensors" } },
    "2": { class_type: "CLIPTextEncode", inputs: { text: request.prompt, clip: ["1", 1] } },
    "3": { class_type: "CLIPTextEncode", inputs: { text: request.negative ?? NO_TEXT, clip: ["1", 1] } },
    "4": { class_type: "EmptyLatentImage", inputs: { width: request.width, height: request.height, batch_size: 1 } },
    "5": {
      class_type: "KSampler",
      inputs: {
        seed: request.seed ?? 1,
        steps: 24,
        cfg: 7,
        sampler_name: "euler",
        scheduler: "normal",
        denoise: 1,
        model: ["1", 0],
        positive: ["2", 0],
        negative: ["3", 0],
        latent_image: ["4", 0],
      },
    },
    "6": { class_type: "VAEDecode", inputs: { samples: ["5", 0], vae: ["1", 2] } },
    "7": { class_type: "SaveImage", inputs: { images: ["6", 0], filename_prefix: "skein" } },
  };
}

const KINDS = { openai: openaiImages, a1111, comfyui };

/** An engine for pictures of 1024 x 1024 by the protocol it speaks. */
export function createPictureEngine(kind: keyof typeof KINDS, options: PictureOptions): ImageEngine {
  return KINDS[kind](options);
}
