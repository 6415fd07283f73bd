import * as city from "./city.ts";
import * as craft from "./craft.ts";
import { createCanvas, render, type Canvas } from "./canvas.ts";
import { MOODS, type Mood, type MoodName } from "./color.ts";
import * as garden from "./garden.ts";
import * as journeys from "./journeys.ts";
import * as kitchen from "./kitchen.ts";
import * as nature from "./nature.ts";
import { createRandom, hash } from "./random.ts";
import * as things from "./things.ts";

type Scene = (c: Canvas, m: Mood) => void;

const SCENES = {
  cranes: nature.cranes,
  roost: nature.roost,
  valley: nature.valley,
  forest: nature.forest,
  river: nature.river,
  stars: nature.stars,
  lake: nature.lake,
  cloth: craft.cloth,
  skeins: craft.skeins,
  dyePots: craft.dyePots,
  sunPrint: craft.sunPrint,
  loom: craft.loom,
  tram: city.tram,
  viaduct: journeys.viaduct,
  skyline: city.skyline,
  bicycle: journeys.bicycle,
  rainWindow: city.rainWindow,
  tracks: journeys.tracks,
  loaf: kitchen.loaf,
  buns: kitchen.buns,
  cup: kitchen.cup,
  beds: garden.beds,
  bloom: garden.bloom,
  contourMap: things.contourMap,
  branches: things.branches,
  cat: things.cat,
} satisfies Record<string, Scene>;
export type SceneName = keyof typeof SCENES;

/** A picture by its recipe, e.g. `cranes:dusk:3`: scene, light, and a number that varies it. */
export type Recipe = `${SceneName}:${MoodName}:${number}`;

export function isRecipe(text: string): text is Recipe {
  const [scene = "", mood = "", variant = ""] = text.split(":");
  return scene in SCENES && mood in MOODS && /^\d+$/.test(variant);
}

export const SHAPES = {
  wide: [1440, 960],
  photo: [1440, 1080],
  tall: [1080, 1350],
  square: [1200, 1200],
  header: [1500, 500],
} as const;
export type Shape = keyof typeof SHAPES;

/** Draws a recipe as JPEG. The same recipe and shape give the same picture, byte for byte, on the same version of sharp. */
export function drawScene(recipe: Recipe, shape: Shape): Promise<Buffer> {
  const [scene, mood] = recipe.split(":");
  const [w, h] = SHAPES[shape];
  const canvas = createCanvas(w, h, createRandom(hash(recipe)));
  const [make, light] = [
    Object.entries(SCENES).find(([name]) => name === scene)?.[1],
    Object.entries(MOODS).find(([name]) => name === mood)?.[1],
  ];
  if (!make || !light) throw new Error(`There is no picture "${recipe}"`);
  make(canvas, light);
  return render(canvas);
}
