import { C, darker, mix, paler, type Mood } from "./color.ts";
import { blur, circle, ellipse, group, line, linear, n, path, radial, rect, type Canvas } from "./canvas.ts";

const YARNS = [
  [C.woad, C.woadLight, C.linen, C.weld],
  [C.madder, C.madderLight, C.linen, C.woadDeep],
  [C.moss, C.mossLight, C.weld, C.flax],
  [C.mallow, C.mallowLight, C.linen, C.weldDark],
  [C.weld, C.weldDark, C.flax, C.woad],
  [C.ink, C.sand, C.linen, C.madder],
] as const;

/** Cloth from above: warp and weft cross as the draft says; every crossing is a small rounded thread. */
export function cloth(c: Canvas, m: Mood): void {
  const yarns = c.r.pick(YARNS);
  const cell = c.w / c.r.int(44, 58);
  const kind = c.r.pick(["twill", "herringbone", "basket", "diamond"] as const);
  const period = c.r.int(3, 5);
  const stripe = c.r.int(5, 12);
  const isUp = (x: number, y: number): boolean => {
    if (kind === "twill") return (x + y) % 4 < 2;
    if (kind === "basket") return (Math.floor(x / period) + Math.floor(y / period)) % 2 === 0;
    const fold = kind === "herringbone" ? Math.abs((x % 24) - 12) : Math.abs((x % 20) - 10) + Math.abs((y % 20) - 10);
    return kind === "herringbone" ? (fold + y) % 4 < 2 : fold % 4 < 2;
  };
  const warp = (x: number): string =>
    yarns[Math.floor(x / stripe) % 3 === 0 ? 3 : Math.floor(x / stripe) % 2] ?? C.linen;
  const weft = (y: number): string => (y % (stripe * 4) < 2 ? (yarns[3] ?? C.weld) : (yarns[2] ?? C.linen));
  c.add(rect(0, 0, c.w, c.h, darker(yarns[0], 0.55)));
  const [columns, rows] = [Math.ceil(c.w / cell), Math.ceil(c.h / cell)];
  let [shade, glow] = ["", ""];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const up = isUp(x, y);
      const color = mix(up ? warp(x) : weft(y), c.r.chance(0.5) ? "#000000" : "#ffffff", c.r.range(0, 0.09));
      const [px, py] = [x * cell, y * cell];
      const [w, h] = up ? [cell * 0.86, cell * 1.06] : [cell * 1.06, cell * 0.86];
      const [ox, oy] = [px + (cell - w) / 2, py + (cell - h) / 2];
      c.add(rect(ox, oy, w, h, color, `rx="${n(cell * 0.34)}"`));
      if (up) shade += `M${n(ox + w * 0.88)} ${n(oy + h * 0.15)}v${n(h * 0.7)}`;
      else shade += `M${n(ox + w * 0.15)} ${n(oy + h * 0.88)}h${n(w * 0.7)}`;
      if (up) glow += `M${n(ox + w * 0.24)} ${n(oy + h * 0.2)}v${n(h * 0.55)}`;
      else glow += `M${n(ox + w * 0.2)} ${n(oy + h * 0.24)}h${n(w * 0.55)}`;
    }
  }
  c.add(line(shade, "#000", cell * 0.12, 'opacity="0.28"'), line(glow, "#fff", cell * 0.1, 'opacity="0.2"'));
  // Light from the upper left, and folds.
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        [
          [0, m.light, 0.28],
          [0.45, m.light, 0],
          [1, "#05080c", 0.42],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  for (let i = 0; i < 3; i++) {
    const x = c.r.range(-0.1, 0.9);
    const soft = linear(
      c,
      [
        [0, "#000", 0],
        [0.4, "#000", 0.22],
        [0.52, "#fff", 0.16],
        [1, "#fff", 0],
      ],
      [0, 0, 1, 0],
    );
    c.add(
      group(
        rect(x * c.w, -c.h * 0.3, c.w * c.r.range(0.14, 0.3), c.h * 1.7, soft),
        `rotate(${n(c.r.range(-14, 14))} ${n(c.w / 2)} ${n(c.h / 2)})`,
      ),
    );
  }
}

