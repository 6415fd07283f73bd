/** What every variant of every engine has to keep, for tests and for reports about quality. */
import { z } from "zod";
import { MOODS, PROPS, SCENES } from "#shared/meme/doc.ts";
import { FORMAT_IDS, formatOf, MECHANISMS } from "#shared/meme/formats.ts";
import type { CaptionVariant } from "#modules/memes/engines/types.ts";
import { difference, DISTINCT } from "./words.ts";

const variantSchema = z.strictObject({
  format: z.enum(FORMAT_IDS),
  captions: z.array(z.string().max(200)),
  moods: z.array(z.enum(MOODS)),
  props: z.array(z.enum(PROPS).nullable()).optional(),
  scene: z.enum(SCENES).optional(),
  altScene: z.string().min(1),
  confidence: z.number().min(0).max(1),
  mechanism: z.enum(MECHANISMS).optional(),
  sourceIds: z.array(z.string().min(1)).optional(),
  chips: z.array(z.string().min(1)).length(3).optional(),
});

/** Leaked markup or values. "null" is a German word and looked for only where a value would stand alone. */
const LEAKED = /[{}<>[\]]|undefined|^null$/u;

/** What is wrong with the variants of one generation; empty when nothing is. */
export function faultsOf(variants: readonly CaptionVariant[]): string[] {
  const faults: string[] = [];
  for (const v of variants) {
    const parsed = variantSchema.safeParse(v);
    if (!parsed.success) faults.push(`${v.format}: ${z.prettifyError(parsed.error)}`);
    const spec = formatOf(v.format);
    if (v.captions.length !== spec.boxes.length) faults.push(`${v.format}: ${v.captions.length} captions`);
    if (v.moods.length !== spec.cast) faults.push(`${v.format}: ${v.moods.length} moods`);
    if (v.props && v.props.length !== spec.cast) faults.push(`${v.format}: ${v.props.length} props`);
    if (v.captions.every((text) => text === "")) faults.push(`${v.format}: no words`);
    for (const text of v.captions) if (LEAKED.test(text)) faults.push(`${v.format}: leaked sign in "${text}"`);
  }
  return faults;
}

/** Pairs of variants that are nearly the same. */
export function twinsOf(variants: readonly CaptionVariant[]): string[] {
  const texts = variants.map((v) => v.captions.join(" "));
  return texts.flatMap((a, i) =>
    texts.slice(i + 1).flatMap((b) => (difference(a, b) < DISTINCT ? [`"${a}" and "${b}"`] : [])),
  );
}
