import { darker, mix, paler, type Mood } from "./color.ts";
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
  radial,
  rect,
  ridge,
  sky,
  type Canvas,
} from "./canvas.ts";
import { noiseLine } from "./random.ts";

/** A crane in flight, seen from the side and below; wings at `lift` (-1 down, 1 up). Drawn in a box of about 100 x 60 around (0, 0). */
export function flyingCrane(color: string, lift: number): string {
  const up = -34 * lift;
  const wing = (dx: number, len: number, k: number): string =>
    path(
      `M${-6 + dx} 0 C${-2 + dx} ${n(up * 0.5 * k)} ${2 + dx} ${n(up * 0.9 * k)} ${n(-4 + dx - len * 0.2)} ${n(up * k)} l-9 ${n(lift > 0 ? 1 : -1)} l3 3 l-8 1 l4 3 C${-8 + dx} ${n(up * 0.45 * k)} ${4 + dx} ${n(up * 0.15 * k)} ${12 + dx} 1 Z`,
      color,
    );
  return [
    line("M10 -1 C22 -3 30 -2 44 -5", color, 2.6),
    line("M44 -5 L52 -4", color, 1.3),
    circle(44, -5, 2.2, color),
    path("M-16 1 C-8 -5 6 -5 13 -1 C6 5 -8 5 -16 1Z", color),
    line("M-14 1 L-44 4 M-14 2 L-43 6", color, 1.4),
    wing(0, 30, 1),
    group(wing(2, 24, 0.75), "translate(3 1)", 'opacity="0.8"'),
  ].join("");
}

/** A standing crane, feet at (0, 0), about 90 high. */
export function standingCrane(color: string, cap: string, feeding: boolean): string {
  const neck = feeding ? "M-14 -52 C-30 -50 -36 -30 -38 -8" : "M-14 -52 C-26 -62 -18 -74 -24 -88";
  const head = feeding ? [-38, -7, -40, 3] : [-24, -89, -36, -87];
  return [
    line("M-2 -44 L-4 -22 L-3 0 M5 -44 L6 -24 L5 0", color, 2.2),
    path("M-18 -54 C-8 -64 12 -60 24 -46 C30 -38 32 -32 30 -28 C22 -32 18 -36 8 -38 C-4 -40 -16 -44 -18 -54Z", color),
    path("M20 -46 C32 -40 36 -28 33 -18 C28 -26 22 -32 14 -36Z", darker(color, 0.25)),
    line(neck, color, 3.6),
    circle(head[0] ?? 0, head[1] ?? 0, 3.4, color),
    circle((head[0] ?? 0) + 0.6, (head[1] ?? 0) - 2.2, 1.7, cap),
    line(`M${head[0]} ${head[1]} L${head[2]} ${head[3]}`, color, 1.7),
  ].join("");
}

export function reeds(c: Canvas, color: string, base: number, height: number, count: number): void {
  let thin = "";
  for (let i = 0; i < count; i++) {
    const x = c.r.range(-0.02, 1.02) * c.w;
    const h = height * c.h * c.r.range(0.4, 1);
    const lean = c.r.range(-0.25, 0.35) * h;
    thin += `M${n(x)} ${n(base * c.h + 8)}q${n(lean * 0.2)} ${n(-h * 0.6)} ${n(lean)} ${n(-h)}`;
    if (c.r.chance(0.22)) {
      c.add(
        group(
          ellipse(0, 0, 3.2, h * 0.07, darker(color, 0.15)),
          `translate(${n(x + lean)} ${n(base * c.h + 8 - h)}) rotate(${n((lean / h) * 50)})`,
        ),
      );
    }
  }
  c.add(line(thin, color, 2.2));
}

