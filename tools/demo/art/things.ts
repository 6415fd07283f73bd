import { circle, ellipse, group, line, linear, n, path, radial, rect, type Canvas } from "./canvas.ts";
import { C, darker, mix, paler, type Mood } from "./color.ts";
import { noiseLine } from "./random.ts";

/** An old map: contour lines, a river, a path. */
export function contourMap(c: Canvas, m: Mood): void {
  const paper = mix(C.linen, m.sky[2], 0.25);
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        [
          [0, paler(paper, 0.3)],
          [1, darker(paper, 0.06)],
        ],
        [0, 0, 1, 1],
      ),
    ),
  );
  const peaks = Array.from({ length: 4 }, () => ({
    x: c.r.range(0.1, 0.9) * c.w,
    y: c.r.range(0.1, 0.9) * c.h,
    size: c.r.range(0.28, 0.5) * c.h,
  }));
  for (const peak of peaks) {
    const wobble = noiseLine(c.r, 4);
    for (let ring = 15; ring >= 1; ring--) {
      const size = (peak.size * ring) / 15;
      let d = "";
      for (let i = 0; i <= 90; i++) {
        const a = (i / 90) * Math.PI * 2;
        const k = 1 + 0.34 * wobble(4 + Math.cos(a) * 1.3 + Math.sin(a) * 0.9 + 2 * Math.abs(Math.sin(a / 2)));
        d += `${i === 0 ? "M" : "L"}${n(peak.x + Math.cos(a) * size * k * 1.35)} ${n(peak.y + Math.sin(a) * size * k)}`;
      }
      c.add(
        path(`${d}Z`, mix(C.moss, C.weld, 1 - ring / 15), `opacity="0.045" `),
        line(`${d}Z`, mix("#9C6B3A", C.madder, 0.15), ring % 5 === 0 ? 2.6 : 1.2, 'opacity="0.6"'),
      );
    }
  }
  for (let i = 0; i < 320; i++) {
    const [x, y] = [c.r.next() * c.w, c.r.next() * c.h];
    if (Math.sin(x / 190) + Math.cos(y / 150) > 0.75)
      c.add(circle(x, y, 8, C.moss, 'opacity="0.4"'), rect(x - 1, y + 6, 2, 7, C.moss, 'opacity="0.5"'));
  }
  let river = `M${n(c.w * c.r.range(0.1, 0.4))} -20`;
  let [x, y] = [c.w * 0.3, 0];
  while (y < c.h + 40) {
    y += c.h * 0.11;
    x += c.w * c.r.range(-0.11, 0.17);
    river += `S${n(x + c.r.range(-120, 120))} ${n(y - 60)} ${n(x)} ${n(y)}`;
  }
  c.add(line(river, C.woadLight, 26, 'opacity="0.9"'), line(river, C.woad, 30, 'opacity="0.25"'));
  const trail = `M-20 ${n(c.h * 0.85)}C${n(c.w * 0.2)} ${n(c.h * 0.5)} ${n(c.w * 0.4)} ${n(c.h * 0.95)} ${n(c.w * 0.55)} ${n(c.h * 0.5)}S${n(c.w * 0.85)} ${n(c.h * 0.4)} ${c.w + 20} ${n(c.h * 0.1)}`;
  c.add(line(trail, C.madder, 6, 'stroke-dasharray="2 16"'));
  c.add(circle(c.w * 0.552, c.h * 0.495, 15, C.madder), circle(c.w * 0.552, c.h * 0.495, 6, C.flax));
  let grid = "";
  for (let i = 1; i < 6; i++) grid += `M${n((c.w * i) / 6)} 0V${c.h}M0 ${n((c.h * i) / 6)}H${c.w}`;
  c.add(line(grid, C.woad, 1.4, 'opacity="0.25"'));
  for (const k of [0.25, 0.5, 0.75])
    c.add(
      rect(
        c.w * k - 60,
        0,
        120,
        c.h,
        linear(
          c,
          [
            [0, "#000", 0],
            [0.5, "#000", 0.13],
            [0.52, "#fff", 0.25],
            [1, "#fff", 0],
          ],
          [0, 0, 1, 0],
        ),
      ),
    );
  c.add(
    rect(
      0,
      c.h * 0.5 - 50,
      c.w,
      100,
      linear(c, [
        [0, "#000", 0],
        [0.5, "#000", 0.11],
        [0.52, "#fff", 0.22],
        [1, "#fff", 0],
      ]),
    ),
  );
}

