import { bicycleShape } from "./city.ts";
import { C, darker, mix, paler } from "./color.ts";
import { circle, createCanvas, ellipse, group, line, linear, n, path, radial, rect, render, type Canvas } from "./canvas.ts";
import { standingCrane } from "./nature.ts";
import { createRandom } from "./random.ts";

const SKIN = ["#F3D2B8", "#E8B992", "#D59B6F", "#B97B50", "#8C5836", "#5F3A23"] as const;
const HAIR = { black: "#1F1B1D", brown: "#4C2F1E", red: "#A5482A", blond: "#D9B063", grey: "#A9ABA8", white: "#E9E6DE", dyed: "#74407F" } as const;

/** A person as a drawing: no features of anybody real, only shapes. */
export interface Face {
  skin: 0 | 1 | 2 | 3 | 4 | 5;
  hair: keyof typeof HAIR;
  style: "bob" | "bun" | "short" | "curls" | "long" | "bald" | "braid" | "cap" | "beanie" | "scarf";
  coat: keyof typeof C;
  ground: keyof typeof C;
  glasses?: boolean;
  beard?: boolean;
}
export type Emblem = "crane" | "loaf" | "bike" | "tram" | "hedgehog" | "leaf" | "moon" | "teapot" | "skein" | "signal" | "owl" | "carrot" | "wave" | "pencil";
export type Likeness = Face | { emblem: Emblem; ground: keyof typeof C };

/** Draws an avatar, 512 x 512. */
export async function drawAvatar(of: Likeness, seed: number): Promise<Buffer> {
  const c = createCanvas(512, 512, createRandom(seed));
  const ground = C[of.ground];
  c.add(rect(0, 0, 512, 512, linear(c, [[0, paler(ground, 0.28)], [1, mix(ground, C.night, 0.22)]], [0, 0, 1, 1])));
  c.add(circle(150, 110, 360, radial(c, [[0, "#fff", 0.32], [1, "#fff", 0]])));
  if ("emblem" in of) emblem(c, of.emblem, ground);
  else face(c, of);
  return render(c, { vignette: 0.16, grain: 0.1 });
}