/** Still water that repeats the sky, with strokes of light. */
export function water(c: Canvas, m: Mood, from: number, glintX?: number): void {
  const y = from * c.h;
  c.add(
    rect(
      0,
      y,
      c.w,
      c.h - y,
      linear(c, [
        [0, mix(m.sky[2], m.near, 0.12)],
        [0.5, mix(m.sky[1], m.near, 0.3)],
        [1, mix(m.sky[0], m.near, 0.55)],
      ]),
    ),
  );
  const light = mix(m.sky[2], m.light, 0.7);
  for (let i = 0; i < 150; i++) {
    const t = c.r.next() ** 1.4;
    const wide = (0.02 + t * 0.13) * c.w * c.r.range(0.4, 1.2);
    const x =
      glintX !== undefined && c.r.chance(0.55)
        ? glintX * c.w + c.r.range(-1, 1) * c.w * (0.02 + t * 0.09)
        : c.r.range(0, 1) * c.w;
    c.add(
      ellipse(
        x,
        y + t * (c.h - y),
        wide / 2,
        0.7 + t * 2.1,
        c.r.chance(0.7) ? light : m.near,
        `opacity="${c.r.range(0.06, 0.32).toFixed(2)}"`,
      ),
    );
  }
}

/** Cranes on the move, in lines that meet. */
export function cranes(c: Canvas, m: Mood): void {
  const sunX = c.r.range(0.2, 0.8);
  sky(c, m, { x: sunX, y: c.r.range(0.52, 0.62), size: 0.045 });
  clouds(c, paler(m.sky[2], 0.3), 0.1, 0.6, 9, 0.6);
  hills(c, m, { from: 0.72, to: 0.9, layers: 4, height: 0.05 });
  const color = mix(m.near, m.sky[0], 0.12);
  const flights = c.r.int(2, 3);
  for (let f = 0; f < flights; f++) {
    const lead = { x: c.r.range(0.35, 0.82) * c.w, y: c.r.range(0.1, 0.34) * c.h + f * 0.09 * c.h };
    const scale = c.r.range(0.6, 1.05) * (c.w / 1440) * (1 - f * 0.2);
    const slope = c.r.range(0.28, 0.42);
    const [long, short] = [c.r.int(8, 13), c.r.int(4, 8)];
    for (let side = 0; side < 2; side++) {
      for (let i = side; i < (side === 0 ? long : short); i++) {
        const gap = 74 * scale;
        const x = lead.x - i * gap + c.r.range(-5, 5) * scale;
        const y = lead.y + (side === 0 ? 1 : -0.75) * i * gap * slope + c.r.range(-6, 6) * scale;
        c.add(
          group(
            flyingCrane(color, Math.sin(i * 1.9 + f + side) * 0.9),
            `translate(${n(x)} ${n(y)}) rotate(${n(-4)}) scale(${(scale * 1.05).toFixed(2)})`,
          ),
        );
      }
    }
  }
}

/** Cranes standing in shallow water. */
export function roost(c: Canvas, m: Mood): void {
  const sunX = c.r.range(0.15, 0.85);
  sky(c, m, { x: sunX, y: 0.42, size: 0.05 }, 0.62);
  hills(c, m, { from: 0.5, to: 0.58, layers: 3, height: 0.03, rough: 5 });
  water(c, m, 0.6, sunX);
  const mist = blur(c, c.h * 0.02);
  c.add(
    `<g filter="${mist}" opacity="0.75">${ellipse(c.w * 0.3, c.h * 0.61, c.w * 0.5, c.h * 0.018, paler(m.sky[2], 0.3))}${ellipse(c.w * 0.8, c.h * 0.64, c.w * 0.4, c.h * 0.014, paler(m.sky[2], 0.3))}</g>`,
  );
  const birds = Array.from({ length: c.r.int(7, 12) }, () => ({ x: c.r.range(0.05, 0.95), z: c.r.next() })).toSorted(
    (a, b) => a.z - b.z,
  );
  for (const bird of birds) {
    const y = (0.63 + bird.z * 0.24) * c.h;
    const scale = (0.7 + bird.z * 1.5) * (c.w / 1440);
    const color = mix(m.far, m.near, 0.45 + bird.z * 0.5);
    const shape = standingCrane(color, m.accent, c.r.chance(0.35));
    const flip = c.r.chance(0.5) ? -1 : 1;
    const at = `translate(${n(bird.x * c.w)} ${n(y)})`;
    c.add(group(shape, `${at} scale(${(scale * flip).toFixed(2)} ${(-scale * 0.8).toFixed(2)})`, 'opacity="0.22"'));
    c.add(group(shape, `${at} scale(${(scale * flip).toFixed(2)} ${scale.toFixed(2)})`));
    c.add(ellipse(bird.x * c.w, y, 26 * scale, 2.2 * scale, paler(m.sky[2], 0.3), 'opacity="0.5"'));
  }
  reeds(c, mix(m.near, m.far, 0.15), 1, 0.2, 90);
}

