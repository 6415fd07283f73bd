import { blur, circle, ellipse, group, line, linear, n, path, radial, rect, type Canvas } from "./canvas.ts";
import { C, darker, mix, paler, type Mood } from "./color.ts";

/** Raised beds in a courtyard, sunflowers behind. */
export function beds(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, m.sky[0]],
        [0.4, m.sky[2]],
      ]),
    ),
  );
  const wall = mix("#B5654A", m.far, 0.3);
  c.add(
    rect(
      0,
      c.h * 0.2,
      c.w,
      c.h * 0.5,
      linear(c, [
        [0, paler(wall, 0.12)],
        [1, darker(wall, 0.15)],
      ]),
    ),
  );
  for (let y = c.h * 0.2, row = 0; y < c.h * 0.7; y += 26, row++)
    for (let x = row % 2 ? -40 : 0; x < c.w; x += 80)
      c.add(rect(x, y, 77, 23, mix(wall, c.r.pick(["#fff", "#000", C.madder]), c.r.range(0, 0.12)), 'rx="2"'));
  c.add(rect(0, c.h * 0.18, c.w, 24, darker(wall, 0.3)));
  c.add(
    rect(
      0,
      c.h * 0.66,
      c.w,
      c.h * 0.34,
      linear(c, [
        [0, mix("#B9A27E", m.sky[2], 0.3)],
        [1, mix("#7D6A4C", m.near, 0.25)],
      ]),
    ),
  );
  for (let i = 0; i < 170; i++)
    c.add(
      ellipse(
        c.r.next() * c.w,
        c.h * c.r.range(0.68, 1),
        c.r.range(3, 10),
        c.r.range(2, 5),
        c.r.chance(0.5) ? "#fff" : "#000",
        'opacity="0.14"',
      ),
    );
  const flower = (x: number, y: number, r: number): void => {
    for (let i = 0; i < 22; i++)
      c.add(
        group(
          path(
            `M0 0Q${n(r * 0.26)} ${n(-r * 0.7)} 0 ${n(-r * 1.06)}Q${n(-r * 0.26)} ${n(-r * 0.7)} 0 0Z`,
            mix(C.weld, i % 2 ? C.madder : "#fff", c.r.range(0.02, 0.2)),
          ),
          `translate(${n(x)} ${n(y)}) rotate(${n(i * 16.4 + c.r.range(-4, 4))})`,
        ),
      );
    c.add(
      circle(
        x,
        y,
        r * 0.48,
        radial(c, [
          [0, "#8A5A22"],
          [0.6, "#4A2C12"],
          [1, "#2C190A"],
        ]),
      ),
    );
    for (let i = 0; i < 34; i++) {
      const [a, d] = [i * 2.4, Math.sqrt(i / 34) * r * 0.42];
      c.add(circle(x + Math.cos(a) * d, y + Math.sin(a) * d, r * 0.03, C.weldDark));
    }
  };
  for (let i = 0; i < 6; i++) {
    const x = c.w * (0.09 + i * 0.165 + c.r.range(-0.03, 0.03));
    const top = c.h * c.r.range(0.16, 0.36);
    c.add(
      line(
        `M${n(x)} ${n(c.h * 0.72)}Q${n(x + c.r.range(-20, 20))} ${n(c.h * 0.5)} ${n(x)} ${n(top)}`,
        mix(C.moss, m.near, 0.2),
        13,
      ),
    );
    for (let k = 0; k < 6; k++) {
      const [ly, s] = [top + (c.h * 0.62 - top) * ((k + 1) / 6.5), k % 2 ? 1 : -1];
      c.add(
        path(
          `M${n(x)} ${n(ly)}q${n(s * 46)} ${n(-46)} ${n(s * 104)} ${n(-6)}q${n(-s * 44)} ${n(46)} ${n(-s * 104)} 6Z`,
          mix(C.moss, C.weld, c.r.range(0, 0.25)),
        ),
      );
    }
    flower(x, top, c.w * c.r.range(0.042, 0.06));
  }
  const wood = linear(c, [
    [0, "#B98D5C"],
    [1, "#6B4A2A"],
  ]);
  for (let b = 0; b < 2; b++) {
    const [x, y, w, h] = [c.w * (0.04 + b * 0.49), c.h * (0.73 + b * 0.015), c.w * 0.43, c.h * 0.17];
    c.add(ellipse(x + w / 2, y + h, w * 0.55, 18, "#000", 'opacity="0.35"'));
    c.add(rect(x, y, w, h, wood), rect(x + 8, y - 14, w - 16, 26, "#3B2A1B", 'rx="8"'));
    for (let k = 1; k < 3; k++) c.add(rect(x, y + (h * k) / 3, w, 4, "#3d2914", 'opacity="0.6"'));
    for (const k of [0.02, 0.49, 0.95]) c.add(rect(x + w * k, y - 10, 18, h + 16, "#8A6238"));
    const kind = c.r.pick(["lettuce", "tomato", "chard"] as const);
    const plants = kind === "lettuce" ? 6 : 5;
    for (let i = 0; i < plants; i++) {
      const px = x + (w * (i + 0.5)) / plants;
      if (kind === "lettuce") {
        const tone = c.r.chance(0.35) ? mix(C.madder, C.moss, 0.35) : mix(C.moss, C.weld, 0.55);
        for (let l = 0; l < 15; l++)
          c.add(
            group(
              path(
                "M0 0C-32 -22 -30 -68 0 -80C30 -68 32 -22 0 0Z",
                mix(tone, l % 2 ? "#fff" : C.moss, c.r.range(0.05, 0.45)),
              ),
              `translate(${n(px)} ${n(y - 2)}) rotate(${n((l / 14 - 0.5) * 150)}) scale(${(0.7 + 0.4 * c.r.next()).toFixed(2)})`,
            ),
          );
      } else if (kind === "tomato") {
        c.add(rect(px - 3, y - 190, 6, 190, "#9C7A4C"));
        for (let l = 0; l < 26; l++)
          c.add(
            ellipse(
              px + c.r.range(-44, 44),
              y - c.r.range(10, 186),
              c.r.range(12, 28),
              c.r.range(8, 16),
              mix(C.moss, C.mossLight, c.r.range(0, 0.5)),
              `transform="rotate(${c.r.int(-40, 40)} ${n(px)} ${n(y - 90)})"`,
            ),
          );
        for (let l = 0; l < 9; l++) {
          const [tx, ty] = [px + c.r.range(-40, 40), y - c.r.range(20, 160)];
          c.add(
            circle(
              tx,
              ty,
              14,
              radial(
                c,
                [
                  [0, C.madderLight],
                  [1, c.r.chance(0.75) ? C.madder : C.weld],
                ],
                [0.35, 0.3, 0.8],
              ),
            ),
          );
        }
      } else {
        for (let l = 0; l < 8; l++) {
          const a = (l / 7 - 0.5) * 70;
          c.add(
            group(
              rect(-4, -76, 8, 78, c.r.pick([C.madder, C.weld, C.madderLight])) +
                path("M0 -60C-40 -70 -36 -140 0 -156C36 -140 40 -70 0 -60Z", mix(C.moss, "#fff", c.r.range(0, 0.2))) +
                line("M0 -60V-146", C.madderLight, 3),
              `translate(${n(px)} ${n(y)}) rotate(${n(a)})`,
            ),
          );
        }
      }
    }
  }
}

