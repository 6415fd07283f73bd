import { emblem, type Emblem } from "./emblem.ts";
import { C, darker, mix, paler } from "./color.ts";
import { circle, createCanvas, ellipse, line, linear, n, path, radial, rect, render, type Canvas } from "./canvas.ts";
import { createRandom } from "./random.ts";

const SKIN = ["#F3D2B8", "#E8B992", "#D59B6F", "#B97B50", "#8C5836", "#5F3A23"] as const;
const HAIR = {
  black: "#1F1B1D",
  brown: "#4C2F1E",
  red: "#A5482A",
  blond: "#D9B063",
  grey: "#A9ABA8",
  white: "#E9E6DE",
  dyed: "#74407F",
} as const;

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
export type Likeness = Face | { emblem: Emblem; ground: keyof typeof C };

/** Draws an avatar, 512 x 512. */
export async function drawAvatar(of: Likeness, seed: number): Promise<Buffer> {
  const c = createCanvas(512, 512, createRandom(seed));
  const ground = C[of.ground];
  c.add(
    rect(
      0,
      0,
      512,
      512,
      linear(
        c,
        [
          [0, paler(ground, 0.28)],
          [1, mix(ground, C.night, 0.22)],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  c.add(
    circle(
      150,
      110,
      360,
      radial(c, [
        [0, "#fff", 0.32],
        [1, "#fff", 0],
      ]),
    ),
  );
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
  if (of.style === "long" || of.style === "braid")
    c.add(
      path(
        `M${n(256 - width - 22)} 210C${n(256 - width - 30)} 330 ${n(256 - width - 26)} 400 ${n(256 - width + 20)} 430H${n(256 + width - 20)}C${n(256 + width + 26)} 400 ${n(256 + width + 30)} 330 ${n(256 + width + 22)} 210Z`,
        dark,
      ),
    );
  if (of.style === "bob")
    c.add(
      path(
        `M${n(256 - width - 30)} 200C${n(256 - width - 46)} 300 ${n(256 - width - 20)} 340 ${n(256 - width + 20)} 344H${n(256 + width - 20)}C${n(256 + width + 20)} 340 ${n(256 + width + 46)} 300 ${n(256 + width + 30)} 200Z`,
        dark,
      ),
    );
  if (of.style === "curls")
    for (let i = 0; i < 44; i++) {
      const a = c.r.range(Math.PI * 0.82, Math.PI * 2.18);
      c.add(
        circle(
          256 + Math.cos(a) * (width + 14),
          206 + Math.sin(a) * 104,
          c.r.range(24, 42),
          mix(hair, dark, c.r.next()),
        ),
      );
    }
  if (of.style === "bun")
    c.add(
      circle(
        256 + c.r.range(-16, 16),
        88 - tall,
        48,
        linear(c, [
          [0, paler(hair, 0.15)],
          [1, dark],
        ]),
      ),
    );
  // Shoulders, neck, head.
  c.add(
    path(
      "M38 540C40 430 130 398 210 388H302C382 398 472 430 474 540Z",
      linear(c, [
        [0, paler(coat, 0.14)],
        [1, darker(coat, 0.35)],
      ]),
    ),
  );
  c.add(
    path(
      "M212 330V392Q256 436 300 392V330Z",
      linear(c, [
        [0, darker(shade, 0.16)],
        [1, skin],
      ]),
    ),
  );
  c.add(path("M206 386Q256 446 306 386L322 398Q256 474 190 398Z", paler(coat, 0.4)));
  c.add(ellipse(256 - width - 4, 246, 17, 27, shade), ellipse(256 + width + 4, 246, 17, 27, shade));
  const head = `M${n(256 - width)} 214C${n(256 - width)} ${n(130 - tall)} ${n(256 + width)} ${n(130 - tall)} ${n(256 + width)} 214C${n(256 + width + 2)} 300 ${n(256 + width * 0.6)} ${n(366 + tall)} 256 ${n(368 + tall)}C${n(256 - width * 0.6)} ${n(366 + tall)} ${n(256 - width - 2)} 300 ${n(256 - width)} 214Z`;
  c.add(
    path(
      head,
      linear(
        c,
        [
          [0, paler(skin, 0.08)],
          [0.65, skin],
          [1, shade],
        ],
        [0.1, 0, 0.9, 1],
      ),
    ),
  );
  c.add(
    ellipse(256 - width * 0.56, 288, 22, 14, C.madderLight, 'opacity="0.28"'),
    ellipse(256 + width * 0.56, 288, 22, 14, C.madderLight, 'opacity="0.28"'),
  );
  // Eyes, brows, nose, mouth.
  const gaze = c.r.range(-3, 3);
  for (const side of [-1, 1]) {
    const x = 256 + side * 38;
    c.add(ellipse(x + gaze, 248, 7.5, 9.5, C.ink), circle(x + gaze + 2.6, 244, 2.6, "#fff"));
    c.add(
      line(
        `M${n(x - 19)} ${n(225 + side * c.r.range(-2, 2))}q19 ${n(-c.r.range(7, 14))} 38 0`,
        mix(dark, C.ink, 0.3),
        6,
      ),
    );
  }
  c.add(line("M258 252q12 28 -6 36", darker(shade, 0.25), 4, 'opacity="0.6"'));
  const smile = c.r.range(6, 18);
  if (of.beard)
    c.add(
      path(
        `M${n(256 - width + 1)} 268C${n(256 - width * 0.9)} ${n(360 + tall)} ${n(256 - width * 0.4)} ${n(404 + tall)} 256 ${n(404 + tall)}C${n(256 + width * 0.4)} ${n(404 + tall)} ${n(256 + width * 0.9)} ${n(360 + tall)} ${n(256 + width - 1)} 268C${n(256 + width * 0.7)} 300 ${n(256 + 44)} 298 256 296C${n(256 - 44)} 298 ${n(256 - width * 0.7)} 300 ${n(256 - width + 1)} 268Z`,
        linear(c, [
          [0, hair],
          [1, dark],
        ]),
      ),
    );
  c.add(line(`M230 ${n(318)}q26 ${n(smile)} 52 0`, of.beard ? mix(C.madder, skin, 0.4) : darker(C.madder, 0.1), 5));
  top(c, of, width, tall, hair, dark);
  if (of.glasses) {
    for (const side of [-1, 1])
      c.add(
        circle(256 + side * 38, 249, 28, "#fff", 'opacity="0.16"'),
        circle(256 + side * 38, 249, 28, "none", `stroke="${mix(coat, C.ink, 0.55)}" stroke-width="5"`),
      );
    c.add(line("M246 246q10 -6 20 0", mix(coat, C.ink, 0.55), 5));
  }
}

/** What is on top of the head. */
function top(c: Canvas, of: Face, width: number, tall: number, hair: string, dark: string): void {
  const [l, r] = [256 - width, 256 + width];
  const shine = linear(
    c,
    [
      [0, paler(hair, 0.2)],
      [1, dark],
    ],
    [0, 0, 1, 1],
  );
  const wool = C[of.coat] === C.madder ? C.woad : C.madder;
  switch (of.style) {
    case "bald":
      c.add(ellipse(226, 160 - tall, 30, 14, "#fff", 'opacity="0.25" transform="rotate(-24 226 160)"'));
      c.add(
        path(
          `M${n(l - 3)} 236C${n(l - 6)} 212 ${n(l - 2)} 196 ${n(l + 8)} 186L${n(l + 14)} 226Z M${n(r + 3)} 236C${n(r + 6)} 212 ${n(r + 2)} 196 ${n(r - 8)} 186L${n(r - 14)} 226Z`,
          hair,
        ),
      );
      break;
    case "cap":
      c.add(
        path(
          `M${n(l - 10)} 196C${n(l - 6)} ${n(104 - tall)} ${n(r + 6)} ${n(104 - tall)} ${n(r + 10)} 196Z`,
          linear(c, [
            [0, paler(wool, 0.15)],
            [1, darker(wool, 0.3)],
          ]),
        ),
      );
      c.add(
        path(
          `M${n(l - 12)} 186Q256 160 ${n(r + 12)} 186L${n(r + 64)} 204Q256 192 ${n(l - 12)} 204Z`,
          darker(wool, 0.35),
        ),
      );
      break;
    case "beanie": {
      c.add(
        path(
          `M${n(l - 9)} 190C${n(l - 14)} ${n(72 - tall)} ${n(r + 14)} ${n(72 - tall)} ${n(r + 9)} 190Z`,
          linear(c, [
            [0, paler(wool, 0.2)],
            [1, wool],
          ]),
        ),
      );
      let ribs = "";
      for (let x = l - 6; x < r + 8; x += 13) ribs += `M${n(x)} 160v46`;
      c.add(
        rect(l - 15, 158, width * 2 + 30, 50, darker(wool, 0.18), 'rx="16"'),
        line(ribs, darker(wool, 0.42), 4),
        circle(256, 84 - tall, 30, paler(wool, 0.55)),
      );
      break;
    }
    case "scarf":
      c.add(
        path(
          `M${n(l - 20)} 300C${n(l - 46)} ${n(90 - tall)} ${n(r + 46)} ${n(90 - tall)} ${n(r + 20)} 300C${n(r + 8)} 380 ${n(r - 30)} 420 256 424C${n(l + 30)} 420 ${n(l - 8)} 380 ${n(l - 20)} 300ZM${n(l + 8)} 226C${n(l + 6)} 318 ${n(256 - width * 0.5)} ${n(358 + tall)} 256 ${n(358 + tall)}C${n(256 + width * 0.5)} ${n(358 + tall)} ${n(r - 6)} 318 ${n(r - 8)} 226C${n(r - 12)} 160 ${n(l + 12)} 160 ${n(l + 8)} 226Z`,
          linear(
            c,
            [
              [0, paler(wool, 0.22)],
              [1, darker(wool, 0.25)],
            ],
            [0, 0, 1, 1],
          ),
          'fill-rule="evenodd"',
        ),
      );
      break;
    case "curls":
      for (let i = 0; i < 26; i++) {
        const a = c.r.range(Math.PI * 1.06, Math.PI * 1.94);
        c.add(
          circle(
            256 + Math.cos(a) * width * 0.86,
            204 + Math.sin(a) * 74,
            c.r.range(20, 32),
            mix(hair, dark, c.r.next()),
          ),
        );
      }
      break;
    case "short":
      c.add(
        path(
          `M${n(l - 5)} 232C${n(l - 22)} ${n(96 - tall)} ${n(r + 22)} ${n(96 - tall)} ${n(r + 5)} 232C${n(r - 4)} 196 ${n(r - 20)} 186 ${n(r - 30)} 170C290 190 230 182 ${n(l + 36)} 168C${n(l + 16)} 184 ${n(l + 4)} 200 ${n(l - 5)} 232Z`,
          shine,
        ),
      );
      break;
    case "braid":
      c.add(
        path(
          `M${n(l - 5)} 240C${n(l - 26)} ${n(92 - tall)} ${n(r + 26)} ${n(92 - tall)} ${n(r + 5)} 240C${n(r - 6)} 190 280 172 256 146C232 172 ${n(l + 6)} 190 ${n(l - 5)} 240Z`,
          shine,
        ),
      );
      for (let i = 0; i < 6; i++)
        c.add(
          ellipse(r + 16 - i * 3, 320 + i * 30, 24 - i, 19, i % 2 ? hair : dark),
          ellipse(r + 20 - i * 3, 314 + i * 30, 10, 6, paler(hair, 0.25)),
        );
      c.add(rect(r - 14, 486, 30, 11, wool, 'rx="5"'));
      break;
    default:
      c.add(
        path(
          `M${n(l - 8)} 250C${n(l - 30)} ${n(84 - tall)} ${n(r + 30)} ${n(84 - tall)} ${n(r + 8)} 250C${n(r + 2)} 204 ${n(r - 22)} 176 ${n(256 + width * 0.2)} 158C${n(256 - width * 0.3)} 196 ${n(l + 14)} 196 ${n(l - 8)} 250Z`,
          shine,
        ),
      );
  }
}
