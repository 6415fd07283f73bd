import { blur, circle, ellipse, group, line, linear, n, path, radial, rect, type Canvas } from "./canvas.ts";
import { C, darker, mix, paler, type Mood } from "./color.ts";
import { steam } from "./craft.ts";

/** A wooden table from above or the side. */
function boards(c: Canvas, from: number, color: string): void {
  c.add(
    rect(
      0,
      from,
      c.w,
      c.h - from,
      linear(c, [
        [0, paler(color, 0.12)],
        [1, darker(color, 0.35)],
      ]),
    ),
  );
  const rows = Math.max(3, Math.round((c.h - from) / 150));
  for (let i = 0; i < rows; i++) {
    const y = from + ((c.h - from) * i) / rows;
    c.add(rect(0, y, c.w, 3, "#000", 'opacity="0.3"'), rect(0, y + 3, c.w, 2, "#fff", 'opacity="0.1"'));
    for (let k = 0; k < 9; k++)
      c.add(
        line(
          `M${n(c.r.range(-0.2, 0.8) * c.w)} ${n(y + c.r.range(12, 140))}q${n(c.w * 0.15)} ${n(c.r.range(-9, 9))} ${n(c.w * c.r.range(0.25, 0.5))} ${n(c.r.range(-5, 5))}`,
          darker(color, 0.5),
          c.r.range(1, 2.4),
          'opacity="0.25"',
        ),
      );
  }
}

function cloth(c: Canvas, color: string): void {
  c.add(
    path(
      `M${n(c.w * 0.04)} ${n(c.h * 0.62)}Q${n(c.w * 0.5)} ${n(c.h * 0.52)} ${n(c.w * 0.95)} ${n(c.h * 0.63)}L${n(c.w * 0.9)} ${n(c.h * 0.96)}Q${n(c.w * 0.5)} ${c.h} ${n(c.w * 0.1)} ${n(c.h * 0.95)}Z`,
      linear(c, [
        [0, paler(C.linen, 0.3)],
        [1, darker(C.linen, 0.12)],
      ]),
    ),
  );
  for (const k of [0.14, 0.19, 0.8, 0.85])
    c.add(
      line(
        `M${n(c.w * k)} ${n(c.h * 0.59)}Q${n(c.w * (k + (0.5 - k) * -0.02))} ${n(c.h * 0.8)} ${n(c.w * (k + (0.5 - k) * 0.12))} ${n(c.h * 0.965)}`,
        color,
        11,
        'opacity="0.75"',
      ),
    );
}