/** Hills behind hills. */
export function valley(c: Canvas, m: Mood): void {
  sky(c, m, { x: c.r.range(0.2, 0.8), y: c.r.range(0.2, 0.36), size: 0.04 });
  clouds(c, paler(m.sky[2], 0.35), 0.06, 0.4, 8, 0.55);
  const top = hills(c, m, { from: 0.42, to: 0.88, layers: 7, height: 0.1, rough: 2.4 });
  for (let i = 0; i < 46; i++) {
    const x = c.r.next() * c.w;
    fir(c, x, top(x) + 8, c.h * c.r.range(0.05, 0.13), darker(m.near, 0.2));
  }
}

export function fir(c: Canvas, x: number, y: number, h: number, color: string): void {
  let d = `M${n(x)} ${n(y - h)}`;
  const steps = 6;
  for (let i = 1; i <= steps; i++)
    d += `L${n(x + (h * 0.22 * i) / steps + h * 0.02)} ${n(y - h + (h * i) / steps)}L${n(x + (h * 0.13 * i) / steps)} ${n(y - h + (h * i) / steps - h * 0.03)}`;
  for (let i = steps; i >= 1; i--)
    d += `L${n(x - (h * 0.13 * i) / steps)} ${n(y - h + (h * i) / steps - h * 0.03)}L${n(x - (h * 0.22 * (i - 1)) / steps)} ${n(y - h + (h * (i - 1)) / steps)}`;
  c.add(path(`${d}Z`, color));
}

/** Tall trunks in fog, rank behind rank. */
export function forest(c: Canvas, m: Mood): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, mix(m.sky[1], m.far, 0.4)],
        [0.6, paler(m.sky[2], 0.25)],
        [1, m.far],
      ]),
    ),
  );
  c.add(
    circle(
      c.w * c.r.range(0.3, 0.7),
      c.h * 0.3,
      c.h * 0.6,
      radial(c, [
        [0, m.light, 0.9],
        [1, m.light, 0],
      ]),
    ),
  );
  for (let layer = 0; layer < 5; layer++) {
    const t = layer / 4;
    const color = mix(mix(m.far, m.sky[2], 0.35), m.near, t ** 1.4);
    const trunks = 22 - layer * 4;
    for (let i = 0; i < trunks; i++) {
      const x = ((i + c.r.range(0.1, 0.9)) / trunks) * c.w;
      const wide = (5 + t * 34) * c.r.range(0.6, 1.2) * (c.w / 1440);
      const bend = c.r.range(-1, 1) * wide * 0.6;
      c.add(
        path(
          `M${n(x - wide / 2)} ${c.h}Q${n(x - wide * 0.3 + bend)} ${n(c.h * 0.5)} ${n(x - wide * 0.36)} 0L${n(x + wide * 0.36)} 0Q${n(x + wide * 0.3 + bend)} ${n(c.h * 0.5)} ${n(x + wide * 0.6)} ${c.h}Z`,
          color,
        ),
      );
      for (let b = 0; b < 3; b++) {
        const y = c.r.range(0.02, 0.5) * c.h;
        const side = c.r.chance(0.5) ? 1 : -1;
        c.add(
          line(
            `M${n(x)} ${n(y)}q${n(side * wide * 2)} ${n(-wide * 0.4)} ${n(side * wide * c.r.range(2.4, 5))} ${n(-wide * c.r.range(0.6, 2))}`,
            color,
            Math.max(1, wide * 0.12),
          ),
        );
      }
    }
    const floor = ridge(c, 0.82 + t * 0.1, 0.02, 5);
    c.add(path(floor.d, color));
    c.add(
      rect(
        0,
        c.h * 0.6,
        c.w,
        c.h * 0.4,
        linear(c, [
          [0, m.sky[2], 0],
          [0.7, m.sky[2], 0.28 * (1 - t)],
          [1, m.sky[2], 0],
        ]),
      ),
    );
  }
  reeds(c, darker(m.near, 0.2), 1.01, 0.09, 160);
}

