/** The document somebody works on, with what it was before. */
import type { Caption, Figure, MemeDoc, Photo, Rect } from "#shared/meme/doc.ts";

/** Changes of the same thing within this time are one step back. */
const TOGETHER_MS = 900;
const KEPT = 200;

export type Editor = ReturnType<typeof createEditor>;

/** Documents are never changed, only replaced: every earlier one is a step to go back to. */
export function createEditor(first: MemeDoc) {
  let doc = $state.raw(first);
  let past = $state.raw<readonly MemeDoc[]>([]);
  let future = $state.raw<readonly MemeDoc[]>([]);
  let selected = $state(-1);
  let last = { what: "", at: 0 };
  let held = false;

  /** `what` names the thing that changes, so that typing a word is one step and not five. */
  function change(next: MemeDoc, what = ""): void {
    if (next === doc) return;
    const now = performance.now();
    const same = what !== "" && what === last.what && (held || now - last.at < TOGETHER_MS);
    if (!same) past = [...past.slice(-KEPT), doc];
    future = [];
    last = { what, at: now };
    doc = next;
  }

  const caption = (n: number, to: (before: Caption) => Caption, what: string): void =>
    change({ ...doc, captions: doc.captions.map((one, i) => (i === n ? to(one) : one)) }, `${what}${n}`);

  return {
    get doc() {
      return doc;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    /** Number of the caption that is being placed; -1 for none. */
    get selected() {
      return selected;
    },
    set selected(n: number) {
      selected = n;
    },
    change,
    /** One step however long it takes, until `settle`: a drag. */
    hold(): void {
      held = true;
      last = { what: "", at: 0 };
    },
    /** Ends a step: what comes next can be taken back by itself. */
    settle(): void {
      held = false;
      last = { what: "", at: 0 };
    },
    undo(): void {
      const before = past.at(-1);
      if (!before) return;
      future = [doc, ...future];
      past = past.slice(0, -1);
      doc = before;
      last = { what: "", at: 0 };
    },
    redo(): void {
      const [after, ...rest] = future;
      if (!after) return;
      past = [...past, doc];
      future = rest;
      doc = after;
      last = { what: "", at: 0 };
    },
    write: (n: number, text: string): void => caption(n, (before) => ({ ...before, text }), "text"),
    place: (n: number, place: Rect): void => caption(n, (before) => ({ ...before, place }), "place"),
    colour: (n: number, colour: string): void => caption(n, (before) => ({ ...before, colour }), "colour"),
    size: (n: number, maxSize: number): void => caption(n, (before) => ({ ...before, maxSize }), "size"),
    /** Back to where the format puts it, or to its colour and size. */
    reset: (n: number, what: "place" | "look"): void =>
      caption(
        n,
        ({ text, place, ...look }) => (what === "place" ? { text, ...look } : { text, ...(place ? { place } : {}) }),
        "",
      ),
    figure: (n: number, figure: Figure): void =>
      change({ ...doc, cast: doc.cast.map((one, i) => (i === n ? figure : one)) }, `figure${n}`),
    photo(photo: Photo | undefined, what = ""): void {
      const { photo: _before, ...rest } = doc;
      change(photo ? { ...rest, photo } : rest, what);
    },
  };
}
