import { gzipSync } from "node:zlib";
import { z } from "zod";
import { zId, zInt, zText } from "#platform/http/fields.ts";
import { AppError, notFound } from "#platform/errors.ts";
import { moneyFormat } from "#platform/money.ts";
import { route, type Context, type Route } from "#platform/http/route.ts";
import { LIMITS } from "#modules/memes/index.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";
import { langOf, presentGeneration } from "./present.ts";

const id = z.object({ id: zId });
const HEARTBEAT_MS = 15_000;
const FOREVER = { "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff" };

/** Prompts, variants and what they cost. */
export function studioRoutes(deps: SkeinDeps): Route[] {
  const { generating, engines } = deps.memes;
  // Ranges of thousands of characters: a tenth of the size packed, and the same for everybody.
  let listed: { text: string; packed: Uint8Array<ArrayBuffer> } | undefined;
  async function catalogue(): Promise<NonNullable<typeof listed>> {
    if (!listed) {
      const text = JSON.stringify({ files: (await deps.memes.fonts()).files });
      listed = { text, packed: Uint8Array.from(gzipSync(text)) };
    }
    return listed;
  }

  /** Server-sent events: the generation as it is after every change, until it is over. */
  function stream(ctx: Context, accountId: bigint, generationId: bigint): Response {
    const encoder = new TextEncoder();
    const lang = langOf(ctx.request);
    let end = (): void => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        let open = true;
        let sent = "";
        let busy = false;
        let again = false;
        const close = (): void => {
          if (!open) return;
          open = false;
          clearInterval(beat);
          unwatch();
          controller.close();
        };
        const look = async (): Promise<void> => {
          if (busy) {
            again = true;
            return;
          }
          busy = true;
          do {
            again = false;
            const found = await generating.get(accountId, generationId);
            const over = found.row.state !== "queued" && found.row.state !== "running";
            const text = JSON.stringify(presentGeneration(deps, found, lang));
            if (open && text !== sent)
              controller.enqueue(encoder.encode(`event: ${over ? "settled" : "variant"}\ndata: ${text}\n\n`));
            sent = text;
            if (over) return close();
          } while (again && open);
          busy = false;
        };
        const safely = (): void => void look().catch(close);
        const unwatch = generating.watch(generationId, safely);
        const beat = setInterval(() => {
          if (open) controller.enqueue(encoder.encode(":thump\n\n"));
        }, HEARTBEAT_MS);
        beat.unref();
        end = () => {
          open = false;
          clearInterval(beat);
          unwatch();
        };
        safely();
      },
      cancel: () => end(),
    });
    return new Response(body, {
      headers: {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",
      },
    });
  }

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/memes/studio",
      auth: "public",
      async handler() {
        deps.memes.warm();
        const list = await generating.prices.list();
        const rests = await Promise.all(
          [...engines.models.keys()].map(async (name) => [name, await generating.prices.restsUntil(name)] as const),
        );
        const until = new Map<string, Date | undefined>(rests);
        const price = (item: string): string => moneyFormat(list.now.get(item) ?? 0n, "CREDIT");
        const free = { price: "0", unit: "generation", rests_until: null };
        return {
          formats: FORMATS.map((f) => ({ id: f.id, boxes: f.boxes, cast: f.cast, photo: f.photo })),
          engines: [
            { id: "stage", kind: "stage", ...free },
            { id: "bank", kind: "bank", ...free },
            ...[...engines.models.keys()].map((name) => ({
              id: name,
              kind: "ai",
              price: price("captions"),
              unit: "generation",
              rests_until: until.get(name)?.toISOString() ?? null,
            })),
            ...(engines.pictures
              ? [{ id: "picture", kind: "ai", price: price("picture"), unit: "variant", rests_until: null }]
              : []),
          ],
          prices: Object.fromEntries([...list.now].map(([item, p]) => [item, moneyFormat(p, "CREDIT")])),
          coming: list.coming.map((p) => ({
            item: p.item,
            price: moneyFormat(p.price, "CREDIT"),
            from: p.from.toISOString(),
          })),
          limits: { prompt: LIMITS.prompt, variants: LIMITS.variants, published_a_day: LIMITS.published },
        };
      },
    }),
    // For the model in somebody's own browser. A POST, since a prompt does not belong into addresses; refused like any other.
    route({
      method: "POST",
      path: "/api/skein/v1/memes/instructions",
      auth: "user",
      scope: "read:statuses",
      body: z.object({
        prompt: zText(4000).default(""),
        variants: zInt(LIMITS.variants.min, LIMITS.variants.max).default(LIMITS.variants.usual),
        language: zText(20).optional(),
      }),
      handler: (_ctx, { body }) =>
        generating.instructions({ prompt: body.prompt, variants: body.variants, language: body.language }),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/memes/generations",
      auth: "user",
      scope: "write:statuses",
      body: z.object({
        prompt: zText(4000).default(""),
        variants: zInt(LIMITS.variants.min, LIMITS.variants.max).default(LIMITS.variants.usual),
        language: z
          .string()
          .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "must be a language code such as en")
          .optional(),
        engine: zText(20).optional(),
        answer: zText(40_000).optional(),
        photo_id: zId.optional(),
      }),
      async handler(ctx, { body }) {
        const made = await generating.start(ctx.viewer.accountId, {
          prompt: body.prompt,
          variants: body.variants,
          language: body.language,
          engine: body.engine,
          answer: body.answer,
          photoId: body.photo_id,
          idempotencyKey: ctx.request.headers.get("idempotency-key") ?? undefined,
        });
        return presentGeneration(deps, made, langOf(ctx.request));
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/generations/:id",
      auth: "user",
      scope: "read:statuses",
      params: id,
      handler: async (ctx, { params }) =>
        presentGeneration(deps, await generating.get(ctx.viewer.accountId, params.id), langOf(ctx.request)),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/generations/:id/events",
      auth: "user",
      scope: "read:statuses",
      rate: "none",
      params: id,
      async handler(ctx, { params }) {
        await generating.get(ctx.viewer.accountId, params.id);
        return stream(ctx, ctx.viewer.accountId, params.id);
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/memes/generations/:id",
      auth: "user",
      scope: "write:statuses",
      params: id,
      handler: async (ctx, { params }) =>
        presentGeneration(deps, await generating.cancel(ctx.viewer.accountId, params.id), langOf(ctx.request)),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/pictures/:name",
      auth: "public",
      rate: "none",
      params: z.object({ name: z.string().max(60) }),
      async handler(ctx, { params }) {
        const tag = `"${params.name}"`;
        const headers = {
          "Cache-Control": "public, max-age=31536000, immutable",
          ETag: tag,
          "Access-Control-Allow-Origin": "*",
        };
        if (ctx.request.headers.get("if-none-match") === tag) return new Response(null, { status: 304, headers });
        const { bytes, mime } = await deps.memes.pictures.byName(params.name);
        return new Response(Uint8Array.from(bytes), {
          headers: { ...headers, "Content-Type": mime, "X-Content-Type-Options": "nosniff" },
        });
      },
    }),
    // What a browser needs to draw a document exactly as the server does: see shared/meme.
    route({
      method: "GET",
      path: "/api/skein/v1/memes/fonts",
      auth: "public",
      rate: "none",
      async handler(ctx) {
        const headers = {
          "Content-Type": "application/json; charset=utf-8",
          "Cache-Control": "public, max-age=3600",
          Vary: "Accept-Encoding",
        };
        const packed = /\bgzip\b/.test(ctx.request.headers.get("accept-encoding") ?? "");
        const body = await catalogue();
        return packed
          ? new Response(body.packed, { headers: { ...headers, "Content-Encoding": "gzip" } })
          : new Response(body.text, { headers });
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/fonts/:name",
      auth: "public",
      rate: "none",
      params: z.object({ name: z.string().max(100) }),
      async handler(_ctx, { params }) {
        const bytes = await (await deps.memes.fonts()).file(params.name);
        if (!bytes) throw notFound();
        return new Response(Uint8Array.from(bytes), { headers: { ...FOREVER, "Content-Type": "font/woff" } });
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/emoji/:name",
      auth: "public",
      rate: "none",
      params: z.object({ name: z.string().regex(/^[0-9a-f]{1,6}(-[0-9a-f]{1,6}){0,15}$/) }),
      async handler(_ctx, { params }) {
        const svg = await (await deps.memes.fonts()).emoji(params.name);
        if (svg === undefined) throw notFound();
        return new Response(svg, {
          headers: {
            ...FOREVER,
            "Content-Type": "image/svg+xml",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
          },
        });
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/memes/costs",
      auth: "admin",
      scope: "admin:read",
      handler: async () =>
        (await generating.prices.costs(30)).map((c) => ({
          engine: c.engine,
          day: c.day,
          calls: c.calls,
          failed: c.failed,
          cost: moneyFormat(c.cost, "EUR"),
          cap: moneyFormat(deps.config.ai.dailyCost, "EUR"),
        })),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/memes/engines",
      auth: "admin",
      scope: "admin:read",
      async handler() {
        const all = [
          ...engines.models.entries(),
          ...(engines.pictures ? ([["picture", engines.pictures]] as const) : []),
        ];
        return Promise.all(all.map(async ([name, engine]) => ({ id: name, ...(await engine.health()) })));
      },
    }),
    // A page that asks for an engine which is not there is told so at once; this is for those who ask with the wrong method.
    route({
      method: "GET",
      path: "/api/skein/v1/memes/generations",
      auth: "user",
      scope: "read:statuses",
      handler: async () => {
        throw new AppError("not_found", "Ask for one generation by its id");
      },
    }),
  ];
}
