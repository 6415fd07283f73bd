import { circle, ellipse, group, line, linear, path, radial, rect, n, type Canvas } from "./canvas.ts";
import { C, darker, mix, paler } from "./color.ts";
import { bicycleShape } from "./journeys.ts";
import { standingCrane } from "./nature.ts";

export type Emblem =
  | "crane"
  | "loaf"
  | "bike"
  | "tram"
  | "hedgehog"
  | "leaf"
  | "moon"
  | "teapot"
  | "skein"
  | "signal"
  | "owl"
  | "carrot"
  | "wave"
  | "pencil";

/** Draws an emblem in the middle of the canvas. */
export function emblem(c: Canvas, kind: Emblem, ground: string): void {
  const light = paler(ground, 0.78);
  const put = (svg: string, scale = 1, x = 256, y = 256): void =>
    c.add(group(svg, `translate(${x} ${y}) scale(${scale})`));
  switch (kind) {
    case "crane":
      c.add(circle(330, 170, 96, C.weldPale), ellipse(256, 446, 220, 26, light, 'opacity="0.4"'));
      return put(standingCrane("#3B4A53", C.madder, false), 3.9, 262, 440);
    case "loaf":
      put(
        path(
          "M-160 60C-176 -60 -80 -120 0 -122C80 -120 176 -60 160 60C150 110 -150 110 -160 60Z",
          radial(
            c,
            [
              [0, "#E4AE66"],
              [0.6, "#B8702F"],
              [1, "#6B3814"],
            ],
            [0.4, 0.3, 0.75],
          ),
        ),
      );
      return put(
        [-70, 0, 70]
          .map((x) => path(`M${x - 16} -92Q${x + 34} -50 ${x + 24} 26Q${x - 20} -20 ${x - 16} -92Z`, "#F3DCAE"))
          .join(""),
      );
    case "bike":
      return put(bicycleShape(light, C.ink), 0.78, 256, 306);
    case "tram":
      put(
        rect(
          -112,
          -150,
          224,
          290,
          linear(c, [
            [0, C.flax],
            [0.5, C.linen],
            [0.52, C.madder],
            [1, darker(C.madder, 0.3)],
          ]),
          'rx="44"',
        ) +
          rect(
            -88,
            -116,
            176,
            110,
            linear(c, [
              [0, "#9CC4D3"],
              [1, "#24414F"],
            ]),
            'rx="18"',
          ) +
          rect(-3, -116, 6, 110, C.linen) +
          circle(-66, 70, 22, C.weldPale) +
          circle(66, 70, 22, C.weldPale) +
          rect(-40, -186, 80, 26, C.ink, 'rx="8"') +
          line("M-60 -186L0 -236L60 -186", C.ink, 7) +
          rect(-124, 130, 248, 24, C.ink, 'rx="10"'),
      );
      return put(line("M-150 178H150", light, 7));
    case "hedgehog": {
      let spines = "";
      for (let i = 0; i < 90; i++) {
        const a = Math.PI * (0.92 + 1.02 * c.r.next());
        const d = c.r.range(70, 150);
        spines += `M${n(20 + Math.cos(a) * d * 0.7)} ${n(60 + Math.sin(a) * d * 0.75)}L${n(20 + Math.cos(a) * (d + 44))} ${n(60 + Math.sin(a) * (d + 30))}`;
      }
      put(
        path("M-130 80C-190 70 -210 50 -214 36C-180 0 -120 -20 -90 -30C-40 -130 190 -110 176 80Z", "#A9805A") +
          path("M-92 -26C-40 -150 206 -130 178 82L-40 82C-20 40 -50 0 -92 -26Z", "#4A3626") +
          line(spines, "#2C2018", 6) +
          line(spines, "#C9A77C", 1.6) +
          circle(-212, 38, 15, C.ink) +
          circle(-142, 26, 9, C.ink) +
          circle(-139, 23, 3, "#fff") +
          ellipse(-84, 10, 20, 24, "#8d6846"),
      );
      return put(line("M-190 86H210", light, 8));
    }
    case "leaf":
      put(
        path(
          "M-20 180C-190 60 -130 -140 130 -180C190 20 110 160 -20 180Z",
          linear(
            c,
            [
              [0, C.mossLight],
              [1, C.moss],
            ],
            [0, 0, 1, 1],
          ),
        ),
      );
      return put(
        line(
          "M-60 220Q-10 40 110 -150M2 60Q60 50 104 10M-20 110Q-80 80 -90 20M40 -10Q90 -30 128 -80M20 20Q-20 -30 -20 -80",
          light,
          7,
        ),
      );
    case "moon":
      for (let i = 0; i < 46; i++) c.add(circle(c.r.range(20, 490), c.r.range(20, 490), c.r.range(1, 4), light));
      c.add(
        circle(
          256,
          250,
          190,
          radial(c, [
            [0.4, C.weldPale, 0.5],
            [1, C.weldPale, 0],
          ]),
        ),
        circle(256, 250, 120, C.weldPale),
      );
      for (let i = 0; i < 9; i++) {
        const [a, d] = [c.r.range(0, 6.3), c.r.range(0, 84)];
        c.add(circle(256 + Math.cos(a) * d, 250 + Math.sin(a) * d, c.r.range(8, 22), C.weldDark, 'opacity="0.16"'));
      }
      return;
    case "teapot":
      return put(
        line("M110 -40C200 -60 200 90 100 70", light, 22) +
          path("M-110 -10C-160 -10 -176 -70 -206 -84L-186 -96C-150 -90 -130 -60 -96 -60Z", light) +
          path(
            "M-120 100C-160 0 -90 -90 0 -92C90 -90 160 0 120 100C90 132 -90 132 -120 100Z",
            linear(c, [
              [0, paler(C.woad, 0.35)],
              [1, C.woadDeep],
            ]),
          ) +
          ellipse(0, -92, 70, 17, darker(C.woad, 0.2)) +
          circle(0, -120, 20, light) +
          line("M-84 20Q0 70 84 20M-90 52Q0 104 90 52", light, 6, 'opacity="0.7"'),
      );
    case "skein":
      for (let i = 0; i < 17; i++) {
        const t = i / 16 - 0.5;
        put(
          line(
            `M${n(t * 120)} -180C${n(t * 300 + 60)} -60 ${n(-t * 300 + 60)} 60 ${n(t * 120)} 180`,
            mix(C.weld, i % 2 ? C.madder : "#fff", Math.abs(t) * 0.8),
            13,
          ),
        );
      }
      return put(rect(-70, -16, 140, 32, light, 'rx="14"'));
    case "signal":
      put(rect(-10, -60, 20, 300, C.ink) + rect(-84, -210, 168, 190, "#20282C", 'rx="40"'));
      return put(
        circle(-34, -150, 28, C.madder) +
          circle(34, -150, 28, "#3a3130") +
          circle(0, -78, 34, C.mossLight) +
          circle(
            0,
            -78,
            70,
            radial(c, [
              [0, C.mossLight, 0.6],
              [1, C.mossLight, 0],
            ]),
          ),
      );
    case "owl":
      put(
        path(
          "M-120 170C-170 20 -150 -130 -120 -190L-70 -150H70L120 -190C150 -130 170 20 120 170C70 210 -70 210 -120 170Z",
          linear(c, [
            [0, "#9A7650"],
            [1, "#4E3722"],
          ]),
        ),
      );
      for (let i = 0; i < 30; i++) {
        const [x, y] = [((i % 6) - 2.5) * 34 + (Math.floor(i / 6) % 2 ? 17 : 0), 20 + Math.floor(i / 6) * 30];
        put(path("M-15 0Q0 26 15 0", "none", `stroke="${C.sand}" stroke-width="5" opacity="0.7"`), 1, 256 + x, 256 + y);
      }
      return put(
        [-58, 58]
          .map(
            (x) =>
              circle(x, -66, 56, C.sand) +
              circle(x, -66, 42, C.weld) +
              circle(x + 3, -64, 25, C.ink) +
              circle(x + 11, -74, 8, "#fff"),
          )
          .join("") + path("M-18 -34L0 10L18 -34Z", C.weldDark),
      );
    case "carrot":
      for (let i = -3; i <= 3; i++)
        put(
          path(
            `M0 -60Q${i * 14} -140 ${i * 44} -${206 - Math.abs(i) * 14}Q${i * 22 + 16} -130 0 -60Z`,
            i % 2 ? C.moss : C.mossLight,
          ),
        );
      return put(
        path(
          "M-76 -50C-60 -92 60 -92 76 -50C80 40 30 150 0 212C-30 150 -80 40 -76 -50Z",
          linear(
            c,
            [
              [0, "#F09A4A"],
              [1, "#C8541E"],
            ],
            [0, 0, 1, 0],
          ),
        ) + line("M-60 0q30 14 60 4M60 40q-30 14 -56 4M-40 96q20 10 40 2", "#9C3D12", 6, 'opacity="0.6"'),
      );
    case "wave":
      for (let i = 0; i < 5; i++) {
        let d = `M0 ${270 + i * 52}`;
        for (let x = 0; x < 512; x += 64) d += `q32 -${40 - i * 3} 64 0`;
        c.add(
          path(
            `${d}V512H0Z`,
            mix(C.woadLight, C.woadDeep, 0.15 + i * 0.2),
            `transform="translate(${i % 2 ? -18 : 0} 0)"`,
          ),
        );
      }
      c.add(
        circle(360, 150, 66, C.weldPale),
        path("M150 268L300 268L276 306H176Z", C.madder),
        path("M218 262V116L302 250Z", C.flax),
        path("M208 262V150L150 250Z", C.linen),
      );
      return;
    case "pencil":
      return c.add(
        group(
          rect(
            -34,
            -190,
            68,
            270,
            linear(
              c,
              [
                [0, C.weld],
                [0.5, paler(C.weld, 0.3)],
                [1, C.weldDark],
              ],
              [0, 0, 1, 0],
            ),
          ) +
            path("M-34 80H34L0 178Z", "#E8C79A") +
            path("M-12 144H12L0 178Z", C.ink) +
            rect(-34, -214, 68, 30, "#B9C0C3") +
            rect(-34, -246, 68, 40, C.madderLight, 'rx="14"'),
          "translate(256 262) rotate(38)",
        ),
        line("M110 410q60 -40 110 0t120 -6", light, 7),
      );
  }
}