/** One flower, very near. */
export function bloom(c: Canvas, m: Mood): void {
  const ground = mix(C.moss, m.near, 0.35);
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, mix(ground, m.sky[2], 0.3)],
        [1, darker(ground, 0.4)],
      ]),
    ),
  );
  const soft = blur(c, 26);
  const petal = c.r.pick([C.mallowLight, C.madderLight, C.weld, C.flax, C.madder, C.woadLight]);
  const spots = Array.from({ length: 34 }, () =>
    circle(
      c.r.next() * c.w,
      c.r.next() * c.h,
      c.r.range(30, 120),
      mix(c.r.pick([C.mossLight, C.moss, petal, m.light]), ground, c.r.range(0.1, 0.7)),
      'opacity="0.4"',
    ),
  );
  c.add(`<g filter="${soft}">${spots.join("")}</g>`);
  const [x, y, r] = [c.w * c.r.range(0.42, 0.58), c.h * c.r.range(0.44, 0.52), c.h * 0.36];
  c.add(
    path(
      `M${n(x - 12)} ${n(y)}Q${n(x + 40)} ${n(c.h * 0.8)} ${n(x - 40)} ${c.h}h34Q${n(x + 70)} ${n(c.h * 0.8)} ${n(x + 12)} ${n(y)}Z`,
      mix(C.moss, C.weld, 0.15),
    ),
  );
  for (let ring = 0; ring < 3; ring++) {
    const count = 13 - ring;
    const long = r * (1.05 - ring * 0.2);
    const tone = mix(petal, ring === 0 ? darker(petal, 0.3) : paler(petal, 0.5), 0.3);
    const fill = linear(c, [
      [0, paler(tone, 0.35)],
      [0.55, tone],
      [1, darker(mix(tone, C.madder, 0.25), 0.22)],
    ]);
    for (let i = 0; i < count; i++) {
      const wide = long * c.r.range(0.23, 0.28);
      const shape = path(
        `M0 0C${n(wide)} ${n(-long * 0.3)} ${n(wide * 1.15)} ${n(-long * 0.85)} ${n(wide * 0.1)} ${n(-long)}Q0 ${n(-long * 0.95)} ${n(-wide * 0.1)} ${n(-long)}C${n(-wide * 1.15)} ${n(-long * 0.85)} ${n(-wide)} ${n(-long * 0.3)} 0 0Z`,
        fill,
      );
      let veins = "";
      for (let v = -2; v <= 2; v++)
        veins += `M0 ${n(-long * 0.2)}Q${n(v * wide * 0.34)} ${n(-long * 0.55)} ${n(v * wide * 0.2)} ${n(-long * 0.9)}`;
      c.add(
        group(
          shape + line(veins, darker(petal, 0.3), 1.6, 'opacity="0.3"'),
          `translate(${n(x)} ${n(y)}) rotate(${n((i * 360) / count + ring * 14 + c.r.range(-3, 3))})`,
        ),
      );
    }
  }
  c.add(circle(x, y, r * 0.3, "#000", 'opacity="0.18"'));
  for (let i = 0; i < 260; i++) {
    const [a, d] = [i * 2.39996, Math.sqrt(i / 260) * r * 0.28];
    c.add(
      circle(
        x + Math.cos(a) * d,
        y + Math.sin(a) * d,
        r * 0.013 + 1.5,
        mix(i % 3 ? C.weld : C.weldDark, "#3b2212", (d / r) * 1.6),
        `opacity="0.95"`,
      ),
    );
  }
  for (let i = 0; i < 12; i++) {
    const [a, d] = [c.r.range(0, 6.28), r * c.r.range(0.4, 0.95)];
    const [dx, dy, s] = [x + Math.cos(a) * d, y + Math.sin(a) * d, c.r.range(4, 11)];
    c.add(
      circle(dx, dy, s, "#fff", 'opacity="0.3"'),
      circle(dx - s * 0.3, dy - s * 0.3, s * 0.3, "#fff", 'opacity="0.9"'),
    );
  }
}
