/** The studio's calls from the browser. */
import type { MemeGeneration } from "#web/lib/api/meme-types.ts";

export interface Refusal {
  message: string;
  /** What could be made instead. */
  redirect: string | null;
}

/** Asks for variants. A refusal is an answer like any other. */
export async function ask(wish: {
  prompt: string;
  engine: string;
  variants: number;
}): Promise<MemeGeneration | { problem: Refusal }> {
  const response = await fetch("/api/skein/v1/memes/generations", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(wish),
  }).catch(() => null);
  const body = ((await response?.json().catch(() => null)) ?? {}) as Record<string, unknown>;
  if (response?.ok) return body as unknown as MemeGeneration;
  return {
    problem: {
      message: String(body["error_description"] ?? body["error"] ?? ""),
      redirect: typeof body["redirect"] === "string" ? body["redirect"] : null,
    },
  };
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