function face(c: Canvas, of: Face): void {
  const skin = SKIN[of.skin];
  const hair = HAIR[of.hair];
  const coat = C[of.coat];
  const shade = mix(skin, C.madder, 0.22);
  const dark = darker(hair, 0.3);
  const tall = c.r.range(-8, 10);
  const width = c.r.range(84, 96);
  // Hair behind the head.
  if (of.style === "long" || of.style === "braid") c.add(path(`M${n(256 - width - 22)} 210C${n(256 - width - 30)} 330 ${n(256 - width - 26)} 400 ${n(256 - width + 20)} 430H${n(256 + width - 20)}C${n(256 + width + 26)} 400 ${n(256 + width + 30)} 330 ${n(256 + width + 22)} 210Z`, dark));
  if (of.style === "bob") c.add(path(`M${n(256 - width - 30)} 200C${n(256 - width - 46)} 300 ${n(256 - width - 20)} 340 ${n(256 - width + 20)} 344H${n(256 + width - 20)}C${n(256 + width + 20)} 340 ${n(256 + width + 46)} 300 ${n(256 + width + 30)} 200Z`, dark));
  if (of.style === "curls") for (let i = 0; i < 44; i++) { const a = c.r.range(Math.PI * 0.82, Math.PI * 2.18); c.add(circle(256 + Math.cos(a) * (width + 14), 206 + Math.sin(a) * 104, c.r.range(24, 42), mix(hair, dark, c.r.next()))); }
  if (of.style === "bun") c.add(circle(256 + c.r.range(-16, 16), 88 - tall, 48, linear(c, [[0, paler(hair, 0.15)], [1, dark]])));
  // Shoulders, neck, head.
  c.add(path("M38 540C40 430 130 398 210 388H302C382 398 472 430 474 540Z", linear(c, [[0, paler(coat, 0.14)], [1, darker(coat, 0.35)]])));
  c.add(path("M212 330V392Q256 436 300 392V330Z", linear(c, [[0, darker(shade, 0.16)], [1, skin]])));
  c.add(path("M206 386Q256 446 306 386L322 398Q256 474 190 398Z", paler(coat, 0.4)));
  c.add(ellipse(256 - width - 4, 246, 17, 27, shade), ellipse(256 + width + 4, 246, 17, 27, shade));
  const head = `M${n(256 - width)} 214C${n(256 - width)} ${n(130 - tall)} ${n(256 + width)} ${n(130 - tall)} ${n(256 + width)} 214C${n(256 + width + 2)} 300 ${n(256 + width * 0.6)} ${n(366 + tall)} 256 ${n(368 + tall)}C${n(256 - width * 0.6)} ${n(366 + tall)} ${n(256 - width - 2)} 300 ${n(256 - width)} 214Z`;
  c.add(path(head, linear(c, [[0, paler(skin, 0.08)], [0.65, skin], [1, shade]], [0.1, 0, 0.9, 1])));
  c.add(ellipse(256 - width * 0.56, 288, 22, 14, C.madderLight, 'opacity="0.28"'), ellipse(256 + width * 0.56, 288, 22, 14, C.madderLight, 'opacity="0.28"'));
  // Eyes, brows, nose, mouth.
  const gaze = c.r.range(-3, 3);
  for (const side of [-1, 1]) {
    const x = 256 + side * 38;
    c.add(ellipse(x + gaze, 248, 7.5, 9.5, C.ink), circle(x + gaze + 2.6, 244, 2.6, "#fff"));
    c.add(line(`M${n(x - 19)} ${n(225 + side * c.r.range(-2, 2))}q19 ${n(-c.r.range(7, 14))} 38 0`, mix(dark, C.ink, 0.3), 6));
  }
  c.add(line("M258 252q12 28 -6 36", darker(shade, 0.25), 4, 'opacity="0.6"'));
  const smile = c.r.range(6, 18);
  if (of.beard) c.add(path(`M${n(256 - width + 1)} 268C${n(256 - width * 0.9)} ${n(360 + tall)} ${n(256 - width * 0.4)} ${n(404 + tall)} 256 ${n(404 + tall)}C${n(256 + width * 0.4)} ${n(404 + tall)} ${n(256 + width * 0.9)} ${n(360 + tall)} ${n(256 + width - 1)} 268C${n(256 + width * 0.7)} 300 ${n(256 + 44)} 298 256 296C${n(256 - 44)} 298 ${n(256 - width * 0.7)} 300 ${n(256 - width + 1)} 268Z`, linear(c, [[0, hair], [1, dark]])));
  c.add(line(`M230 ${n(318)}q26 ${n(smile)} 52 0`, of.beard ? mix(C.madder, skin, 0.4) : darker(C.madder, 0.1), 5));
  top(c, of, width, tall, hair, dark);
  if (of.glasses) {
    for (const side of [-1, 1]) c.add(circle(256 + side * 38, 249, 28, "#fff", 'opacity="0.16"'), circle(256 + side * 38, 249, 28, "none", `stroke="${mix(coat, C.ink, 0.55)}" stroke-width="5"`));
    c.add(line("M246 246q10 -6 20 0", mix(coat, C.ink, 0.55), 5));
  }
}

