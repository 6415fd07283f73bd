/** The studio's fonts in the browser: the server's list, its files and its emoji, so that a preview is what will be published. */
import { createFaces, type FontFile, type LoadedFaces } from "#shared/meme/layout/faces.ts";

/** Where the server hands them out. */
export interface FontAddresses {
  /** JSON: `{ files: FontFile[] }`. */
  catalogue: string;
  file(id: string): string;
  emoji(name: string): string;
}

/** Fetches the list of fonts; fonts and emoji follow when the first text needs them (`prepare`). */
export async function openFaces(addresses: FontAddresses): Promise<LoadedFaces> {
  const { files } = (await (await fetched(addresses.catalogue)).json()) as { files: FontFile[] };
  return createFaces({
    files,
    file: async (id) => new Uint8Array(await (await fetched(addresses.file(id))).arrayBuffer()),
    async emoji(name) {
      const answer = await fetch(addresses.emoji(name));
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
      return answer.text();
    },
  });
}

async function fetched(address: string): Promise<Response> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
  return answer;
}