/** A twisted skein of yarn hanging from a rod; top at (0, 0). */
function skein(c: Canvas, color: string, long: number, wide: number): string {
  const out: string[] = [];
  const strands = 26;
  for (let i = 0; i < strands; i++) {
    const t = i / (strands - 1) - 0.5;
    const shade = mix(color, t < 0 ? "#ffffff" : "#05080c", Math.abs(t) * 0.5 + c.r.range(0, 0.14));
    const sway = c.r.range(-0.03, 0.03) * wide;
    out.push(
      line(
        `M${n(t * wide * 0.55)} 0C${n(t * wide * 1.25 + sway)} ${n(long * 0.2)} ${n(t * wide * 1.1 - sway)} ${n(long * 0.7)} ${n(t * wide * 0.72)} ${n(long * (0.92 + 0.1 * Math.sqrt(1 - 4 * t * t)))}`,
        shade,
        wide / 15,
      ),
    );
  }
  out.push(
    path(
      `M${n(-wide * 0.56)} ${n(long * 0.46)}q${n(wide * 0.56)} ${n(long * 0.05)} ${n(wide * 1.12)} 0v${n(long * 0.022)}q${n(-wide * 0.56)} ${n(long * 0.05)} ${n(-wide * 1.12)} 0Z`,
      paler(color, 0.55),
    ),
  );
  return out.join("");
}

