/** The studio's calls from the browser. */
import type { MemeGeneration } from "#web/lib/api/meme-types.ts";
import type { MediaAttachment } from "#web/lib/api/types.ts";
import { currentLocale } from "#web/lib/locale.ts";
import { call, CallError } from "./api.ts";
import { askOwnModel } from "./own-model.ts";

export interface Refusal {
  message: string;
  /** What could be made instead. */
  redirect: string | null;
}

const API = "/api/skein/v1/memes";

async function send<T>(path: string, wish: object): Promise<T | { problem: Refusal }> {
  const response = await fetch(`${API}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(wish),
  }).catch(() => null);
  const body = ((await response?.json().catch(() => null)) ?? {}) as Record<string, unknown>;
  if (response?.ok) return body as T;
  return {
    problem: {
      message: String(body["error_description"] ?? body["error"] ?? ""),
      redirect: typeof body["redirect"] === "string" ? body["redirect"] : null,
    },
  };
}

/** Asks for variants. A refusal is an answer like any other. The model of this browser is asked here, after the server has judged the prompt. */
export async function ask(wish: {
  prompt: string;
  engine: string;
  variants: number;
  photo_id?: string;
}): Promise<MemeGeneration | { problem: Refusal }> {
  if (wish.engine !== "browser") return send("generations", wish);
  const task = await send<{ system: string; prompt: string; schema: object }>("instructions", {
    prompt: wish.prompt,
    variants: wish.variants,
  });
  if ("problem" in task) return task;
  return send("generations", { ...wish, answer: await askOwnModel(task, currentLocale()) });
}

/** Hears of every change of a generation until it is over or the returned function is called. */
export function follow(id: string, changed: (generation: MemeGeneration) => void): () => void {
  const source = new EventSource(`/api/skein/v1/memes/generations/${id}/events`);
  const read = (event: MessageEvent<string>): void => changed(JSON.parse(event.data) as MemeGeneration);
  source.addEventListener("variant", read);
  source.addEventListener("settled", (event) => {
    source.close();
    read(event as MessageEvent<string>);
  });
  return () => source.close();
}

export interface Uploaded {
  id: string;
  url: string;
  alt: string;
  /** Width ÷ height. */
  aspect: number;
}

/** Uploads a picture, and waits until the server has looked at it. Throws `CallError`. */
export async function uploadPhoto(file: File, alt: string): Promise<Uploaded> {
  const body = new FormData();
  body.set("file", file, file.name);
  if (alt !== "") body.set("description", alt);
  let media = await call<MediaAttachment>("POST", "/api/v2/media", body);
  for (let tries = 0; media.url === null && tries < 60; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    media = await call<MediaAttachment>("GET", `/api/v1/media/${media.id}`);
  }
  const size = media.meta?.original;
  if (media.url === null || media.type !== "image" || !size?.width || !size.height) throw new CallError(0, "");
  return { id: media.id, url: media.url, alt: media.description ?? "", aspect: size.width / size.height };
}

/** Says what can be seen on an uploaded picture. A meme is made all the same when that fails. */
export async function describePhoto(id: string, description: string): Promise<void> {
  await call("PUT", `/api/v1/media/${id}`, { description }).catch(() => undefined);
}
