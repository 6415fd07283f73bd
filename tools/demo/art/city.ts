import {
  blur,
  circle,
  clouds,
  ellipse,
  group,
  line,
  linear,
  n,
  path,
  radial,
  rect,
  sky,
  type Canvas,
} from "./canvas.ts";
import { C, darker, mix, paler, type Mood } from "./color.ts";
import { water } from "./nature.ts";

/** Old town houses in a row, gables and windows; answers the roofs' top. */
function houses(c: Canvas, m: Mood, base: number, height: number, colors: readonly string[], lit: number): void {
  let x = -c.w * 0.03;
  while (x < c.w * 1.02) {
    const w = c.w * c.r.range(0.075, 0.13);
    const h = c.h * height * c.r.range(0.75, 1.1);
    const top = base * c.h - h;
    const wall = mix(c.r.pick(colors), m.near, m.dark ? 0.5 : 0.14);
    const roof = mix(C.madder, m.near, c.r.range(0.35, 0.7));
    const high = w * c.r.range(0.45, 0.8);
    const stepped = c.r.chance(0.3);
    const gable = stepped
      ? `M${n(x)} ${n(top)}v${n(-high * 0.3)}h${n(w * 0.14)}v${n(-high * 0.3)}h${n(w * 0.16)}v${n(-high * 0.3)}h${n(w * 0.4)}v${n(high * 0.3)}h${n(w * 0.16)}v${n(high * 0.3)}h${n(w * 0.14)}v${n(high * 0.3)}Z`
      : `M${n(x - 5)} ${n(top + 2)}L${n(x + w / 2)} ${n(top - high)}L${n(x + w + 5)} ${n(top + 2)}Z`;
    c.add(
      path(gable, stepped ? wall : roof),
      rect(
        x,
        top,
        w,
        h + 8,
        linear(c, [
          [0, paler(wall, 0.1)],
          [1, darker(wall, 0.22)],
        ]),
      ),
    );
    const columns = c.r.int(2, 3);
    const rows = Math.max(2, Math.floor(h / (c.h * 0.085)));
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < columns; k++) {
        const [ww, wh] = [(w / columns) * 0.42, (h / rows) * 0.52];
        const wx = x + (w / columns) * (k + 0.5) - ww / 2;
        const wy = top + (h / rows) * (r + 0.28);
        const on = c.r.chance(lit);
        c.add(
          rect(wx - 3, wy - 3, ww + 6, wh + 6, paler(wall, 0.35)),
          rect(wx, wy, ww, wh, on ? mix(C.weld, "#fff", c.r.range(0.1, 0.5)) : mix(m.near, m.sky[1], 0.4)),
        );
        c.add(line(`M${n(wx + ww / 2)} ${n(wy)}v${n(wh)}M${n(wx)} ${n(wy + wh * 0.4)}h${n(ww)}`, paler(wall, 0.3), 2));
        if (on && m.dark)
          c.add(
            circle(
              wx + ww / 2,
              wy + wh / 2,
              ww * 2.2,
              radial(c, [
                [0, C.weld, 0.28],
                [1, C.weld, 0],
              ]),
            ),
          );
      }
    }
    if (c.r.chance(0.6)) c.add(rect(x + w * 0.7, top - high * 0.62, w * 0.1, high * 0.45, darker(roof, 0.3)));
    x += w;
  }
}

export const PLASTER = ["#E8D3A8", "#D9A77E", "#C9D2C3", "#E3B9A6", "#F0E2C8", "#A9BFC4", "#CFAE8A"] as const;