/** Dyed yarn drying on a rod before a wall. */
export function skeins(c: Canvas, m: Mood): void {
  const wall = mix(m.sky[2], C.linen, 0.45);
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        [
          [0, paler(wall, 0.25)],
          [1, mix(wall, m.far, 0.55)],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  for (let i = 0; i < 60; i++)
    c.add(
      ellipse(
        c.r.next() * c.w,
        c.r.next() * c.h,
        c.r.range(20, 160),
        c.r.range(6, 40),
        c.r.chance(0.5) ? "#fff" : "#6b5a44",
        'opacity="0.035"',
      ),
    );
  // The shadow of a window.
  const slant = `rotate(-9 ${c.w / 2} ${c.h / 2}) skewX(-12)`;
  c.add(
    group(
      [0, 1]
        .flatMap((x) =>
          [0, 1].map((y) => rect(c.w * (0.2 + x * 0.36), c.h * (0.08 + y * 0.44), c.w * 0.32, c.h * 0.4, m.light)),
        )
        .join(""),
      slant,
      'opacity="0.4"',
    ),
  );
  const y = c.h * 0.16;
  const colors = c.r.shuffled([
    C.madder,
    C.weld,
    C.woad,
    C.moss,
    C.mallow,
    C.madderLight,
    C.woadLight,
    C.weldDark,
    mix(C.moss, C.weld, 0.5),
    mix(C.madder, C.weld, 0.5),
  ]);
  const count = c.r.int(6, 8);
  const step = (c.w * 0.88) / count;
  const soft = blur(c, 14);
  for (let i = 0; i < count; i++) {
    const x = c.w * 0.06 + step * (i + 0.5);
    const long = c.h * c.r.range(0.5, 0.64);
    c.add(
      `<g filter="${soft}" opacity="0.35">${ellipse(x + 34, y + long * 0.55, step * 0.3, long * 0.5, "#2a1f18")}</g>`,
    );
    c.add(
      group(
        skein(c, colors[i % colors.length] ?? C.woad, long, step * 0.62),
        `translate(${n(x)} ${n(y)}) rotate(${n(c.r.range(-1.2, 1.2))})`,
      ),
    );
  }
  c.add(
    rect(
      -10,
      y - 16,
      c.w + 20,
      26,
      linear(c, [
        [0, "#B08A5B"],
        [0.4, "#8F6B41"],
        [1, "#4E3620"],
      ]),
    ),
  );
  const drips = colors
    .slice(0, 4)
    .map((color) =>
      ellipse(
        c.r.range(0.1, 0.9) * c.w,
        c.h * c.r.range(0.93, 0.98),
        c.r.range(12, 44),
        c.r.range(3, 8),
        color,
        'opacity="0.4"',
      ),
    );
  c.add(
    rect(
      0,
      c.h * 0.9,
      c.w,
      c.h * 0.1,
      linear(c, [
        [0, "#8b7358"],
        [1, "#56442f"],
      ]),
    ),
    drips.join(""),
  );
}

/** Kettles with dye baths on a bench, steaming. */
export function dyePots(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, mix(m.near, m.far, 0.35)],
        [0.7, mix(m.far, C.linen, 0.3)],
      ]),
    ),
  );
  c.add(
    circle(
      c.w * 0.82,
      c.h * 0.12,
      c.h * 0.75,
      radial(c, [
        [0, m.light, 0.75],
        [1, m.light, 0],
      ]),
    ),
  );
  for (let x = 0; x < c.w; x += c.w / 9) c.add(rect(x, 0, 3, c.h, "#000", 'opacity="0.12"'));
  // Bundles of dried plants hang from above.
  for (let i = 0; i < 6; i++) {
    const x = c.w * (0.1 + i * 0.16 + c.r.range(-0.03, 0.03));
    const long = c.h * c.r.range(0.16, 0.26);
    const color = c.r.pick([C.weld, C.moss, C.madder, C.mallow, C.weldDark]);
    for (let s = 0; s < 16; s++) {
      const dx = c.r.range(-1, 1) * c.w * 0.035;
      c.add(
        line(
          `M${n(x)} ${n(c.h * 0.06)}Q${n(x + dx * 0.3)} ${n(long * 0.8)} ${n(x + dx)} ${n(long * c.r.range(0.9, 1.25))}`,
          mix(color, m.near, c.r.range(0.1, 0.4)),
          3,
        ),
      );
      c.add(circle(x + dx, long * c.r.range(0.85, 1.25), c.r.range(3, 8), mix(color, "#fff", c.r.range(0, 0.3))));
    }
    c.add(line(`M${n(x)} 0V${n(c.h * 0.07)}`, "#3a2c1f", 3), rect(x - 9, c.h * 0.055, 18, 14, "#C9B48E", 'rx="3"'));
  }
  const bench = c.h * 0.78;
  c.add(
    rect(
      0,
      bench,
      c.w,
      c.h - bench,
      linear(c, [
        [0, "#A47B4E"],
        [0.1, "#7B5833"],
        [1, "#3E2A18"],
      ]),
    ),
  );
  for (let i = 0; i < 12; i++)
    c.add(
      line(
        `M0 ${n(bench + 18 + i * 21)}q${n(c.w * 0.5)} ${n(c.r.range(-8, 8))} ${c.w} 0`,
        "#2c1d10",
        1.4,
        'opacity="0.4"',
      ),
    );
  const baths = c.r.shuffled([C.madder, C.weld, C.woad, C.moss, C.mallow]).slice(0, 3);
  baths.forEach((bath, i) => {
    const x = c.w * (0.2 + i * 0.3);
    const size = c.w * c.r.range(0.105, 0.13);
    const y = bench + c.h * 0.05;
    const metal = linear(
      c,
      [
        [0, "#2F3437"],
        [0.25, "#8E979B"],
        [0.4, "#C9CFD1"],
        [0.6, "#666F74"],
        [1, "#23282B"],
      ],
      [0, 0, 1, 0],
    );
    c.add(ellipse(x + size * 0.15, y + size * 0.1, size * 1.25, size * 0.2, "#000", 'opacity="0.4"'));
    c.add(
      path(
        `M${n(x - size)} ${n(y - size * 1.2)}L${n(x - size * 0.9)} ${n(y - size * 0.06)}Q${n(x)} ${n(y + size * 0.2)} ${n(x + size * 0.9)} ${n(y - size * 0.06)}L${n(x + size)} ${n(y - size * 1.2)}Z`,
        metal,
      ),
    );
    c.add(
      ellipse(x, y - size * 1.2, size * 1.03, size * 0.27, "#B9C0C3"),
      ellipse(x, y - size * 1.18, size * 0.95, size * 0.22, "#3a4144"),
    );
    c.add(
      ellipse(
        x,
        y - size * 1.14,
        size * 0.88,
        size * 0.18,
        radial(c, [
          [0, paler(bath, 0.25)],
          [0.7, bath],
          [1, darker(bath, 0.4)],
        ]),
      ),
    );
    for (let k = 0; k < 7; k++)
      c.add(
        line(
          `M${n(x + c.r.range(-0.5, 0.5) * size)} ${n(y - size * 1.16)}q${n(c.r.range(-30, 30))} ${n(c.r.range(-8, 8))} ${n(c.r.range(-40, 40))} ${n(c.r.range(-3, 6))}`,
          paler(bath, 0.35),
          5,
          'opacity="0.7"',
        ),
      );
    c.add(
      line(
        `M${n(x - size)} ${n(y - size * 0.85)}q${n(-size * 0.3)} ${n(size * 0.1)} ${n(-size * 0.04)} ${n(size * 0.34)}M${n(x + size)} ${n(y - size * 0.85)}q${n(size * 0.3)} ${n(size * 0.1)} ${n(size * 0.04)} ${n(size * 0.34)}`,
        "#3a4144",
        9,
      ),
    );
    if (i === 1)
      c.add(
        line(`M${n(x + size * 0.3)} ${n(y - size * 1.1)}L${n(x + size * 1.05)} ${n(y - size * 2.3)}`, "#B98C58", 15),
        line(`M${n(x + size * 0.3)} ${n(y - size * 1.1)}L${n(x + size * 1.05)} ${n(y - size * 2.3)}`, "#DDB682", 4),
      );
    steam(c, x, y - size * 1.3, size);
  });
}