/** A river that winds through meadows. */
export function river(c: Canvas, m: Mood): void {
  const sunX = c.r.range(0.3, 0.7);
  sky(c, m, { x: sunX, y: 0.26, size: 0.04 }, 0.5);
  clouds(c, paler(m.sky[2], 0.4), 0.05, 0.32, 8, 0.6);
  hills(c, m, { from: 0.37, to: 0.43, layers: 3, height: 0.04, rough: 3 });
  const meadow = mix(m.near, m.accent, 0.25);
  c.add(
    rect(
      0,
      c.h * 0.44,
      c.w,
      c.h * 0.56,
      linear(c, [
        [0, mix(meadow, m.sky[2], 0.55)],
        [1, meadow],
      ]),
    ),
  );
  const phase = c.r.range(0, 6);
  const [left, right]: [string[], string[]] = [[], []];
  for (let i = 0; i <= 60; i++) {
    const t = i / 60;
    const y = (0.44 + 0.58 * t ** 1.5) * c.h;
    const mid = c.w * (0.5 + Math.sin(phase + t * 7.5 - t * t * 2) * (0.05 + 0.24 * t));
    const half = c.w * (0.006 + 0.17 * t ** 1.7);
    left.push(`${n(mid - half)} ${n(y)}`);
    right.unshift(`${n(mid + half)} ${n(y)}`);
  }
  c.add(line(`M${left.join("L")}`, mix(meadow, m.near, 0.6), 7, 'opacity="0.6"'));
  c.add(
    path(
      `M${left.join("L")}L${right.join("L")}Z`,
      linear(c, [
        [0, paler(m.sky[2], 0.35)],
        [0.4, m.sky[1]],
        [1, mix(m.sky[0], m.near, 0.35)],
      ]),
    ),
  );
  for (let i = 0; i < 34; i++) {
    const t = c.r.next() ** 1.3;
    const y = (0.45 + 0.5 * t) * c.h;
    const side = c.r.chance(0.5) ? c.r.range(0, 0.26) : c.r.range(0.74, 1);
    bush(c, side * c.w, y, c.h * (0.012 + 0.05 * t), mix(mix(meadow, m.sky[2], 0.35 * (1 - t)), m.near, 0.5));
  }
  for (let i = 0; i < 420; i++) {
    const t = c.r.next();
    const y = (0.6 + 0.42 * t) * c.h;
    const x = (c.r.chance(0.5) ? c.r.range(0, 0.2 + 0.1 * (1 - t)) : c.r.range(0.8 - 0.05 * (1 - t), 1)) * c.w;
    c.add(circle(x, y, 1 + 3.5 * t, c.r.pick([m.accent, paler(m.accent, 0.6), m.light]), 'opacity="0.8"'));
  }
}

export function bush(c: Canvas, x: number, y: number, size: number, color: string): void {
  const parts = Array.from({ length: 7 }, () =>
    circle(
      x + c.r.range(-1, 1) * size,
      y - c.r.range(0.1, 1.1) * size,
      size * c.r.range(0.35, 0.65),
      mix(color, "#ffffff", c.r.range(0, 0.1)),
    ),
  );
  c.add(ellipse(x, y + 1, size * 1.4, size * 0.16, "#000", 'opacity="0.2"'), parts.join(""));
}