/** A history of branches and merges, drawn as threads. */
export function branches(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(
        c,
        m.dark
          ? [
              [0, "#16202A"],
              [1, "#0A0F14"],
            ]
          : [
              [0, C.flax],
              [1, C.linen],
            ],
        [0, 0, 1, 1],
      ),
    ),
  );
  const lanes = 6;
  const colors = [C.weld, C.woadLight, C.madderLight, C.mossLight, C.mallowLight, C.sand].map((k) =>
    m.dark ? k : darker(k, 0.25),
  );
  const y = (lane: number): number => c.h * (0.16 + (0.68 * lane) / (lanes - 1));
  const steps = 17;
  const x = (step: number): number => c.w * (0.05 + (0.9 * step) / (steps - 1));
  const dots: string[] = [];
  const dot = (s: number, lane: number, big: boolean): void => {
    const color = colors[lane] ?? C.weld;
    dots.push(
      circle(x(s), y(lane), big ? 34 : 24, color, 'opacity="0.18"'),
      circle(x(s), y(lane), big ? 18 : 12, color),
      circle(x(s), y(lane), big ? 8 : 5, m.dark ? "#0E151B" : C.flax),
    );
  };
  const thread = (d: string, lane: number): void =>
    c.add(line(d, m.dark ? "#000" : "#fff", 15), line(d, colors[lane] ?? C.weld, 7));
  thread(`M0 ${n(y(2))}H${c.w}`, 2);
  for (let s = 0; s < steps; s++) dot(s, 2, s % 5 === 0);
  for (const lane of [3, 1, 4, 0, 5]) {
    for (let from = c.r.int(0, 3); from < steps - 3;) {
      const to = Math.min(steps - 1, from + c.r.int(3, 7));
      const [a, b, yl] = [x(from), x(to), y(lane)];
      const bend = (x(1) - x(0)) * 0.9;
      const merged = c.r.chance(0.82);
      thread(
        `M${n(a)} ${n(y(2))}C${n(a + bend)} ${n(y(2))} ${n(a)} ${n(yl)} ${n(a + bend)} ${n(yl)}H${n(b - bend)}${merged ? `C${n(b)} ${n(yl)} ${n(b - bend)} ${n(y(2))} ${n(b)} ${n(y(2))}` : ""}`,
        lane,
      );
      for (let s = from + 1; s < to; s++) if (c.r.chance(0.7)) dot(s, lane, !merged && s === to - 1);
      from = to + c.r.int(0, 3);
    }
  }
  c.add(dots.join(""));
}