/** A loaf with a scored crust, flour on top, two slices beside it. */
export function loaf(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h * 0.5,
      linear(c, [
        [0, mix(m.sky[1], m.near, 0.45)],
        [1, mix(m.far, m.near, 0.25)],
      ]),
    ),
  );
  c.add(
    circle(
      c.w * 0.15,
      c.h * 0.05,
      c.h * 0.8,
      radial(c, [
        [0, m.light, 0.7],
        [1, m.light, 0],
      ]),
    ),
  );
  boards(c, c.h * 0.46, "#8F6238");
  cloth(c, c.r.pick([C.woad, C.madder, C.moss]));
  const [x, y, w, h] = [c.w * 0.43, c.h * 0.6, c.w * 0.3, c.h * 0.27];
  const soft = blur(c, 18);
  c.add(`<g filter="${soft}" opacity="0.5">${ellipse(x + 20, y + h * 0.78, w * 1.05, h * 0.22, "#20140a")}</g>`);
  const crust = radial(
    c,
    [
      [0, "#E0A55C"],
      [0.45, "#B8702F"],
      [0.8, "#7C431A"],
      [1, "#4A250D"],
    ],
    [0.42, 0.3, 0.75],
  );
  c.add(
    path(
      `M${n(x - w)} ${n(y + h * 0.5)}C${n(x - w * 1.04)} ${n(y - h * 0.45)} ${n(x - w * 0.5)} ${n(y - h * 0.92)} ${n(x)} ${n(y - h * 0.94)}C${n(x + w * 0.5)} ${n(y - h * 0.92)} ${n(x + w * 1.04)} ${n(y - h * 0.45)} ${n(x + w)} ${n(y + h * 0.5)}C${n(x + w * 0.9)} ${n(y + h * 0.86)} ${n(x - w * 0.9)} ${n(y + h * 0.86)} ${n(x - w)} ${n(y + h * 0.5)}Z`,
      crust,
    ),
  );
  const cuts = c.r.int(3, 4);
  for (let i = 0; i < cuts; i++) {
    const cx = x + ((i + 0.5) / cuts - 0.5) * w * 1.45;
    const lift = h * 0.72 * Math.cos(((cx - x) / w) * 1.15);
    const cut = (k: number, fill: string): string =>
      path(
        `M${n(cx - w * 0.06)} ${n(y - lift * 1.02)}Q${n(cx + w * (0.16 + k))} ${n(y - lift * 0.55)} ${n(cx + w * 0.13)} ${n(y + h * 0.22)}Q${n(cx - w * (0.02 + k))} ${n(y - lift * 0.3)} ${n(cx - w * 0.06)} ${n(y - lift * 1.02)}Z`,
        fill,
      );
    c.add(cut(0.05, "#6B3814"), cut(0.02, "#F0D3A0"), cut(-0.02, "#E3B673"));
  }
  for (let i = 0; i < 700; i++) {
    const a = c.r.range(0, Math.PI * 2);
    const d = c.r.next() ** 0.6;
    const [px, py] = [x + Math.cos(a) * d * w * 0.85, y - h * 0.2 + Math.sin(a) * d * h * 0.55];
    c.add(circle(px, py, c.r.range(0.8, 2.8), "#FFF4DE", `opacity="${c.r.range(0.15, 0.6).toFixed(2)}"`));
  }
  for (let i = 0; i < 2; i++) {
    const [sx, sy, s] = [c.w * (0.77 + i * 0.075), c.h * (0.79 + i * 0.055), c.w * 0.1];
    c.add(`<g filter="${soft}" opacity="0.35">${ellipse(sx + 8, sy + s * 0.5, s, s * 0.2, "#20140a")}</g>`);
    const slice = (k: number, fill: string): string =>
      path(
        `M${n(sx - s * k)} ${n(sy + s * 0.42 * k)}C${n(sx - s * 1.15 * k)} ${n(sy - s * 0.6 * k)} ${n(sx - s * 0.4 * k)} ${n(sy - s * 0.86 * k)} ${n(sx)} ${n(sy - s * 0.8 * k)}C${n(sx + s * 0.4 * k)} ${n(sy - s * 0.86 * k)} ${n(sx + s * 1.15 * k)} ${n(sy - s * 0.6 * k)} ${n(sx + s * k)} ${n(sy + s * 0.42 * k)}Q${n(sx)} ${n(sy + s * 0.62 * k)} ${n(sx - s * k)} ${n(sy + s * 0.42 * k)}Z`,
        fill,
      );
    c.add(slice(1, "#8C4F20"), slice(0.91, "#F3DFB8"));
    for (let k = 0; k < 70; k++)
      c.add(
        ellipse(
          sx + c.r.range(-0.75, 0.75) * s,
          sy + c.r.range(-0.62, 0.4) * s,
          c.r.range(1.5, 9),
          c.r.range(1.5, 6),
          "#CFA86A",
          'opacity="0.55"',
        ),
      );
  }
  const [kx, ky] = [c.w * 0.07, c.h * 0.88];
  c.add(
    group(
      path(
        "M0 0H250Q290 6 304 26H0Z",
        linear(c, [
          [0, "#F2F5F5"],
          [1, "#8F9A9E"],
        ]),
      ) +
        rect(-130, -3, 136, 30, "#4A2D17", 'rx="10"') +
        circle(-100, 12, 4, "#C9B48E") +
        circle(-40, 12, 4, "#C9B48E"),
      `translate(${n(kx + 130)} ${n(ky)}) rotate(-8)`,
    ),
  );
}

