/** How each format is drawn. */
import type { FormatId } from "#shared/meme/formats.ts";
import type { Stage } from "#shared/meme/art/stage.ts";
import { chart } from "./charts.ts";
import { captionBar, expectationReality, ladder, rejectPrefer, topBottom, twoPanel } from "./panels.ts";
import { patchNotes } from "./paper.ts";
import { dialogue } from "./talk.ts";

export const DRAW: Record<FormatId, (stage: Stage) => string> = {
  "top-bottom": topBottom,
  "two-panel": twoPanel,
  "reject-prefer": rejectPrefer,
  "four-step-ladder": ladder,
  dialogue,
  "nature-doc": topBottom,
  chart,
  "patch-notes": patchNotes,
  interview: dialogue,
  forecast: patchNotes,
  "museum-label": patchNotes,
  "tier-list": patchNotes,
  receipt: patchNotes,
  "road-sign": topBottom,
  doors: topBottom,
  court: dialogue,
  "weather-map": patchNotes,
  timeline: ladder,
  "expectation-reality": expectationReality,
  "starter-pack": patchNotes,
  "error-dialog": patchNotes,
  recipe: patchNotes,
  map: patchNotes,
  "caption-bar": captionBar,
};