/** A tram before old houses. */
export function tram(c: Canvas, m: Mood): void {
  sky(c, m, { x: c.r.range(0.1, 0.9), y: 0.16, size: 0.035 });
  clouds(c, paler(m.sky[2], 0.3), 0.04, 0.3, 6, 0.5);
  houses(c, m, 0.76, 0.42, PLASTER, m.dark ? 0.5 : 0.08);
  const street = mix(m.near, m.far, m.dark ? 0.15 : 0.4);
  c.add(
    rect(
      0,
      c.h * 0.75,
      c.w,
      c.h * 0.25,
      linear(c, [
        [0, mix(street, m.sky[2], 0.25)],
        [1, darker(street, 0.35)],
      ]),
    ),
  );
  for (let i = 0; i < 90; i++)
    c.add(ellipse(c.r.next() * c.w, c.h * c.r.range(0.77, 1), c.r.range(8, 30), 3, "#000", 'opacity="0.12"'));
  for (const y of [0.865, 0.9])
    c.add(rect(0, c.h * y, c.w, 5, paler(street, 0.45)), rect(0, c.h * y + 5, c.w, 4, darker(street, 0.5)));
  c.add(line(`M0 ${n(c.h * 0.3)}Q${n(c.w / 2)} ${n(c.h * 0.33)} ${c.w} ${n(c.h * 0.3)}`, darker(m.near, 0.2), 2.5));
  const [w, h] = [c.w * 0.56, c.h * 0.31];
  const [x, y] = [c.w * c.r.range(0.12, 0.3), c.h * 0.885 - h];
  const paint = c.r.pick([C.weld, C.madder, C.woad, C.moss]);
  c.add(
    line(
      `M${n(x + w * 0.42)} ${n(y)}l${n(w * 0.07)} ${n(-h * 0.22)}l${n(-w * 0.06)} ${n(-h * 0.28)}M${n(x + w * 0.36)} ${n(y - h * 0.5)}h${n(w * 0.14)}`,
      C.ink,
      4.5,
    ),
  );
  c.add(ellipse(x + w / 2, c.h * 0.9, w * 0.52, 13, "#000", 'opacity="0.45"'));
  c.add(
    rect(
      x,
      y,
      w,
      h * 0.94,
      linear(c, [
        [0, C.flax],
        [0.48, C.linen],
        [0.5, paint],
        [1, darker(paint, 0.35)],
      ]),
      `rx="${n(h * 0.13)}"`,
    ),
  );
  c.add(rect(x + w * 0.01, y - h * 0.045, w * 0.98, h * 0.1, darker(paint, 0.25), `rx="${n(h * 0.05)}"`));
  const glass = m.dark
    ? [mix(C.weld, "#fff", 0.55), mix(C.weld, C.madderLight, 0.25)]
    : [mix(m.sky[0], "#fff", 0.35), mix(m.sky[0], C.ink, 0.45)];
  for (let i = 0; i < 7; i++) {
    const [wx, ww, door] = [x + w * (0.03 + i * 0.136), w * 0.118, i === 1 || i === 5];
    c.add(
      rect(
        wx,
        y + h * 0.13,
        ww,
        door ? h * 0.74 : h * 0.34,
        linear(c, [
          [0, glass[0] ?? C.flax],
          [1, glass[1] ?? C.ink],
        ]),
        'rx="9"',
      ),
    );
    if (door) c.add(rect(wx + ww / 2 - 2, y + h * 0.13, 4, h * 0.74, C.ink));
    else if (c.r.chance(0.75)) {
      const px = wx + ww * c.r.range(0.3, 0.7);
      c.add(
        circle(px, y + h * 0.3, h * 0.05, C.ink, 'opacity="0.75"'),
        path(
          `M${n(px - h * 0.08)} ${n(y + h * 0.47)}q${n(h * 0.02)} ${n(-h * 0.12)} ${n(h * 0.08)} ${n(-h * 0.12)}t${n(h * 0.08)} ${n(h * 0.12)}Z`,
          C.ink,
          'opacity="0.75"',
        ),
      );
    }
  }
  c.add(rect(x + w * 0.06, y + h * 0.88, w * 0.88, h * 0.09, C.ink, 'rx="6"'));
  for (const k of [0.14, 0.24, 0.76, 0.86])
    c.add(circle(x + w * k, y + h * 0.97, h * 0.065, "#15191c"), circle(x + w * k, y + h * 0.97, h * 0.03, "#7b858b"));
  c.add(circle(x + w * 0.975, y + h * 0.74, 9, "#FFF6D8"));
  if (m.dark)
    c.add(
      path(
        `M${n(x + w * 0.975)} ${n(y + h * 0.72)}L${n(c.w * 1.1)} ${n(y + h * 0.55)}V${n(c.h)}Z`,
        linear(
          c,
          [
            [0, C.weldPale, 0.5],
            [1, C.weldPale, 0],
          ],
          [0, 0, 1, 0],
        ),
      ),
    );
}