/** Cinnamon buns on a tray, from above. */
export function buns(c: Canvas, m: Mood): void {
  boards(c, 0, mix("#7A5230", m.near, 0.12));
  const [w, h] = [c.w * 0.82, c.h * 0.86];
  const [x, y] = [(c.w - w) / 2, (c.h - h) / 2];
  const soft = blur(c, 22);
  c.add(`<g filter="${soft}" opacity="0.6">${rect(x + 18, y + 26, w, h, "#140c06", 'rx="40"')}</g>`);
  c.add(
    rect(
      x,
      y,
      w,
      h,
      linear(
        c,
        [
          [0, "#5B6468"],
          [1, "#2C3236"],
        ],
        [0, 0, 1, 1],
      ),
      'rx="40"',
    ),
    rect(x + 22, y + 22, w - 44, h - 44, "#E9DCC3", 'rx="26"'),
  );
  const [columns, rows] = [4, 3];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const size = (w / columns) * c.r.range(0.43, 0.47);
      const bx = x + 22 + ((w - 44) / columns) * (column + 0.5) + c.r.range(-6, 6);
      const by = y + 22 + ((h - 44) / rows) * (row + 0.5) + c.r.range(-6, 6);
      const dough = radial(
        c,
        [
          [0, "#F3D7A0"],
          [0.65, "#D99B50"],
          [1, "#8C5220"],
        ],
        [0.4, 0.35, 0.68],
      );
      c.add(
        ellipse(bx + 7, by + 12, size * 1.02, size * 0.98, "#3c2410", 'opacity="0.4"'),
        circle(bx, by, size, dough),
      );
      const turn = c.r.range(0, 6);
      const direction = c.r.chance(0.5) ? 1 : -1;
      let spiral = "";
      for (let i = 0; i <= 130; i++) {
        const t = i / 130;
        const a = turn + direction * t * Math.PI * 6.2;
        const d = size * 0.9 * t;
        spiral += `${i === 0 ? "M" : "L"}${n(bx + Math.cos(a) * d)} ${n(by + Math.sin(a) * d * 0.98)}`;
      }
      c.add(
        line(spiral, "#6B3413", size * 0.085, 'opacity="0.85"'),
        line(spiral, "#A85E24", size * 0.03, 'opacity="0.8"'),
      );
      for (let k = 0; k < 34; k++) {
        const [a, d] = [c.r.range(0, 6.28), size * c.r.range(0, 0.85)];
        c.add(
          rect(
            bx + Math.cos(a) * d,
            by + Math.sin(a) * d,
            c.r.range(4, 8),
            c.r.range(4, 8),
            "#fff",
            `opacity="${c.r.range(0.6, 0.95).toFixed(2)}" transform="rotate(${c.r.int(0, 80)} ${n(bx + Math.cos(a) * d)} ${n(by + Math.sin(a) * d)})"`,
          ),
        );
      }
      c.add(
        path(
          `M${n(bx - size * 0.7)} ${n(by - size * 0.45)}A${n(size * 0.84)} ${n(size * 0.84)} 0 0 1 ${n(bx + size * 0.2)} ${n(by - size * 0.81)}`,
          "none",
          `stroke="#fff" stroke-width="${n(size * 0.06)}" stroke-linecap="round" opacity="0.35"`,
        ),
      );
    }
  }
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        [
          [0, m.light, 0.3],
          [0.5, m.light, 0],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
}