/** A cat on the window sill, looking out. */
export function cat(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, mix(m.near, m.far, 0.25)],
        [1, darker(m.near, 0.15)],
      ]),
    ),
  );
  const [x, y, w, h] = [c.w * 0.14, c.h * 0.07, c.w * 0.72, c.h * 0.74];
  c.add(
    circle(
      c.w / 2,
      c.h * 0.45,
      c.w * 0.65,
      radial(c, [
        [0, m.light, 0.45],
        [1, m.light, 0],
      ]),
    ),
  );
  const view = c.def(
    (id) => `<clipPath id="${id}"><rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"/></clipPath>`,
  );
  const roofs: string[] = [];
  for (let layer = 0; layer < 3; layer++) {
    const color = mix(mix(m.sky[2], m.far, 0.6), m.near, 0.2 + layer * 0.25);
    for (let rx = x - 40; rx < x + w;) {
      const rw = c.r.range(80, 170);
      const top = y + h * (0.5 + layer * 0.13 + c.r.range(-0.06, 0.05));
      roofs.push(
        path(
          `M${n(rx)} ${n(y + h)}V${n(top)}L${n(rx + rw / 2)} ${n(top - rw * 0.42)}L${n(rx + rw)} ${n(top)}V${n(y + h)}Z`,
          mix(color, C.madder, 0.16),
        ),
      );
      for (let k = 0; k < 3; k++)
        roofs.push(
          rect(
            rx + rw * c.r.range(0.15, 0.75),
            top + c.r.range(12, 90),
            15,
            21,
            c.r.chance(m.dark ? 0.8 : 0.25) ? mix(C.weld, "#fff", 0.35) : darker(color, 0.25),
          ),
        );
      rx += rw;
    }
  }
  const falling = Array.from({ length: 60 }, () =>
    circle(x + c.r.next() * w, y + c.r.next() * h * 0.7, c.r.range(0.8, 2.2), m.light, 'opacity="0.7"'),
  );
  c.add(
    `<g clip-path="${view}">${rect(
      x,
      y,
      w,
      h,
      linear(c, [
        [0, m.sky[0]],
        [0.5, m.sky[1]],
        [1, m.sky[2]],
      ]),
    )}${circle(x + w * c.r.range(0.2, 0.8), y + h * 0.26, 50, m.light)}${falling.join("")}${roofs.join("")}</g>`,
  );
  const frame = mix(C.flax, m.near, m.dark ? 0.35 : 0.1);
  c.add(
    rect(x - 26, y - 26, w + 52, h + 40, "none", `stroke="${frame}" stroke-width="34"`),
    rect(c.w / 2 - 11, y, 22, h, frame),
    rect(x, y + h * 0.34, w, 17, frame),
  );
  c.add(
    rect(
      x - 80,
      y + h + 6,
      w + 160,
      44,
      linear(c, [
        [0, paler(frame, 0.2)],
        [1, darker(frame, 0.25)],
      ]),
    ),
  );
  const fur = mix(c.r.pick(["#2b2522", "#8a5a2c", "#5d5a57", "#d9a05b"]), m.near, 0.25);
  const dark = darker(fur, 0.45);
  const side = c.r.chance(0.5) ? 1 : -1;
  const body = [
    path(
      "M-20 0C-110 0 -128 -150 -70 -230C-40 -270 40 -270 68 -228C118 -150 110 0 30 0Z",
      linear(c, [
        [0, fur],
        [1, dark],
      ]),
    ),
    path("M-66 -262L-84 -356L-30 -320Q0 -330 30 -320L82 -356L66 -262Q62 -206 0 -206Q-62 -206 -66 -262Z", fur),
    path("M-74 -338L-66 -296L-44 -318Z M74 -338L66 -296L44 -318Z", mix(dark, C.madderLight, 0.25)),
    line("M34 -8C120 -4 190 -20 196 -70C200 -104 168 -110 164 -84", dark, 30),
    line("M-50 -200q20 18 50 18t50 -18", dark, 3, 'opacity="0.5"'),
    line("M-24 -150C-40 -100 -38 -50 -34 -4M30 -150C44 -100 42 -50 38 -4", dark, 4, 'opacity="0.35"'),
  ];
  c.add(
    ellipse(c.w * 0.5 + side * 150, y + h + 10, 150, 12, "#000", 'opacity="0.4"'),
    group(body.join(""), `translate(${n(c.w * 0.5 + side * 150)} ${n(y + h + 10)}) scale(${n(side)} 1) scale(1.12)`),
  );
  const px = c.w * 0.5 - side * 320;
  c.add(
    path(
      `M${n(px - 60)} ${n(y + h - 90)}h120l-18 98h-84Z`,
      linear(
        c,
        [
          [0, "#C0693D"],
          [1, "#5a2d16"],
        ],
        [0, 0, 1, 0],
      ),
    ),
  );
  for (let i = 0; i < 13; i++) {
    const a = c.r.range(-1.3, 1.3);
    const long = c.r.range(70, 190);
    c.add(
      path(
        `M${n(px)} ${n(y + h - 90)}q${n(Math.sin(a) * long * 0.4 - 15)} ${n(-Math.cos(a) * long * 0.7)} ${n(Math.sin(a) * long)} ${n(-Math.cos(a) * long)}q${n(-Math.sin(a) * long * 0.3 + 20)} ${n(Math.cos(a) * long * 0.5)} ${n(-Math.sin(a) * long)} ${n(Math.cos(a) * long)}Z`,
        mix(C.moss, m.near, c.r.range(0.1, 0.55)),
      ),
    );
  }
}