/** A town on the far bank, towers and lights, doubled by the river. */
export function skyline(c: Canvas, m: Mood): void {
  const glint = c.r.range(0.25, 0.75);
  sky(c, m, { x: glint, y: 0.4, size: 0.04 }, 0.66);
  clouds(c, paler(m.sky[2], 0.2), 0.06, 0.45, 10, 0.5);
  water(c, m, 0.66, glint);
  for (let layer = 0; layer < 3; layer++) {
    const color = mix(mix(m.sky[2], m.far, 0.5), m.near, 0.25 + layer * 0.34);
    let x = -20;
    let d = `M-20 ${n(c.h * 0.665)}`;
    const lights: string[] = [];
    while (x < c.w + 20) {
      const w = c.w * c.r.range(0.018, 0.06);
      const h = c.h * c.r.range(0.035, 0.13) * (1.25 - layer * 0.2);
      const y = c.h * 0.665 - h;
      const kind = c.r.next();
      if (kind < 0.09)
        d += `L${n(x)} ${n(y)}L${n(x + w * 0.15)} ${n(y - h * 0.6)}L${n(x + w * 0.3)} ${n(y - h * 1.5)}L${n(x + w * 0.45)} ${n(y - h * 0.6)}L${n(x + w * 0.6)} ${n(y)}L${n(x + w)} ${n(y)}`;
      else if (kind < 0.16)
        d += `L${n(x)} ${n(y)}C${n(x)} ${n(y - h * 0.8)} ${n(x + w * 0.5)} ${n(y - h * 0.5)} ${n(x + w * 0.5)} ${n(y - h * 1.1)}C${n(x + w * 0.5)} ${n(y - h * 0.5)} ${n(x + w)} ${n(y - h * 0.8)} ${n(x + w)} ${n(y)}`;
      else if (kind < 0.6) d += `L${n(x)} ${n(y)}L${n(x + w / 2)} ${n(y - w * 0.5)}L${n(x + w)} ${n(y)}`;
      else d += `L${n(x)} ${n(y)}L${n(x + w)} ${n(y)}`;
      for (let k = 0; k < 5; k++)
        if (layer > 0 && c.r.chance(m.dark ? 0.8 : 0.12))
          lights.push(
            rect(
              x + c.r.range(0.1, 0.8) * w,
              y + c.r.range(0.1, 0.85) * h,
              4,
              6,
              mix(C.weld, "#fff", c.r.range(0.1, 0.5)),
            ),
          );
      x += w;
    }
    d += `L${c.w + 20} ${n(c.h * 0.665)}Z`;
    c.add(
      path(d, color),
      group(path(d, color), `translate(0 ${n(c.h * 1.33)}) scale(1 -1)`, 'opacity="0.3"'),
      lights.join(""),
    );
  }
  c.add(rect(0, c.h * 0.662, c.w, 5, darker(m.near, 0.3)));
  if (m.dark)
    for (let i = 0; i < 26; i++)
      c.add(
        ellipse(
          c.r.next() * c.w,
          c.h * c.r.range(0.7, 0.86),
          3,
          c.h * c.r.range(0.02, 0.06),
          mix(C.weld, "#fff", 0.2),
          `opacity="${c.r.range(0.1, 0.4).toFixed(2)}"`,
        ),
      );
}