export function steam(c: Canvas, x: number, y: number, size: number): void {
  const soft = blur(c, size * 0.13);
  const wisps = Array.from({ length: 3 }, (_, i) => {
    const s = c.r.range(-0.3, 0.3) * size + (i - 1) * size * 0.35;
    return line(
      `M${n(x + s)} ${n(y)}c${n(-size * 0.5)} ${n(-size * 0.6)} ${n(size * 0.5)} ${n(-size)} ${n(size * 0.05)} ${n(-size * c.r.range(1.5, 2.2))}`,
      "#fff",
      size * 0.14,
    );
  });
  c.add(`<g filter="${soft}" opacity="0.4">${wisps.join("")}</g>`);
}

/** Leaves and grasses printed white on blue, as with sunlight on treated paper. */
export function sunPrint(c: Canvas, m: Mood): void {
  const paper = paler(mix(C.linen, m.sky[2], 0.2), 0.4);
  c.add(rect(0, 0, c.w, c.h, paper));
  const [mx, my] = [c.w * 0.06, c.h * 0.06];
  const edge = Array.from({ length: 60 }, (_, i) => {
    const t = i / 60;
    const side = Math.floor(t * 4);
    const u = (t * 4) % 1;
    const j = (): number => c.r.range(-7, 7);
    const [W, H] = [c.w - 2 * mx, c.h - 2 * my];
    const p = [
      [u * W, 0],
      [W, u * H],
      [W - u * W, H],
      [0, H - u * H],
    ][side] ?? [0, 0];
    return `${n(mx + (p[0] ?? 0) + j())} ${n(my + (p[1] ?? 0) + j())}`;
  });
  const deep = c.r.pick([C.woadDeep, mix(C.woadDeep, C.mallow, 0.25), mix(C.woad, "#0b2a4a", 0.5)]);
  c.add(
    path(
      `M${edge.join("L")}Z`,
      linear(
        c,
        [
          [0, mix(deep, C.woadLight, 0.22)],
          [0.5, deep],
          [1, darker(deep, 0.35)],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  for (let i = 0; i < 26; i++)
    c.add(
      ellipse(
        c.r.range(0.1, 0.9) * c.w,
        c.r.range(0.1, 0.9) * c.h,
        c.r.range(30, 200),
        c.r.range(10, 70),
        C.woadLight,
        'opacity="0.035"',
      ),
    );
  const white = mix(paper, C.woadLight, 0.12);
  const stem = (x: number, y: number, turn: number, long: number, kind: number): void => {
    const bits: string[] = [
      line(`M0 0C${n(long * 0.05)} ${n(-long * 0.3)} ${n(-long * 0.06)} ${n(-long * 0.7)} 0 ${n(-long)}`, white, 4),
    ];
    const pairs = kind === 2 ? 22 : 11;
    for (let i = 1; i <= pairs; i++) {
      const t = i / (pairs + 1);
      const size = long * (kind === 2 ? 0.16 : 0.2) * Math.sin(Math.PI * (0.15 + 0.8 * (1 - t))) + 6;
      for (const side of [-1, 1]) {
        const angle = side * (kind === 1 ? 38 : 58) + c.r.range(-6, 6);
        const leaf =
          kind === 0
            ? path(
                `M0 0C${n(size * 0.3)} ${n(-size * 0.34)} ${n(size * 0.8)} ${n(-size * 0.3)} ${n(size)} 0C${n(size * 0.8)} ${n(size * 0.3)} ${n(size * 0.3)} ${n(size * 0.34)} 0 0Z`,
                white,
                `opacity="${c.r.range(0.75, 0.98).toFixed(2)}"`,
              )
            : kind === 1
              ? line(`M0 0Q${n(size * 0.5)} ${n(-size * 0.1)} ${n(size)} ${n(size * 0.04)}`, white, 2.4) +
                circle(size, 0, c.r.range(4, 9), white, 'opacity="0.9"')
              : path(`M0 0L${n(size)} ${n(-size * 0.06)}L${n(size * 0.98)} ${n(size * 0.07)}Z`, white, 'opacity="0.9"');
        bits.push(group(leaf, `translate(0 ${n(-t * long)}) rotate(${n(side === 1 ? -90 + angle : -90 + angle)})`));
      }
    }
    if (kind === 0) bits.push(ellipse(0, -long - 14, 10, 24, white));
    c.add(group(bits.join(""), `translate(${n(x)} ${n(y)}) rotate(${n(turn)})`));
  };
  const stems = c.w < c.h ? 3 : c.r.int(3, 5);
  const tallest = Math.min(c.h, c.w * 0.9);
  for (let i = 0; i < stems; i++)
    stem(
      c.w * (0.2 + (0.6 * (i + 0.5)) / stems),
      c.h * c.r.range(0.82, 0.9),
      (i - (stems - 1) / 2) * 9 + c.r.range(-4, 4),
      tallest * c.r.range(0.5, 0.68),
      (i + c.r.int(0, 1)) % 3,
    );
}

/** A loom seen from the weaver's seat. */
export function loom(c: Canvas, m: Mood): void {
  const yarns = c.r.pick(YARNS);
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, paler(m.sky[2], 0.2)],
        [1, mix(m.far, m.near, 0.3)],
      ]),
    ),
  );
  c.add(
    circle(
      c.w * 0.2,
      c.h * 0.1,
      c.h * 0.8,
      radial(c, [
        [0, m.light, 0.9],
        [1, m.light, 0],
      ]),
    ),
  );
  const [cx, far, reedY, fell] = [c.w / 2, c.h * 0.12, c.h * 0.46, c.h * 0.62];
  const threads = 120;
  for (let i = 0; i < threads; i++) {
    const t = i / (threads - 1) - 0.5;
    const color = mix(yarns[Math.floor(i / 10) % 3] ?? C.linen, "#000", c.r.range(0, 0.15));
    c.add(
      line(
        `M${n(cx + t * c.w * 0.52)} ${n(far)}L${n(cx + t * c.w * 0.7)} ${n(reedY)}L${n(cx + t * c.w * 0.74)} ${n(fell)}`,
        color,
        3.2,
      ),
    );
  }
  const rows = 34;
  for (let y = 0; y < rows; y++) {
    const py = fell + (y / rows) ** 1.15 * (c.h - fell) * 1.05;
    const half = c.w * (0.37 + (0.06 * y) / rows);
    const high = ((c.h - fell) / rows) * (0.8 + (0.7 * y) / rows);
    const color = (Math.floor(y / 5) % 3 === 1 ? yarns[3] : yarns[2]) ?? C.linen;
    for (let i = 0; i < 60; i++) {
      const shape = Math.abs((i % 12) - 6) + (y % 8 < 4 ? y % 4 : 4 - (y % 4));
      const up = shape % 4 < 2;
      c.add(
        rect(
          cx - half + (i / 60) * half * 2,
          py,
          (half * 2) / 60 - 1,
          high,
          up ? color : (yarns[Math.floor(i / 5) % 2] ?? C.woad),
          `rx="3"`,
        ),
      );
    }
  }
  const wood = linear(c, [
    [0, "#D9B27C"],
    [0.5, "#A87B48"],
    [1, "#5C3F22"],
  ]);
  c.add(
    rect(cx - c.w * 0.43, reedY - 26, c.w * 0.86, 30, wood, 'rx="6"'),
    rect(cx - c.w * 0.43, reedY + 70, c.w * 0.86, 34, wood, 'rx="6"'),
  );
  let reed = "";
  for (let x = -0.38; x <= 0.38; x += 0.0095) reed += `M${n(cx + x * c.w)} ${n(reedY + 4)}v66`;
  c.add(line(reed, "#C6C2B4", 1.6, 'opacity="0.75"'));
  c.add(rect(cx - c.w * 0.31, far - 20, c.w * 0.62, 36, wood, 'rx="10"'));
  const post = linear(
    c,
    [
      [0, "#8A6238"],
      [0.4, "#C99C64"],
      [1, "#4C331B"],
    ],
    [0, 0, 1, 0],
  );
  c.add(rect(c.w * 0.03, 0, 52, c.h, post), rect(c.w * 0.97 - 52, 0, 52, c.h, post));
  const [sx, sy] = [cx + c.w * c.r.range(-0.2, 0.2), fell + c.h * 0.13];
  c.add(
    group(
      ellipse(6, 16, 130, 20, "#000", 'opacity="0.35"') +
        path("M-140 0Q-80 -30 0 -30Q80 -30 140 0Q80 30 0 30Q-80 30 -140 0Z", wood) +
        ellipse(0, 0, 76, 15, "#3b2714") +
        rect(-50, -9, 100, 18, yarns[3], 'rx="9"'),
      `translate(${n(sx)} ${n(sy)}) rotate(${n(c.r.range(-12, 12))})`,
    ),
  );
}