/** What is on top of the head. */
function top(c: Canvas, of: Face, width: number, tall: number, hair: string, dark: string): void {
  const [l, r] = [256 - width, 256 + width];
  const shine = linear(c, [[0, paler(hair, 0.2)], [1, dark]], [0, 0, 1, 1]);
  const wool = C[of.coat] === C.madder ? C.woad : C.madder;
  switch (of.style) {
    case "bald":
      c.add(ellipse(226, 160 - tall, 30, 14, "#fff", 'opacity="0.25" transform="rotate(-24 226 160)"'));
      c.add(path(`M${n(l - 3)} 236C${n(l - 6)} 212 ${n(l - 2)} 196 ${n(l + 8)} 186L${n(l + 14)} 226Z M${n(r + 3)} 236C${n(r + 6)} 212 ${n(r + 2)} 196 ${n(r - 8)} 186L${n(r - 14)} 226Z`, hair));
      break;
    case "cap":
      c.add(path(`M${n(l - 10)} 196C${n(l - 6)} ${n(104 - tall)} ${n(r + 6)} ${n(104 - tall)} ${n(r + 10)} 196Z`, linear(c, [[0, paler(wool, 0.15)], [1, darker(wool, 0.3)]])));
      c.add(path(`M${n(l - 12)} 186Q256 160 ${n(r + 12)} 186L${n(r + 64)} 204Q256 192 ${n(l - 12)} 204Z`, darker(wool, 0.35)));
      break;
    case "beanie": {
      c.add(path(`M${n(l - 9)} 190C${n(l - 14)} ${n(72 - tall)} ${n(r + 14)} ${n(72 - tall)} ${n(r + 9)} 190Z`, linear(c, [[0, paler(wool, 0.2)], [1, wool]])));
      let ribs = "";
      for (let x = l - 6; x < r + 8; x += 13) ribs += `M${n(x)} 160v46`;
      c.add(rect(l - 15, 158, width * 2 + 30, 50, darker(wool, 0.18), 'rx="16"'), line(ribs, darker(wool, 0.42), 4), circle(256, 84 - tall, 30, paler(wool, 0.55)));
      break;
    }
    case "scarf":
      c.add(path(`M${n(l - 20)} 300C${n(l - 46)} ${n(90 - tall)} ${n(r + 46)} ${n(90 - tall)} ${n(r + 20)} 300C${n(r + 8)} 380 ${n(r - 30)} 420 256 424C${n(l + 30)} 420 ${n(l - 8)} 380 ${n(l - 20)} 300ZM${n(l + 8)} 226C${n(l + 6)} 318 ${n(256 - width * 0.5)} ${n(358 + tall)} 256 ${n(358 + tall)}C${n(256 + width * 0.5)} ${n(358 + tall)} ${n(r - 6)} 318 ${n(r - 8)} 226C${n(r - 12)} 160 ${n(l + 12)} 160 ${n(l + 8)} 226Z`, linear(c, [[0, paler(wool, 0.22)], [1, darker(wool, 0.25)]], [0, 0, 1, 1]), 'fill-rule="evenodd"'));
      break;
    case "curls":
      for (let i = 0; i < 26; i++) { const a = c.r.range(Math.PI * 1.06, Math.PI * 1.94); c.add(circle(256 + Math.cos(a) * width * 0.86, 204 + Math.sin(a) * 74, c.r.range(20, 32), mix(hair, dark, c.r.next()))); }
      break;
    case "short":
      c.add(path(`M${n(l - 5)} 232C${n(l - 22)} ${n(96 - tall)} ${n(r + 22)} ${n(96 - tall)} ${n(r + 5)} 232C${n(r - 4)} 196 ${n(r - 20)} 186 ${n(r - 30)} 170C290 190 230 182 ${n(l + 36)} 168C${n(l + 16)} 184 ${n(l + 4)} 200 ${n(l - 5)} 232Z`, shine));
      break;
    case "braid":
      c.add(path(`M${n(l - 5)} 240C${n(l - 26)} ${n(92 - tall)} ${n(r + 26)} ${n(92 - tall)} ${n(r + 5)} 240C${n(r - 6)} 190 280 172 256 146C232 172 ${n(l + 6)} 190 ${n(l - 5)} 240Z`, shine));
      for (let i = 0; i < 6; i++) c.add(ellipse(r + 16 - i * 3, 320 + i * 30, 24 - i, 19, i % 2 ? hair : dark), ellipse(r + 20 - i * 3, 314 + i * 30, 10, 6, paler(hair, 0.25)));
      c.add(rect(r - 14, 486, 30, 11, wool, 'rx="5"'));
      break;
    default:
      c.add(path(`M${n(l - 8)} 250C${n(l - 30)} ${n(84 - tall)} ${n(r + 30)} ${n(84 - tall)} ${n(r + 8)} 250C${n(r + 2)} 204 ${n(r - 22)} 176 ${n(256 + width * 0.2)} 158C${n(256 - width * 0.3)} 196 ${n(l + 14)} 196 ${n(l - 8)} 250Z`, shine));
  }
}