/** A cup, a book and a window's light on a table. */
export function cup(c: Canvas, m: Mood): void {
  boards(c, 0, mix("#9A6F45", m.near, 0.1));
  c.add(
    group(
      [0, 1, 2].map((i) => rect(c.w * (0.02 + i * 0.24), -c.h * 0.2, c.w * 0.19, c.h * 1.6, m.light)).join(""),
      `rotate(24 ${n(c.w / 2)} ${n(c.h / 2)})`,
      'opacity="0.24"',
    ),
  );
  const soft = blur(c, 20);
  const book = c.r.pick([C.madder, C.woad, C.moss, C.mallow]);
  const [bx, by] = [c.w * 0.63, c.h * 0.47];
  const page = (side: number): string =>
    path(
      `M0 -230C${side * 90} -262 ${side * 230} -250 ${side * 330} -232V226C${side * 230} 208 ${side * 90} 196 0 232Z`,
      linear(
        c,
        side < 0
          ? [
              [0, "#FFFDF6"],
              [1, "#D9CDB6"],
            ]
          : [
              [0, "#E4DAC6"],
              [0.3, "#FFFDF6"],
            ],
        [0, 0, 1, 0],
      ),
    );
  let words = "";
  for (const side of [-1, 1]) {
    for (let i = 0; i < 17; i++) {
      const y = -190 + i * 23;
      const long = i % 6 === 5 ? c.r.range(90, 160) : 250;
      const x0 = side < 0 ? -300 : 44;
      for (let x = 0; x < long;) {
        const word = c.r.range(12, 46);
        words += `M${n(x0 + x)} ${n(y + Math.sin(((x0 + x) / 330) * 3) * -6)}h${n(Math.min(word, long - x))}`;
        x += word + 9;
      }
    }
  }
  c.add(
    `<g filter="${soft}" opacity="0.45">${group(rect(-340, -235, 690, 480, "#1a1008"), `translate(${n(bx + 16)} ${n(by + 24)}) rotate(7)`)}</g>`,
  );
  c.add(
    group(
      path("M-344 -240C-220 -258 -90 -262 0 -236C90 -262 220 -258 344 -240V238H-344Z", book) +
        page(-1) +
        page(1) +
        line(words, "#5a5044", 5, 'opacity="0.55"') +
        path("M150 -250L178 -252V-120L164 -140L150 -118Z", C.weld),
      `translate(${n(bx)} ${n(by)}) rotate(7) scale(${(c.w / 1440).toFixed(2)})`,
    ),
  );
  const [x, y, r] = [c.w * 0.25, c.h * 0.6, c.w * 0.125];
  const glaze = c.r.pick([C.woad, C.flax, C.moss, C.weld]);
  c.add(`<g filter="${soft}" opacity="0.5">${circle(x + 16, y + 26, r * 1.35, "#1a1008")}</g>`);
  c.add(
    circle(
      x,
      y,
      r * 1.36,
      radial(c, [
        [0.55, darker(glaze, 0.15)],
        [0.8, paler(glaze, 0.25)],
        [0.97, glaze],
        [1, darker(glaze, 0.3)],
      ]),
    ),
  );
  c.add(
    line(
      `M${n(x + r * 0.75)} ${n(y - r * 0.5)}q${n(r * 0.72)} ${n(-r * 0.36)} ${n(r * 0.62)} ${n(r * 0.34)}q${n(-r * 0.1)} ${n(r * 0.34)} ${n(-r * 0.42)} ${n(r * 0.3)}`,
      darker(glaze, 0.1),
      r * 0.13,
    ),
  );
  c.add(circle(x, y, r, paler(glaze, 0.35)), circle(x, y, r * 0.91, darker(glaze, 0.4)));
  const tea = c.r.chance(0.5);
  c.add(
    circle(
      x,
      y,
      r * 0.86,
      radial(
        c,
        tea
          ? [
              [0, "#E2A03F"],
              [0.7, "#A8591E"],
              [1, "#5E2C0E"],
            ]
          : [
              [0, "#8A5A35"],
              [0.75, "#4B2A14"],
              [1, "#22110a"],
            ],
      ),
    ),
  );
  if (tea) c.add(ellipse(x - r * 0.3, y - r * 0.35, r * 0.2, r * 0.1, "#fff", 'opacity="0.4"'));
  else {
    const leaf = Array.from({ length: 4 }, (_, i) =>
      path(
        `M0 ${n(-r * (0.5 - i * 0.24))}C${n(r * (0.5 - i * 0.08))} ${n(-r * (0.62 - i * 0.2))} ${n(r * (0.42 - i * 0.08))} ${n(r * (0.02 + i * 0.12))} 0 ${n(r * (0.02 + i * 0.17))}C${n(-r * (0.42 - i * 0.08))} ${n(r * (0.02 + i * 0.12))} ${n(-r * (0.5 - i * 0.08))} ${n(-r * (0.62 - i * 0.2))} 0 ${n(-r * (0.5 - i * 0.24))}Z`,
        i % 2 ? "#7A4A27" : "#EFD9B4",
      ),
    );
    c.add(group(leaf.join(""), `translate(${n(x)} ${n(y)}) rotate(-20)`));
  }
  steam(c, x, y - r * 0.2, r * 0.9);
  for (let i = 0; i < 3; i++) {
    const [px, py] = [c.w * (0.1 + i * 0.06), c.h * (0.88 + c.r.range(-0.02, 0.03))];
    c.add(
      ellipse(px + 6, py + 9, 48, 40, "#1a1008", 'opacity="0.35"'),
      circle(
        px,
        py,
        44,
        radial(c, [
          [0, "#EBC17B"],
          [0.8, "#B4762F"],
          [1, "#7A4A1B"],
        ]),
      ),
    );
    for (let k = 0; k < 6; k++) c.add(circle(px + c.r.range(-26, 26), py + c.r.range(-26, 26), 6, "#3b2212"));
  }
}
