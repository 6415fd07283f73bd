import {
  blur,
  circle,
  clouds,
  ellipse,
  group,
  hills,
  line,
  linear,
  n,
  path,
  rect,
  ridge,
  sky,
  type Canvas,
} from "./canvas.ts";
import { C, darker, mix, paler, type Mood } from "./color.ts";
import { PLASTER } from "./city.ts";
import { bush } from "./nature.ts";

/** A viaduct with a train, over a valley. */
export function viaduct(c: Canvas, m: Mood): void {
  sky(c, m, { x: c.r.range(0.15, 0.85), y: c.r.range(0.16, 0.3), size: 0.045 });
  clouds(c, paler(m.sky[2], 0.35), 0.05, 0.36, 8, 0.55);
  hills(c, m, { from: 0.44, to: 0.62, layers: 4, height: 0.09, rough: 2 });
  const deck = c.h * c.r.range(0.44, 0.5);
  const stone = mix(mix("#B79A7C", m.far, 0.25), m.near, m.dark ? 0.5 : 0.12);
  const arches = c.r.int(6, 8);
  const step = c.w / (arches - 0.6);
  const light = linear(c, [
    [0, paler(stone, 0.18)],
    [1, mix(stone, m.near, 0.5)],
  ]);
  let d = `M-20 ${n(deck)}H${c.w + 20}V${c.h}`;
  for (let i = arches; i >= -1; i--) {
    const x = (i - 0.3) * step;
    d += `L${n(x + step * 0.9)} ${c.h}V${n(deck + step * 0.52)}A${n(step * 0.4)} ${n(step * 0.4)} 0 0 0 ${n(x + step * 0.1)} ${n(deck + step * 0.52)}V${c.h}`;
  }
  c.add(path(`${d}L-20 ${c.h}Z`, light));
  for (let i = -1; i <= arches; i++) {
    const x = (i - 0.3) * step;
    c.add(
      line(
        `M${n(x + step * 0.08)} ${n(deck + step * 0.52)}A${n(step * 0.42)} ${n(step * 0.42)} 0 0 1 ${n(x + step * 0.92)} ${n(deck + step * 0.52)}`,
        darker(stone, 0.25),
        5,
        'opacity="0.7"',
      ),
    );
  }
  for (let i = 0; i < 260; i++)
    c.add(
      rect(c.r.next() * c.w, deck + c.r.next() * step * 0.2, c.r.range(10, 26), 2, darker(stone, 0.4), 'opacity="0.3"'),
    );
  c.add(rect(0, deck - 9, c.w, 14, paler(stone, 0.1)), rect(0, deck - 22, c.w, 3, darker(stone, 0.4)));
  const paint = c.r.pick([C.madder, C.woad, C.moss, C.weld]);
  const [cars, cw, ch] = [c.r.int(3, 4), c.w * 0.155, c.h * 0.058];
  let x = c.w * c.r.range(0.08, 0.25);
  for (let i = 0; i < cars; i++) {
    const front = i === cars - 1;
    const shape = front
      ? `M${n(x)} ${n(deck - 12)}v${n(-ch)}h${n(cw * 0.8)}q${n(cw * 0.14)} ${n(ch * 0.1)} ${n(cw * 0.2)} ${n(ch)}Z`
      : `M${n(x)} ${n(deck - 12)}v${n(-ch)}h${n(cw)}v${n(ch)}Z`;
    c.add(
      path(
        shape,
        linear(c, [
          [0, paler(paint, 0.25)],
          [0.45, paint],
          [1, darker(paint, 0.4)],
        ]),
      ),
    );
    c.add(
      rect(
        x + cw * 0.05,
        deck - 12 - ch * 0.78,
        cw * (front ? 0.7 : 0.9),
        ch * 0.3,
        m.dark ? mix(C.weld, "#fff", 0.5) : mix(m.sky[0], C.ink, 0.45),
        'rx="3"',
      ),
    );
    c.add(rect(x, deck - 12 - ch * 0.3, cw * (front ? 0.93 : 1), 4, C.flax, 'opacity="0.8"'));
    for (const k of [0.15, 0.27, 0.73, 0.85]) c.add(circle(x + cw * k, deck - 12, ch * 0.12, "#15191c"));
    x += cw + 5;
  }
  const ground = ridge(c, 0.9, 0.05, 4);
  c.add(
    path(
      ground.d,
      linear(c, [
        [0, mix(m.near, m.accent, 0.18)],
        [1, m.near],
      ]),
    ),
  );
  for (let i = 0; i < 26; i++) {
    const bx = c.r.next() * c.w;
    bush(
      c,
      bx,
      ground.y(bx) + c.r.range(0, 40),
      c.h * c.r.range(0.014, 0.04),
      mix(m.near, m.accent, c.r.range(0.05, 0.25)),
    );
  }
}