/** City lights through a rainy window. */
export function rainWindow(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, darker(m.sky[0], 0.35)],
        [0.6, mix(m.sky[1], m.near, 0.4)],
        [1, m.near],
      ]),
    ),
  );
  const soft = blur(c, 7);
  const lamps: string[] = [];
  for (let i = 0; i < 46; i++) {
    const size = c.r.range(16, 76);
    const color = c.r.pick([C.weld, C.weld, C.madderLight, C.madder, C.woadLight, C.weldPale, C.mallowLight]);
    const [x, y] = [c.r.next() * c.w, c.h * c.r.range(0.25, 0.95)];
    lamps.push(
      circle(x, y, size, color, `opacity="${c.r.range(0.18, 0.6).toFixed(2)}"`),
      circle(x, y, size * 0.94, "none", `stroke="${paler(color, 0.4)}" stroke-width="3" opacity="0.3"`),
    );
  }
  c.add(`<g filter="${soft}">${lamps.join("")}</g>`);
  for (let i = 0; i < 420; i++) {
    const [x, y, size] = [c.r.next() * c.w, c.r.next() * c.h, 1.5 + c.r.next() ** 3 * 11];
    c.add(
      ellipse(x, y, size, size * 1.18, "#0c1418", 'opacity="0.35"'),
      ellipse(
        x - size * 0.12,
        y - size * 0.16,
        size * 0.8,
        size * 0.95,
        mix(m.sky[2], C.weldPale, c.r.next()),
        'opacity="0.3"',
      ),
      circle(x - size * 0.3, y - size * 0.4, size * 0.22, "#fff", 'opacity="0.8"'),
    );
  }
  for (let i = 0; i < 24; i++) {
    const [x, y, long] = [c.r.next() * c.w, c.r.range(-0.1, 0.7) * c.h, c.r.range(0.1, 0.4) * c.h];
    c.add(
      line(
        `M${n(x)} ${n(y)}q${n(c.r.range(-14, 14))} ${n(long * 0.5)} ${n(c.r.range(-6, 6))} ${n(long)}`,
        "#dfe9ea",
        c.r.range(2, 4),
        'opacity="0.2"',
      ),
      ellipse(x, y + long, 7, 10, "#e9f1f1", 'opacity="0.5"'),
    );
  }
  const wood = linear(c, [
    [0, "#4a3826"],
    [1, "#1c140c"],
  ]);
  c.add(rect(c.w * 0.5 - 14, 0, 28, c.h, "#2a1f15"), rect(0, c.h * 0.9, c.w, c.h * 0.1, wood));
  const [px, py] = [c.w * c.r.range(0.16, 0.36), c.h * 0.92];
  c.add(
    path(
      `M${n(px - 60)} ${n(py - 112)}h120l-18 116h-84Z`,
      linear(
        c,
        [
          [0, "#A95A35"],
          [1, "#4e2614"],
        ],
        [0, 0, 1, 0],
      ),
    ),
  );
  for (let i = 0; i < 15; i++) {
    const a = c.r.range(-1.25, 1.25);
    const long = c.r.range(90, 230);
    c.add(
      path(
        `M${n(px)} ${n(py - 108)}Q${n(px + Math.sin(a) * long * 0.4 - 22)} ${n(py - 110 - Math.cos(a) * long * 0.7)} ${n(px + Math.sin(a) * long)} ${n(py - 108 - Math.cos(a) * long)}Q${n(px + Math.sin(a) * long * 0.5 + 26)} ${n(py - 100 - Math.cos(a) * long * 0.4)} ${n(px)} ${n(py - 108)}Z`,
        mix(C.moss, "#05080a", c.r.range(0.3, 0.75)),
      ),
    );
  }
}