/** Stars, the band of the galaxy, and a small light on the ground. */
export function stars(c: Canvas, m: Mood): void {
  sky(c, m, undefined);
  const noise = noiseLine(c.r, 4);
  const soft = blur(c, c.h * 0.03);
  const tilt = c.r.range(-0.9, -0.4);
  const band: string[] = [];
  for (let i = 0; i < 70; i++) {
    const t = i / 69;
    const x = t * c.w * 1.2 - c.w * 0.1;
    const y = c.h * (0.75 + tilt * t) + noise(t * 4) * c.h * 0.06;
    band.push(
      ellipse(
        x,
        y,
        c.w * c.r.range(0.03, 0.07),
        c.h * c.r.range(0.02, 0.07),
        c.r.pick(["#9FC3D6", "#CDB7DD", "#F3D9C0"]),
        `opacity="${c.r.range(0.06, 0.2).toFixed(2)}"`,
      ),
    );
  }
  c.add(`<g filter="${soft}">${band.join("")}</g>`);
  for (let i = 0; i < 1300; i++) {
    const inBand = c.r.chance(0.45);
    const t = c.r.next();
    const x = inBand ? t * c.w : c.r.next() * c.w;
    const y = inBand
      ? c.h * (0.75 + tilt * ((x / c.w + 0.1) / 1.2)) + c.r.range(-1, 1) * c.r.next() * c.h * 0.14
      : c.r.range(0, 0.86) * c.h;
    const size = 0.4 + c.r.next() ** 6 * 2.6;
    c.add(
      circle(x, y, size, c.r.pick(["#FFFFFF", "#FFF3D8", "#D6E8F5"]), `opacity="${c.r.range(0.35, 1).toFixed(2)}"`),
    );
    if (size > 2.2)
      c.add(
        circle(
          x,
          y,
          size * 4,
          radial(c, [
            [0, "#fff", 0.35],
            [1, "#fff", 0],
          ]),
        ),
      );
  }
  const top = hills(c, m, { from: 0.82, to: 0.92, layers: 3, height: 0.05, rough: 3 });
  const x = c.w * c.r.range(0.2, 0.8);
  const y = top(x) + 4;
  const s = c.w / 1440;
  c.add(
    circle(
      x,
      y - 14 * s,
      150 * s,
      radial(c, [
        [0, m.accent, 0.4],
        [1, m.accent, 0],
      ]),
    ),
  );
  c.add(
    path(
      `M${n(x - 34 * s)} ${n(y)}L${n(x)} ${n(y - 40 * s)}L${n(x + 34 * s)} ${n(y)}Z`,
      linear(c, [
        [0, paler(m.accent, 0.4)],
        [1, mix(m.accent, "#B3322B", 0.45)],
      ]),
    ),
  );
  c.add(path(`M${n(x - 5 * s)} ${n(y)}L${n(x)} ${n(y - 26 * s)}L${n(x + 7 * s)} ${n(y)}Z`, darker(m.accent, 0.6)));
  for (let i = 0; i < 30; i++) {
    const tx = c.r.next() * c.w;
    // The tent stays in sight.
    if (Math.abs(tx - x) < 90 * s) continue;
    fir(c, tx, top(tx) + 10, c.h * c.r.range(0.04, 0.12), darker(m.near, 0.35));
  }
}

/** A lake with a small boat. */
export function lake(c: Canvas, m: Mood): void {
  const sunX = c.r.range(0.25, 0.75);
  sky(c, m, { x: sunX, y: 0.3, size: 0.05 }, 0.55);
  clouds(c, paler(m.sky[2], 0.35), 0.06, 0.4, 8, 0.5);
  hills(c, m, { from: 0.42, to: 0.52, layers: 4, height: 0.07, rough: 2.6 });
  water(c, m, 0.54, sunX);
  const [x, y, s] = [c.w * c.r.range(0.3, 0.7), c.h * c.r.range(0.7, 0.78), (c.w / 1440) * 1.5];
  const hull =
    path("M-90 -10 C-60 14 60 14 96 -14 C60 -4 -50 -4 -90 -10Z", darker(m.near, 0.1)) +
    path("M-86 -9 C-50 -4 56 -4 92 -13 L90 -9 C50 -1 -50 -1 -86 -9Z", m.accent);
  const rower =
    circle(6, -46, 9, darker(m.near, 0.2)) +
    path("M-8 -6 C-10 -24 -2 -38 6 -38 C16 -38 20 -22 18 -6Z", mix(m.accent, m.near, 0.55)) +
    line("M8 -28 L-34 -22 L-96 12", darker(m.near, 0.1), 3);
  c.add(group(hull + rower, `translate(${n(x)} ${n(y + 8)}) scale(${s} ${-s * 0.7})`, 'opacity="0.2"'));
  c.add(group(hull + rower, `translate(${n(x)} ${n(y)}) scale(${s})`));
  for (let i = 0; i < 5; i++)
    c.add(
      ellipse(
        x,
        y + 8 + i * 7 * s,
        (110 + i * 46) * s,
        1.4,
        paler(m.sky[2], 0.4),
        `opacity="${(0.5 - i * 0.08).toFixed(2)}"`,
      ),
    );
  reeds(c, darker(m.near, 0.1), 1.01, 0.24, 60);
}