function emblem(c: Canvas, kind: Emblem, ground: string): void {
  const light = paler(ground, 0.78);
  const put = (svg: string, scale = 1, x = 256, y = 256): void => c.add(group(svg, `translate(${x} ${y}) scale(${scale})`));
  switch (kind) {
    case "crane":
      c.add(circle(330, 170, 96, C.weldPale), ellipse(256, 446, 220, 26, light, 'opacity="0.4"'));
      return put(standingCrane("#3B4A53", C.madder, false), 3.9, 262, 440);
    case "loaf":
      put(path("M-160 60C-176 -60 -80 -120 0 -122C80 -120 176 -60 160 60C150 110 -150 110 -160 60Z", radial(c, [[0, "#E4AE66"], [0.6, "#B8702F"], [1, "#6B3814"]], [0.4, 0.3, 0.75])));
      return put([-70, 0, 70].map((x) => path(`M${x - 16} -92Q${x + 34} -50 ${x + 24} 26Q${x - 20} -20 ${x - 16} -92Z`, "#F3DCAE")).join(""));
    case "bike":
      return put(bicycleShape(light, C.ink), 0.78, 256, 306);
    case "tram":
      put(rect(-112, -150, 224, 290, linear(c, [[0, C.flax], [0.5, C.linen], [0.52, C.madder], [1, darker(C.madder, 0.3)]]), 'rx="44"') + rect(-88, -116, 176, 110, linear(c, [[0, "#9CC4D3"], [1, "#24414F"]]), 'rx="18"') + rect(-3, -116, 6, 110, C.linen) + circle(-66, 70, 22, C.weldPale) + circle(66, 70, 22, C.weldPale) + rect(-40, -186, 80, 26, C.ink, 'rx="8"') + line("M-60 -186L0 -236L60 -186", C.ink, 7) + rect(-124, 130, 248, 24, C.ink, 'rx="10"'));
      return put(line("M-150 178H150", light, 7));
    case "hedgehog": {
      let spines = "";
      for (let i = 0; i < 90; i++) { const a = Math.PI * (0.92 + 1.02 * c.r.next()); const d = c.r.range(70, 150); spines += `M${n(20 + Math.cos(a) * d * 0.7)} ${n(60 + Math.sin(a) * d * 0.75)}L${n(20 + Math.cos(a) * (d + 44))} ${n(60 + Math.sin(a) * (d + 30))}`; }
      put(path("M-130 80C-190 70 -210 50 -214 36C-180 0 -120 -20 -90 -30C-40 -130 190 -110 176 80Z", "#A9805A") + path("M-92 -26C-40 -150 206 -130 178 82L-40 82C-20 40 -50 0 -92 -26Z", "#4A3626") + line(spines, "#2C2018", 6) + line(spines, "#C9A77C", 1.6) + circle(-212, 38, 15, C.ink) + circle(-142, 26, 9, C.ink) + circle(-139, 23, 3, "#fff") + ellipse(-84, 10, 20, 24, "#8d6846"));
      return put(line("M-190 86H210", light, 8));
    }
    case "leaf":
      put(path("M-20 180C-190 60 -130 -140 130 -180C190 20 110 160 -20 180Z", linear(c, [[0, C.mossLight], [1, C.moss]], [0, 0, 1, 1])));
      return put(line("M-60 220Q-10 40 110 -150M2 60Q60 50 104 10M-20 110Q-80 80 -90 20M40 -10Q90 -30 128 -80M20 20Q-20 -30 -20 -80", light, 7));
    case "moon":
      for (let i = 0; i < 46; i++) c.add(circle(c.r.range(20, 490), c.r.range(20, 490), c.r.range(1, 4), light));
      c.add(circle(256, 250, 190, radial(c, [[0.4, C.weldPale, 0.5], [1, C.weldPale, 0]])), circle(256, 250, 120, C.weldPale));
      for (let i = 0; i < 9; i++) { const [a, d] = [c.r.range(0, 6.3), c.r.range(0, 84)]; c.add(circle(256 + Math.cos(a) * d, 250 + Math.sin(a) * d, c.r.range(8, 22), C.weldDark, 'opacity="0.16"')); }
      return;
    case "teapot":
      return put(line("M110 -40C200 -60 200 90 100 70", light, 22) + path("M-110 -10C-160 -10 -176 -70 -206 -84L-186 -96C-150 -90 -130 -60 -96 -60Z", light) + path("M-120 100C-160 0 -90 -90 0 -92C90 -90 160 0 120 100C90 132 -90 132 -120 100Z", linear(c, [[0, paler(C.woad, 0.35)], [1, C.woadDeep]])) + ellipse(0, -92, 70, 17, darker(C.woad, 0.2)) + circle(0, -120, 20, light) + line("M-84 20Q0 70 84 20M-90 52Q0 104 90 52", light, 6, 'opacity="0.7"'));
    case "skein":
      for (let i = 0; i < 17; i++) { const t = i / 16 - 0.5; put(line(`M${n(t * 120)} -180C${n(t * 300 + 60)} -60 ${n(-t * 300 + 60)} 60 ${n(t * 120)} 180`, mix(C.weld, i % 2 ? C.madder : "#fff", Math.abs(t) * 0.8), 13)); }
      return put(rect(-70, -16, 140, 32, light, 'rx="14"'));
    case "signal":
      put(rect(-10, -60, 20, 300, C.ink) + rect(-84, -210, 168, 190, "#20282C", 'rx="40"'));
      return put(circle(-34, -150, 28, C.madder) + circle(34, -150, 28, "#3a3130") + circle(0, -78, 34, C.mossLight) + circle(0, -78, 70, radial(c, [[0, C.mossLight, 0.6], [1, C.mossLight, 0]])));
    case "owl":
      put(path("M-120 170C-170 20 -150 -130 -120 -190L-70 -150H70L120 -190C150 -130 170 20 120 170C70 210 -70 210 -120 170Z", linear(c, [[0, "#9A7650"], [1, "#4E3722"]])));
      for (let i = 0; i < 30; i++) { const [x, y] = [((i % 6) - 2.5) * 34 + (Math.floor(i / 6) % 2 ? 17 : 0), 20 + Math.floor(i / 6) * 30]; put(path("M-15 0Q0 26 15 0", "none", `stroke="${C.sand}" stroke-width="5" opacity="0.7"`), 1, 256 + x, 256 + y); }
      return put([-58, 58].map((x) => circle(x, -66, 56, C.sand) + circle(x, -66, 42, C.weld) + circle(x + 3, -64, 25, C.ink) + circle(x + 11, -74, 8, "#fff")).join("") + path("M-18 -34L0 10L18 -34Z", C.weldDark));
    case "carrot":
      for (let i = -3; i <= 3; i++) put(path(`M0 -60Q${i * 14} -140 ${i * 44} -${206 - Math.abs(i) * 14}Q${i * 22 + 16} -130 0 -60Z`, i % 2 ? C.moss : C.mossLight));
      return put(path("M-76 -50C-60 -92 60 -92 76 -50C80 40 30 150 0 212C-30 150 -80 40 -76 -50Z", linear(c, [[0, "#F09A4A"], [1, "#C8541E"]], [0, 0, 1, 0])) + line("M-60 0q30 14 60 4M60 40q-30 14 -56 4M-40 96q20 10 40 2", "#9C3D12", 6, 'opacity="0.6"'));
    case "wave":
      for (let i = 0; i < 5; i++) { let d = `M0 ${270 + i * 52}`; for (let x = 0; x < 512; x += 64) d += `q32 -${40 - i * 3} 64 0`; c.add(path(`${d}V512H0Z`, mix(C.woadLight, C.woadDeep, 0.15 + i * 0.2), `transform="translate(${i % 2 ? -18 : 0} 0)"`)); }
      c.add(circle(360, 150, 66, C.weldPale), path("M150 268L300 268L276 306H176Z", C.madder), path("M218 262V116L302 250Z", C.flax), path("M208 262V150L150 250Z", C.linen));
      return;
    case "pencil":
      return c.add(group(rect(-34, -190, 68, 270, linear(c, [[0, C.weld], [0.5, paler(C.weld, 0.3)], [1, C.weldDark]], [0, 0, 1, 0])) + path("M-34 80H34L0 178Z", "#E8C79A") + path("M-12 144H12L0 178Z", C.ink) + rect(-34, -214, 68, 30, "#B9C0C3") + rect(-34, -246, 68, 40, C.madderLight, 'rx="14"'), "translate(256 262) rotate(38)"), line("M110 410q60 -40 110 0t120 -6", light, 7));
  }
}