export function bicycleShape(frame: string, dark: string): string {
  const wheel = (x: number): string => {
    let spokes = "";
    for (let i = 0; i < 18; i++)
      spokes += `M${x} 0l${n(Math.cos((i * Math.PI) / 9) * 96)} ${n(Math.sin((i * Math.PI) / 9) * 96)}`;
    return (
      line(spokes, "#9AA3A6", 1.3) +
      circle(x, 0, 100, "none", `stroke="${dark}" stroke-width="11"`) +
      circle(x, 0, 93, "none", 'stroke="#C9CFD0" stroke-width="3"') +
      circle(x, 0, 9, dark)
    );
  };
  return [
    wheel(-150),
    wheel(150),
    line("M-150 0L-68 -132L98 -150L-20 -8Z M-68 -132L-20 -8 M98 -150L150 0 M-150 0L-20 -8", frame, 11),
    line("M-68 -132L-78 -170 M98 -150L86 -196", dark, 8),
    path("M-116 -176Q-78 -192 -42 -172Q-70 -158 -104 -162Z", "#5C3A22"),
    line("M86 -196Q60 -214 40 -200 M86 -196Q112 -206 122 -188", dark, 8),
    line("M40 -200l-16 6", "#5C3A22", 13),
    circle(-20, -8, 24, "none", `stroke="${dark}" stroke-width="6"`),
    line("M-20 -8L4 34 M-8 36h26", dark, 7),
    line("M-256 -30A108 108 0 0 1 -90 -90 M66 -70A108 108 0 0 1 256 -24", dark, 6),
  ].join("");
}

