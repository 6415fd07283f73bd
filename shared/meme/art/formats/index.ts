/** How each format is drawn. */
import type { FormatId } from "#shared/meme/formats.ts";
import type { Stage } from "#shared/meme/art/stage.ts";
import { chart, tierList, timeline } from "./charts.ts";
import { forecast, treasureMap, weatherMap } from "./maps.ts";
import { captionBar, expectationReality, ladder, rejectPrefer, topBottom, twoPanel } from "./panels.ts";
import { doors, roadSign, starterPack } from "./places.ts";
import { museumLabel, receipt } from "./prints.ts";
import { errorDialog, patchNotes, recipe } from "./paper.ts";
import { court, dialogue, interview, natureDoc } from "./talk.ts";

export const DRAW: Record<FormatId, (stage: Stage) => string> = {
  "top-bottom": topBottom,
  "two-panel": twoPanel,
  "reject-prefer": rejectPrefer,
  "four-step-ladder": ladder,
  dialogue,
  "nature-doc": natureDoc,
  chart,
  "patch-notes": patchNotes,
  interview,
  forecast,
  "museum-label": museumLabel,
  "tier-list": tierList,
  receipt,
  "road-sign": roadSign,
  doors,
  court,
  "weather-map": weatherMap,
  timeline,
  "expectation-reality": expectationReality,
  "starter-pack": starterPack,
  "error-dialog": errorDialog,
  recipe,
  map: treasureMap,
  "caption-bar": captionBar,
};
