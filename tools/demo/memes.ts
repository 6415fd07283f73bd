import type { Id } from "#platform/ids.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { App } from "../../src/app.ts";
import { hash } from "./art/random.ts";
import { MEMES } from "./content/memes.ts";

const HOUR_MS = 3_600_000;

/** Memes of the demo's people, with votes and a remix. Answers how many. Those whose authors are not part of this demo are left out. */
export async function loadMemes(deps: Pick<App, "memes" | "clock">, ids: ReadonlyMap<string, Id>): Promise<number> {
  const { publishing, wall } = deps.memes;
  const now = deps.clock.ms();
  const made: (Id | undefined)[] = [];
  for (const [n, meme] of MEMES.entries()) {
    const author = ids.get(meme.by);
    const parent = meme.remixOf === undefined ? undefined : made[meme.remixOf];
    if (author === undefined || (meme.remixOf !== undefined && parent === undefined)) {
      made.push(undefined);
      continue;
    }
    const document = defaultDoc(meme.format, meme.captions, meme.lang, hash(meme.by) % 65_536, {
      ...(meme.moods ? { moods: meme.moods } : {}),
      ...(meme.props ? { props: meme.props } : {}),
      ...(meme.scene ? { scene: meme.scene } : {}),
    });
    const when = { at: new Date(now - meme.ago * HOUR_MS) };
    const draft =
      parent === undefined
        ? await publishing.create(author, { document }, when)
        : await publishing.remix(author, parent, document);
    await publishing.publish(
      { accountId: author },
      draft.id,
      {
        status: meme.text ?? "",
        visibility: "public",
        sensitive: false,
        spoilerText: "",
        alt: undefined,
        remixPolicy: "anyone",
      },
      when,
    );
    made.push(draft.id);
    for (const [name, voter] of ids) {
      if (voter === author) continue;
      const dice = hash(`${name} ${n}`) % 100;
      if (dice < meme.liked) await wall.vote(voter, draft.id, 1);
      else if (dice > 96) await wall.vote(voter, draft.id, -1);
    }
  }
  return made.filter((id) => id !== undefined).length;
}