/** A bicycle against a wall with a climbing plant. */
export function bicycle(c: Canvas, m: Mood): void {
  const wall = mix(c.r.pick([...PLASTER]), m.sky[2], 0.25);
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        [
          [0, paler(wall, 0.2)],
          [1, mix(wall, m.near, 0.25)],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  for (let y = 0, row = 0; y < c.h * 0.84; y += 44, row++) {
    for (let x = row % 2 ? -60 : 0; x < c.w; x += 118)
      if (c.r.chance(0.32))
        c.add(
          rect(
            x,
            y,
            112,
            39,
            mix(wall, c.r.pick([C.madder, C.weldDark, "#fff"]), c.r.range(0.05, 0.2)),
            'rx="3" opacity="0.7"',
          ),
        );
  }
  const door = mix(c.r.pick([C.woad, C.moss, C.madder]), m.near, 0.15);
  const dx = c.r.chance(0.5) ? c.w * 0.07 : c.w * 0.71;
  c.add(
    rect(dx - 18, c.h * 0.14, c.w * 0.22 + 36, c.h * 0.72, paler(wall, 0.4)),
    rect(
      dx,
      c.h * 0.16,
      c.w * 0.22,
      c.h * 0.7,
      linear(c, [
        [0, paler(door, 0.15)],
        [1, darker(door, 0.3)],
      ]),
    ),
  );
  for (const [px, py] of [
    [0.02, 0.2],
    [0.12, 0.2],
    [0.02, 0.52],
    [0.12, 0.52],
  ])
    c.add(rect(dx + c.w * (px ?? 0), c.h * (py ?? 0), c.w * 0.08, c.h * 0.27, darker(door, 0.22), 'rx="4"'));
  c.add(circle(dx + c.w * 0.2, c.h * 0.53, 9, C.weld));
  c.add(
    rect(
      0,
      c.h * 0.84,
      c.w,
      c.h * 0.16,
      linear(c, [
        [0, mix("#8C8375", m.near, 0.2)],
        [1, mix("#5B5348", m.near, 0.5)],
      ]),
    ),
  );
  for (let i = 0; i < 120; i++)
    c.add(
      ellipse(
        c.r.next() * c.w,
        c.h * c.r.range(0.86, 1),
        c.r.range(18, 46),
        c.r.range(8, 14),
        c.r.chance(0.5) ? "#000" : "#fff",
        'opacity="0.06"',
      ),
    );
  const soft = blur(c, 12);
  const [bx, by, s] = [c.w * 0.5, c.h * 0.795, c.w / 780];
  c.add(
    `<g filter="${soft}" opacity="0.35">${group(bicycleShape("#20180f", "#20180f"), `translate(${n(bx + 60)} ${n(by + 14)}) scale(${n(s)} ${(s * 0.96).toFixed(2)}) skewX(8)`)}</g>`,
  );
  c.add(ellipse(bx, by + 104 * s, 300 * s, 16, "#000", 'opacity="0.4"'));
  c.add(
    group(
      bicycleShape(c.r.pick([C.madder, C.woad, C.moss, C.weld, C.mallow]), "#23292d"),
      `translate(${n(bx)} ${n(by)}) scale(${s.toFixed(2)})`,
    ),
  );
  // A basket with flowers.
  const [kx, ky] = [bx + 128 * s, by - 170 * s];
  for (let i = 0; i < 26; i++) {
    const [fx, fy] = [kx + c.r.range(-42, 42) * s, ky - c.r.range(2, 64) * s];
    c.add(
      line(`M${n(kx)} ${n(ky + 10)}L${n(fx)} ${n(fy)}`, C.moss, 3),
      circle(fx, fy, c.r.range(6, 13) * s, c.r.pick([C.weld, C.madderLight, C.mallowLight, C.flax, C.madder])),
      circle(fx, fy, 3.4 * s, C.weldDark),
    );
  }
  c.add(
    path(
      `M${n(kx - 48 * s)} ${n(ky)}h${n(96 * s)}l${n(-14 * s)} ${n(70 * s)}h${n(-68 * s)}Z`,
      linear(c, [
        [0, "#D3A868"],
        [1, "#7A5528"],
      ]),
    ),
  );
  for (let i = 0; i < 5; i++)
    c.add(
      line(
        `M${n(kx - (46 - i * 3) * s)} ${n(ky + (10 + i * 13) * s)}h${n((92 - i * 6) * s)}`,
        "#5d3f1c",
        2.4,
        'opacity="0.6"',
      ),
    );
  for (let i = 0; i < 150; i++) {
    const t = c.r.next();
    const lx = dx < c.w / 2 ? c.w * (1 - t * 0.4 * c.r.next()) : c.w * t * 0.4 * c.r.next();
    c.add(
      ellipse(
        lx,
        c.h * 0.5 * t * c.r.next(),
        c.r.range(12, 24),
        c.r.range(8, 14),
        mix(C.moss, c.r.pick([C.weld, C.ink, C.madder]), c.r.range(0, 0.45)),
        `transform="rotate(${n(c.r.range(-50, 50))} ${n(lx)} 0)"`,
      ),
    );
  }
}

/** Rails that run to the horizon. */
export function tracks(c: Canvas, m: Mood): void {
  sky(c, m, { x: 0.5 + c.r.range(-0.1, 0.1), y: 0.42, size: 0.05 }, 0.6);
  clouds(c, paler(m.sky[2], 0.3), 0.05, 0.4, 10, 0.6);
  hills(c, m, { from: 0.5, to: 0.55, layers: 3, height: 0.04, rough: 3 });
  const y0 = c.h * 0.565;
  const field = mix(m.near, m.accent, 0.28);
  c.add(
    rect(
      0,
      y0,
      c.w,
      c.h - y0,
      linear(c, [
        [0, mix(field, m.sky[2], 0.45)],
        [1, mix(field, m.near, 0.45)],
      ]),
    ),
  );
  const vx = c.w * c.r.range(0.42, 0.58);
  const at = (lane: number, t: number): [number, number] => [
    vx + lane * c.w * (0.004 + t * 0.5),
    y0 + t * (c.h - y0) * 1.04,
  ];
  const bed = [at(-0.72, 0), at(0.72, 0), at(0.72, 1), at(-0.72, 1)].map(([x, y]) => `${n(x)} ${n(y)}`).join("L");
  c.add(
    path(
      `M${bed}Z`,
      linear(c, [
        [0, mix("#8a7b6a", m.sky[2], 0.4)],
        [1, mix("#5a4e42", m.near, 0.4)],
      ]),
    ),
  );
  for (let i = 0; i < 40; i++) {
    const t = ((i + 0.5) / 40) ** 2.2;
    const [[x1, y], [x2]] = [at(-0.6, t), at(0.6, t)];
    c.add(rect(x1, y, x2 - x1, 2 + t * 22, mix("#4b3826", m.near, 0.3)));
  }
  for (const lane of [-0.42, 0.42]) {
    const [a, b, d] = [at(lane, 0), at(lane - 0.03, 1), at(lane + 0.03, 1)];
    c.add(
      path(
        `M${n(a[0])} ${n(a[1])}L${n(b[0])} ${n(b[1])}L${n(d[0])} ${n(d[1])}Z`,
        linear(c, [
          [0, paler(m.sky[2], 0.5)],
          [1, "#8b959a"],
        ]),
      ),
    );
  }
  for (let i = 0; i < 9; i++) {
    const t = (i / 9) ** 2.2;
    const [x, y] = at(1.15, t);
    const h = c.h * (0.035 + t * 0.62);
    c.add(
      line(
        `M${n(x)} ${n(y)}V${n(y - h)}M${n(x)} ${n(y - h * 0.92)}H${n(x - h * 0.3)}`,
        darker(m.near, 0.2),
        1.5 + t * 9,
      ),
    );
  }
  for (let i = 0; i < 500; i++) {
    const t = c.r.next() ** 0.8;
    const side = c.r.chance(0.5) ? -1 : 1;
    const [x, y] = at(side * c.r.range(0.85, 2.6), t);
    c.add(circle(x, y, 1 + t * 5, c.r.pick([m.accent, m.light, C.madder, C.mallowLight]), 'opacity="0.75"'));
  }
}
