import { C, darker, mix, paler, type Mood } from "./color.ts";
import { blur, circle, ellipse, group, line, linear, n, path, radial, rect, type Canvas } from "./canvas.ts";
import { steam } from "./craft.ts";
import { noiseLine } from "./random.ts";

/** A wooden table from above or the side. */
function boards(c: Canvas, from: number, color: string): void {
  c.add(rect(0, from, c.w, c.h - from, linear(c, [[0, paler(color, 0.12)], [1, darker(color, 0.35)]])));
  const rows = Math.max(3, Math.round((c.h - from) / 150));
  for (let i = 0; i < rows; i++) {
    const y = from + ((c.h - from) * i) / rows;
    c.add(rect(0, y, c.w, 3, "#000", 'opacity="0.3"'), rect(0, y + 3, c.w, 2, "#fff", 'opacity="0.1"'));
    for (let k = 0; k < 9; k++) c.add(line(`M${n(c.r.range(-0.2, 0.8) * c.w)} ${n(y + c.r.range(12, 140))}q${n(c.w * 0.15)} ${n(c.r.range(-9, 9))} ${n(c.w * c.r.range(0.25, 0.5))} ${n(c.r.range(-5, 5))}`, darker(color, 0.5), c.r.range(1, 2.4), 'opacity="0.25"'));
  }
}

function cloth(c: Canvas, color: string): void {
  c.add(path(`M${n(c.w * 0.04)} ${n(c.h * 0.62)}Q${n(c.w * 0.5)} ${n(c.h * 0.52)} ${n(c.w * 0.95)} ${n(c.h * 0.63)}L${n(c.w * 0.9)} ${n(c.h * 0.96)}Q${n(c.w * 0.5)} ${c.h} ${n(c.w * 0.1)} ${n(c.h * 0.95)}Z`, linear(c, [[0, paler(C.linen, 0.3)], [1, darker(C.linen, 0.12)]])));
  for (const k of [0.14, 0.19, 0.8, 0.85]) c.add(line(`M${n(c.w * k)} ${n(c.h * 0.59)}Q${n(c.w * (k + (0.5 - k) * -0.02))} ${n(c.h * 0.8)} ${n(c.w * (k + (0.5 - k) * 0.12))} ${n(c.h * 0.965)}`, color, 11, 'opacity="0.75"'));
}

/** A loaf with a scored crust, flour on top, two slices beside it. */
export function loaf(c: Canvas, m: Mood): void {
  c.add(rect(0, 0, c.w, c.h * 0.5, linear(c, [[0, mix(m.sky[1], m.near, 0.45)], [1, mix(m.far, m.near, 0.25)]])));
  c.add(circle(c.w * 0.15, c.h * 0.05, c.h * 0.8, radial(c, [[0, m.light, 0.7], [1, m.light, 0]])));
  boards(c, c.h * 0.46, "#8F6238");
  cloth(c, c.r.pick([C.woad, C.madder, C.moss]));
  const [x, y, w, h] = [c.w * 0.43, c.h * 0.6, c.w * 0.3, c.h * 0.27];
  const soft = blur(c, 18);
  c.add(`<g filter="${soft}" opacity="0.5">${ellipse(x + 20, y + h * 0.78, w * 1.05, h * 0.22, "#20140a")}</g>`);
  const crust = radial(c, [[0, "#E0A55C"], [0.45, "#B8702F"], [0.8, "#7C431A"], [1, "#4A250D"]], [0.42, 0.3, 0.75]);
  c.add(path(`M${n(x - w)} ${n(y + h * 0.5)}C${n(x - w * 1.04)} ${n(y - h * 0.45)} ${n(x - w * 0.5)} ${n(y - h * 0.92)} ${n(x)} ${n(y - h * 0.94)}C${n(x + w * 0.5)} ${n(y - h * 0.92)} ${n(x + w * 1.04)} ${n(y - h * 0.45)} ${n(x + w)} ${n(y + h * 0.5)}C${n(x + w * 0.9)} ${n(y + h * 0.86)} ${n(x - w * 0.9)} ${n(y + h * 0.86)} ${n(x - w)} ${n(y + h * 0.5)}Z`, crust));
  const cuts = c.r.int(3, 4);
  for (let i = 0; i < cuts; i++) {
    const cx = x + ((i + 0.5) / cuts - 0.5) * w * 1.45;
    const lift = h * 0.72 * Math.cos(((cx - x) / w) * 1.15);
    const cut = (k: number, fill: string): string => path(`M${n(cx - w * 0.06)} ${n(y - lift * 1.02)}Q${n(cx + w * (0.16 + k))} ${n(y - lift * 0.55)} ${n(cx + w * 0.13)} ${n(y + h * 0.22)}Q${n(cx - w * (0.02 + k))} ${n(y - lift * 0.3)} ${n(cx - w * 0.06)} ${n(y - lift * 1.02)}Z`, fill);
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
    const slice = (k: number, fill: string): string => path(`M${n(sx - s * k)} ${n(sy + s * 0.42 * k)}C${n(sx - s * 1.15 * k)} ${n(sy - s * 0.6 * k)} ${n(sx - s * 0.4 * k)} ${n(sy - s * 0.86 * k)} ${n(sx)} ${n(sy - s * 0.8 * k)}C${n(sx + s * 0.4 * k)} ${n(sy - s * 0.86 * k)} ${n(sx + s * 1.15 * k)} ${n(sy - s * 0.6 * k)} ${n(sx + s * k)} ${n(sy + s * 0.42 * k)}Q${n(sx)} ${n(sy + s * 0.62 * k)} ${n(sx - s * k)} ${n(sy + s * 0.42 * k)}Z`, fill);
    c.add(slice(1, "#8C4F20"), slice(0.91, "#F3DFB8"));
    for (let k = 0; k < 70; k++) c.add(ellipse(sx + c.r.range(-0.75, 0.75) * s, sy + c.r.range(-0.62, 0.4) * s, c.r.range(1.5, 9), c.r.range(1.5, 6), "#CFA86A", 'opacity="0.55"'));
  }
  const [kx, ky] = [c.w * 0.07, c.h * 0.88];
  c.add(group(path("M0 0H250Q290 6 304 26H0Z", linear(c, [[0, "#F2F5F5"], [1, "#8F9A9E"]])) + rect(-130, -3, 136, 30, "#4A2D17", 'rx="10"') + circle(-100, 12, 4, "#C9B48E") + circle(-40, 12, 4, "#C9B48E"), `translate(${n(kx + 130)} ${n(ky)}) rotate(-8)`));
}

/** Cinnamon buns on a tray, from above. */
export function buns(c: Canvas, m: Mood): void {
  boards(c, 0, mix("#7A5230", m.near, 0.12));
  const [w, h] = [c.w * 0.82, c.h * 0.86];
  const [x, y] = [(c.w - w) / 2, (c.h - h) / 2];
  const soft = blur(c, 22);
  c.add(`<g filter="${soft}" opacity="0.6">${rect(x + 18, y + 26, w, h, "#140c06", 'rx="40"')}</g>`);
  c.add(rect(x, y, w, h, linear(c, [[0, "#5B6468"], [1, "#2C3236"]], [0, 0, 1, 1]), 'rx="40"'), rect(x + 22, y + 22, w - 44, h - 44, "#E9DCC3", 'rx="26"'));
  const [columns, rows] = [4, 3];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const size = (w / columns) * c.r.range(0.43, 0.47);
      const bx = x + 22 + ((w - 44) / columns) * (column + 0.5) + c.r.range(-6, 6);
      const by = y + 22 + ((h - 44) / rows) * (row + 0.5) + c.r.range(-6, 6);
      const dough = radial(c, [[0, "#F3D7A0"], [0.65, "#D99B50"], [1, "#8C5220"]], [0.4, 0.35, 0.68]);
      c.add(ellipse(bx + 7, by + 12, size * 1.02, size * 0.98, "#3c2410", 'opacity="0.4"'), circle(bx, by, size, dough));
      const turn = c.r.range(0, 6);
      const direction = c.r.chance(0.5) ? 1 : -1;
      let spiral = "";
      for (let i = 0; i <= 130; i++) {
        const t = i / 130;
        const a = turn + direction * t * Math.PI * 6.2;
        const d = size * 0.9 * t;
        spiral += `${i === 0 ? "M" : "L"}${n(bx + Math.cos(a) * d)} ${n(by + Math.sin(a) * d * 0.98)}`;
      }
      c.add(line(spiral, "#6B3413", size * 0.085, 'opacity="0.85"'), line(spiral, "#A85E24", size * 0.03, 'opacity="0.8"'));
      for (let k = 0; k < 34; k++) {
        const [a, d] = [c.r.range(0, 6.28), size * c.r.range(0, 0.85)];
        c.add(rect(bx + Math.cos(a) * d, by + Math.sin(a) * d, c.r.range(4, 8), c.r.range(4, 8), "#fff", `opacity="${c.r.range(0.6, 0.95).toFixed(2)}" transform="rotate(${c.r.int(0, 80)} ${n(bx + Math.cos(a) * d)} ${n(by + Math.sin(a) * d)})"`));
      }
      c.add(path(`M${n(bx - size * 0.7)} ${n(by - size * 0.45)}A${n(size * 0.84)} ${n(size * 0.84)} 0 0 1 ${n(bx + size * 0.2)} ${n(by - size * 0.81)}`, "none", `stroke="#fff" stroke-width="${n(size * 0.06)}" stroke-linecap="round" opacity="0.35"`));
    }
  }
  c.add(rect(0, 0, c.w, c.h, linear(c, [[0, m.light, 0.3], [0.5, m.light, 0]], [0, 0, 1, 1])));
}

/** A cup, a book and a window's light on a table. */
export function cup(c: Canvas, m: Mood): void {
  boards(c, 0, mix("#9A6F45", m.near, 0.1));
  c.add(group([0, 1, 2].map((i) => rect(c.w * (0.02 + i * 0.24), -c.h * 0.2, c.w * 0.19, c.h * 1.6, m.light)).join(""), `rotate(24 ${n(c.w / 2)} ${n(c.h / 2)})`, 'opacity="0.24"'));
  const soft = blur(c, 20);
  const book = c.r.pick([C.madder, C.woad, C.moss, C.mallow]);
  const [bx, by] = [c.w * 0.63, c.h * 0.47];
  const page = (side: number): string => path(`M0 -230C${side * 90} -262 ${side * 230} -250 ${side * 330} -232V226C${side * 230} 208 ${side * 90} 196 0 232Z`, linear(c, side < 0 ? [[0, "#FFFDF6"], [1, "#D9CDB6"]] : [[0, "#E4DAC6"], [0.3, "#FFFDF6"]], [0, 0, 1, 0]));
  let words = "";
  for (const side of [-1, 1]) {
    for (let i = 0; i < 17; i++) {
      const y = -190 + i * 23;
      const long = i % 6 === 5 ? c.r.range(90, 160) : 250;
      const x0 = side < 0 ? -300 : 44;
      for (let x = 0; x < long; ) {
        const word = c.r.range(12, 46);
        words += `M${n(x0 + x)} ${n(y + Math.sin(((x0 + x) / 330) * 3) * -6)}h${n(Math.min(word, long - x))}`;
        x += word + 9;
      }
    }
  }
  c.add(`<g filter="${soft}" opacity="0.45">${group(rect(-340, -235, 690, 480, "#1a1008"), `translate(${n(bx + 16)} ${n(by + 24)}) rotate(7)`)}</g>`);
  c.add(group(path("M-344 -240C-220 -258 -90 -262 0 -236C90 -262 220 -258 344 -240V238H-344Z", book) + page(-1) + page(1) + line(words, "#5a5044", 5, 'opacity="0.55"') + path("M150 -250L178 -252V-120L164 -140L150 -118Z", C.weld), `translate(${n(bx)} ${n(by)}) rotate(7) scale(${(c.w / 1440).toFixed(2)})`));
  const [x, y, r] = [c.w * 0.25, c.h * 0.6, c.w * 0.125];
  const glaze = c.r.pick([C.woad, C.flax, C.moss, C.weld]);
  c.add(`<g filter="${soft}" opacity="0.5">${circle(x + 16, y + 26, r * 1.35, "#1a1008")}</g>`);
  c.add(circle(x, y, r * 1.36, radial(c, [[0.55, darker(glaze, 0.15)], [0.8, paler(glaze, 0.25)], [0.97, glaze], [1, darker(glaze, 0.3)]])));
  c.add(line(`M${n(x + r * 0.75)} ${n(y - r * 0.5)}q${n(r * 0.72)} ${n(-r * 0.36)} ${n(r * 0.62)} ${n(r * 0.34)}q${n(-r * 0.1)} ${n(r * 0.34)} ${n(-r * 0.42)} ${n(r * 0.3)}`, darker(glaze, 0.1), r * 0.13));
  c.add(circle(x, y, r, paler(glaze, 0.35)), circle(x, y, r * 0.91, darker(glaze, 0.4)));
  const tea = c.r.chance(0.5);
  c.add(circle(x, y, r * 0.86, radial(c, tea ? [[0, "#E2A03F"], [0.7, "#A8591E"], [1, "#5E2C0E"]] : [[0, "#8A5A35"], [0.75, "#4B2A14"], [1, "#22110a"]])));
  if (tea) c.add(ellipse(x - r * 0.3, y - r * 0.35, r * 0.2, r * 0.1, "#fff", 'opacity="0.4"'));
  else {
    const leaf = Array.from({ length: 4 }, (_, i) => path(`M0 ${n(-r * (0.5 - i * 0.24))}C${n(r * (0.5 - i * 0.08))} ${n(-r * (0.62 - i * 0.2))} ${n(r * (0.42 - i * 0.08))} ${n(r * (0.02 + i * 0.12))} 0 ${n(r * (0.02 + i * 0.17))}C${n(-r * (0.42 - i * 0.08))} ${n(r * (0.02 + i * 0.12))} ${n(-r * (0.5 - i * 0.08))} ${n(-r * (0.62 - i * 0.2))} 0 ${n(-r * (0.5 - i * 0.24))}Z`, i % 2 ? "#7A4A27" : "#EFD9B4"));
    c.add(group(leaf.join(""), `translate(${n(x)} ${n(y)}) rotate(-20)`));
  }
  steam(c, x, y - r * 0.2, r * 0.9);
  for (let i = 0; i < 3; i++) {
    const [px, py] = [c.w * (0.1 + i * 0.06), c.h * (0.88 + c.r.range(-0.02, 0.03))];
    c.add(ellipse(px + 6, py + 9, 48, 40, "#1a1008", 'opacity="0.35"'), circle(px, py, 44, radial(c, [[0, "#EBC17B"], [0.8, "#B4762F"], [1, "#7A4A1B"]])));
    for (let k = 0; k < 6; k++) c.add(circle(px + c.r.range(-26, 26), py + c.r.range(-26, 26), 6, "#3b2212"));
  }
}

/** Raised beds in a courtyard, sunflowers behind. */
export function beds(c: Canvas, m: Mood): void {
  c.add(rect(0, 0, c.w, c.h, linear(c, [[0, m.sky[0]], [0.4, m.sky[2]]])));
  const wall = mix("#B5654A", m.far, 0.3);
  c.add(rect(0, c.h * 0.2, c.w, c.h * 0.5, linear(c, [[0, paler(wall, 0.12)], [1, darker(wall, 0.15)]])));
  for (let y = c.h * 0.2, row = 0; y < c.h * 0.7; y += 26, row++) for (let x = row % 2 ? -40 : 0; x < c.w; x += 80) c.add(rect(x, y, 77, 23, mix(wall, c.r.pick(["#fff", "#000", C.madder]), c.r.range(0, 0.12)), 'rx="2"'));
  c.add(rect(0, c.h * 0.18, c.w, 24, darker(wall, 0.3)));
  c.add(rect(0, c.h * 0.66, c.w, c.h * 0.34, linear(c, [[0, mix("#B9A27E", m.sky[2], 0.3)], [1, mix("#7D6A4C", m.near, 0.25)]])));
  for (let i = 0; i < 170; i++) c.add(ellipse(c.r.next() * c.w, c.h * c.r.range(0.68, 1), c.r.range(3, 10), c.r.range(2, 5), c.r.chance(0.5) ? "#fff" : "#000", 'opacity="0.14"'));
  const flower = (x: number, y: number, r: number): void => {
    for (let i = 0; i < 22; i++) c.add(group(path(`M0 0Q${n(r * 0.26)} ${n(-r * 0.7)} 0 ${n(-r * 1.06)}Q${n(-r * 0.26)} ${n(-r * 0.7)} 0 0Z`, mix(C.weld, i % 2 ? C.madder : "#fff", c.r.range(0.02, 0.2))), `translate(${n(x)} ${n(y)}) rotate(${n(i * 16.4 + c.r.range(-4, 4))})`));
    c.add(circle(x, y, r * 0.48, radial(c, [[0, "#8A5A22"], [0.6, "#4A2C12"], [1, "#2C190A"]])));
    for (let i = 0; i < 34; i++) { const [a, d] = [i * 2.4, Math.sqrt(i / 34) * r * 0.42]; c.add(circle(x + Math.cos(a) * d, y + Math.sin(a) * d, r * 0.03, C.weldDark)); }
  };
  for (let i = 0; i < 6; i++) {
    const x = c.w * (0.09 + i * 0.165 + c.r.range(-0.03, 0.03));
    const top = c.h * c.r.range(0.16, 0.36);
    c.add(line(`M${n(x)} ${n(c.h * 0.72)}Q${n(x + c.r.range(-20, 20))} ${n(c.h * 0.5)} ${n(x)} ${n(top)}`, mix(C.moss, m.near, 0.2), 13));
    for (let k = 0; k < 6; k++) {
      const [ly, s] = [top + (c.h * 0.62 - top) * ((k + 1) / 6.5), k % 2 ? 1 : -1];
      c.add(path(`M${n(x)} ${n(ly)}q${n(s * 46)} ${n(-46)} ${n(s * 104)} ${n(-6)}q${n(-s * 44)} ${n(46)} ${n(-s * 104)} 6Z`, mix(C.moss, C.weld, c.r.range(0, 0.25))));
    }
    flower(x, top, c.w * c.r.range(0.042, 0.06));
  }
  const wood = linear(c, [[0, "#B98D5C"], [1, "#6B4A2A"]]);
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
        for (let l = 0; l < 15; l++) c.add(group(path("M0 0C-32 -22 -30 -68 0 -80C30 -68 32 -22 0 0Z", mix(tone, l % 2 ? "#fff" : C.moss, c.r.range(0.05, 0.45))), `translate(${n(px)} ${n(y - 2)}) rotate(${n((l / 14 - 0.5) * 150)}) scale(${(0.7 + 0.4 * c.r.next()).toFixed(2)})`));
      } else if (kind === "tomato") {
        c.add(rect(px - 3, y - 190, 6, 190, "#9C7A4C"));
        for (let l = 0; l < 26; l++) c.add(ellipse(px + c.r.range(-44, 44), y - c.r.range(10, 186), c.r.range(12, 28), c.r.range(8, 16), mix(C.moss, C.mossLight, c.r.range(0, 0.5)), `transform="rotate(${c.r.int(-40, 40)} ${n(px)} ${n(y - 90)})"`));
        for (let l = 0; l < 9; l++) { const [tx, ty] = [px + c.r.range(-40, 40), y - c.r.range(20, 160)]; c.add(circle(tx, ty, 14, radial(c, [[0, C.madderLight], [1, c.r.chance(0.75) ? C.madder : C.weld]], [0.35, 0.3, 0.8]))); }
      } else {
        for (let l = 0; l < 8; l++) { const a = (l / 7 - 0.5) * 70; c.add(group(rect(-4, -76, 8, 78, c.r.pick([C.madder, C.weld, C.madderLight])) + path("M0 -60C-40 -70 -36 -140 0 -156C36 -140 40 -70 0 -60Z", mix(C.moss, "#fff", c.r.range(0, 0.2))) + line("M0 -60V-146", C.madderLight, 3), `translate(${n(px)} ${n(y)}) rotate(${n(a)})`)); }
      }
    }
  }
}

/** One flower, very near. */
export function bloom(c: Canvas, m: Mood): void {
  const ground = mix(C.moss, m.near, 0.35);
  c.add(rect(0, 0, c.w, c.h, linear(c, [[0, mix(ground, m.sky[2], 0.3)], [1, darker(ground, 0.4)]])));
  const soft = blur(c, 26);
  const petal = c.r.pick([C.mallowLight, C.madderLight, C.weld, C.flax, C.madder, C.woadLight]);
  const spots = Array.from({ length: 34 }, () => circle(c.r.next() * c.w, c.r.next() * c.h, c.r.range(30, 120), mix(c.r.pick([C.mossLight, C.moss, petal, m.light]), ground, c.r.range(0.1, 0.7)), 'opacity="0.4"'));
  c.add(`<g filter="${soft}">${spots.join("")}</g>`);
  const [x, y, r] = [c.w * c.r.range(0.42, 0.58), c.h * c.r.range(0.44, 0.52), c.h * 0.36];
  c.add(path(`M${n(x - 12)} ${n(y)}Q${n(x + 40)} ${n(c.h * 0.8)} ${n(x - 40)} ${c.h}h34Q${n(x + 70)} ${n(c.h * 0.8)} ${n(x + 12)} ${n(y)}Z`, mix(C.moss, C.weld, 0.15)));
  for (let ring = 0; ring < 3; ring++) {
    const count = 13 - ring;
    const long = r * (1.05 - ring * 0.2);
    const tone = mix(petal, ring === 0 ? darker(petal, 0.3) : paler(petal, 0.5), 0.3);
    const fill = linear(c, [[0, paler(tone, 0.35)], [0.55, tone], [1, darker(mix(tone, C.madder, 0.25), 0.22)]]);
    for (let i = 0; i < count; i++) {
      const wide = long * c.r.range(0.23, 0.28);
      const shape = path(`M0 0C${n(wide)} ${n(-long * 0.3)} ${n(wide * 1.15)} ${n(-long * 0.85)} ${n(wide * 0.1)} ${n(-long)}Q0 ${n(-long * 0.95)} ${n(-wide * 0.1)} ${n(-long)}C${n(-wide * 1.15)} ${n(-long * 0.85)} ${n(-wide)} ${n(-long * 0.3)} 0 0Z`, fill);
      let veins = "";
      for (let v = -2; v <= 2; v++) veins += `M0 ${n(-long * 0.2)}Q${n(v * wide * 0.34)} ${n(-long * 0.55)} ${n(v * wide * 0.2)} ${n(-long * 0.9)}`;
      c.add(group(shape + line(veins, darker(petal, 0.3), 1.6, 'opacity="0.3"'), `translate(${n(x)} ${n(y)}) rotate(${n((i * 360) / count + ring * 14 + c.r.range(-3, 3))})`));
    }
  }
  c.add(circle(x, y, r * 0.3, "#000", 'opacity="0.18"'));
  for (let i = 0; i < 260; i++) { const [a, d] = [i * 2.39996, Math.sqrt(i / 260) * r * 0.28]; c.add(circle(x + Math.cos(a) * d, y + Math.sin(a) * d, r * 0.013 + 1.5, mix(i % 3 ? C.weld : C.weldDark, "#3b2212", (d / r) * 1.6), `opacity="0.95"`)); }
  for (let i = 0; i < 12; i++) { const [a, d] = [c.r.range(0, 6.28), r * c.r.range(0.4, 0.95)]; const [dx, dy, s] = [x + Math.cos(a) * d, y + Math.sin(a) * d, c.r.range(4, 11)]; c.add(circle(dx, dy, s, "#fff", 'opacity="0.3"'), circle(dx - s * 0.3, dy - s * 0.3, s * 0.3, "#fff", 'opacity="0.9"')); }
}

/** An old map: contour lines, a river, a path. */
export function contourMap(c: Canvas, m: Mood): void {
  const paper = mix(C.linen, m.sky[2], 0.25);
  c.add(rect(0, 0, c.w, c.h, linear(c, [[0, paler(paper, 0.3)], [1, darker(paper, 0.06)]], [0, 0, 1, 1])));
  const peaks = Array.from({ length: 4 }, () => ({ x: c.r.range(0.1, 0.9) * c.w, y: c.r.range(0.1, 0.9) * c.h, size: c.r.range(0.28, 0.5) * c.h }));
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
      c.add(path(`${d}Z`, mix(C.moss, C.weld, 1 - ring / 15), `opacity="0.045" `), line(`${d}Z`, mix("#9C6B3A", C.madder, 0.15), ring % 5 === 0 ? 2.6 : 1.2, 'opacity="0.6"'));
    }
  }
  for (let i = 0; i < 320; i++) { const [x, y] = [c.r.next() * c.w, c.r.next() * c.h]; if ((Math.sin(x / 190) + Math.cos(y / 150)) > 0.75) c.add(circle(x, y, 8, C.moss, 'opacity="0.4"'), rect(x - 1, y + 6, 2, 7, C.moss, 'opacity="0.5"')); }
  let river = `M${n(c.w * c.r.range(0.1, 0.4))} -20`;
  let [x, y] = [c.w * 0.3, 0];
  while (y < c.h + 40) { y += c.h * 0.11; x += c.w * c.r.range(-0.11, 0.17); river += `S${n(x + c.r.range(-120, 120))} ${n(y - 60)} ${n(x)} ${n(y)}`; }
  c.add(line(river, C.woadLight, 26, 'opacity="0.9"'), line(river, C.woad, 30, 'opacity="0.25"'));
  const trail = `M-20 ${n(c.h * 0.85)}C${n(c.w * 0.2)} ${n(c.h * 0.5)} ${n(c.w * 0.4)} ${n(c.h * 0.95)} ${n(c.w * 0.55)} ${n(c.h * 0.5)}S${n(c.w * 0.85)} ${n(c.h * 0.4)} ${c.w + 20} ${n(c.h * 0.1)}`;
  c.add(line(trail, C.madder, 6, 'stroke-dasharray="2 16"'));
  c.add(circle(c.w * 0.552, c.h * 0.495, 15, C.madder), circle(c.w * 0.552, c.h * 0.495, 6, C.flax));
  let grid = "";
  for (let i = 1; i < 6; i++) grid += `M${n((c.w * i) / 6)} 0V${c.h}M0 ${n((c.h * i) / 6)}H${c.w}`;
  c.add(line(grid, C.woad, 1.4, 'opacity="0.25"'));
  for (const k of [0.25, 0.5, 0.75]) c.add(rect(c.w * k - 60, 0, 120, c.h, linear(c, [[0, "#000", 0], [0.5, "#000", 0.13], [0.52, "#fff", 0.25], [1, "#fff", 0]], [0, 0, 1, 0])));
  c.add(rect(0, c.h * 0.5 - 50, c.w, 100, linear(c, [[0, "#000", 0], [0.5, "#000", 0.11], [0.52, "#fff", 0.22], [1, "#fff", 0]])));
}

/** A history of branches and merges, drawn as threads. */
export function branches(c: Canvas, m: Mood): void {
  c.add(rect(0, 0, c.w, c.h, linear(c, m.dark ? [[0, "#16202A"], [1, "#0A0F14"]] : [[0, C.flax], [1, C.linen]], [0, 0, 1, 1])));
  const lanes = 6;
  const colors = [C.weld, C.woadLight, C.madderLight, C.mossLight, C.mallowLight, C.sand].map((k) => (m.dark ? k : darker(k, 0.25)));
  const y = (lane: number): number => c.h * (0.16 + (0.68 * lane) / (lanes - 1));
  const steps = 17;
  const x = (step: number): number => c.w * (0.05 + (0.9 * step) / (steps - 1));
  const dots: string[] = [];
  const dot = (s: number, lane: number, big: boolean): void => {
    const color = colors[lane] ?? C.weld;
    dots.push(circle(x(s), y(lane), big ? 34 : 24, color, 'opacity="0.18"'), circle(x(s), y(lane), big ? 18 : 12, color), circle(x(s), y(lane), big ? 8 : 5, m.dark ? "#0E151B" : C.flax));
  };
  const thread = (d: string, lane: number): void => c.add(line(d, m.dark ? "#000" : "#fff", 15), line(d, colors[lane] ?? C.weld, 7));
  thread(`M0 ${n(y(2))}H${c.w}`, 2);
  for (let s = 0; s < steps; s++) dot(s, 2, s % 5 === 0);
  for (const lane of [3, 1, 4, 0, 5]) {
    for (let from = c.r.int(0, 3); from < steps - 3; ) {
      const to = Math.min(steps - 1, from + c.r.int(3, 7));
      const [a, b, yl] = [x(from), x(to), y(lane)];
      const bend = (x(1) - x(0)) * 0.9;
      const merged = c.r.chance(0.82);
      thread(`M${n(a)} ${n(y(2))}C${n(a + bend)} ${n(y(2))} ${n(a)} ${n(yl)} ${n(a + bend)} ${n(yl)}H${n(b - bend)}${merged ? `C${n(b)} ${n(yl)} ${n(b - bend)} ${n(y(2))} ${n(b)} ${n(y(2))}` : ""}`, lane);
      for (let s = from + 1; s < to; s++) if (c.r.chance(0.7)) dot(s, lane, !merged && s === to - 1);
      from = to + c.r.int(0, 3);
    }
  }
  c.add(dots.join(""));
}

/** A cat on the window sill, looking out. */
export function cat(c: Canvas, m: Mood): void {
  c.add(rect(0, 0, c.w, c.h, linear(c, [[0, mix(m.near, m.far, 0.25)], [1, darker(m.near, 0.15)]])));
  const [x, y, w, h] = [c.w * 0.14, c.h * 0.07, c.w * 0.72, c.h * 0.74];
  c.add(circle(c.w / 2, c.h * 0.45, c.w * 0.65, radial(c, [[0, m.light, 0.45], [1, m.light, 0]])));
  const view = c.def((id) => `<clipPath id="${id}"><rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"/></clipPath>`);
  const roofs: string[] = [];
  for (let layer = 0; layer < 3; layer++) {
    const color = mix(mix(m.sky[2], m.far, 0.6), m.near, 0.2 + layer * 0.25);
    for (let rx = x - 40; rx < x + w; ) {
      const rw = c.r.range(80, 170);
      const top = y + h * (0.5 + layer * 0.13 + c.r.range(-0.06, 0.05));
      roofs.push(path(`M${n(rx)} ${n(y + h)}V${n(top)}L${n(rx + rw / 2)} ${n(top - rw * 0.42)}L${n(rx + rw)} ${n(top)}V${n(y + h)}Z`, mix(color, C.madder, 0.16)));
      for (let k = 0; k < 3; k++) roofs.push(rect(rx + rw * c.r.range(0.15, 0.75), top + c.r.range(12, 90), 15, 21, c.r.chance(m.dark ? 0.8 : 0.25) ? mix(C.weld, "#fff", 0.35) : darker(color, 0.25)));
      rx += rw;
    }
  }
  const falling = Array.from({ length: 60 }, () => circle(x + c.r.next() * w, y + c.r.next() * h * 0.7, c.r.range(0.8, 2.2), m.light, 'opacity="0.7"'));
  c.add(`<g clip-path="${view}">${rect(x, y, w, h, linear(c, [[0, m.sky[0]], [0.5, m.sky[1]], [1, m.sky[2]]]))}${circle(x + w * c.r.range(0.2, 0.8), y + h * 0.26, 50, m.light)}${falling.join("")}${roofs.join("")}</g>`);
  const frame = mix(C.flax, m.near, m.dark ? 0.35 : 0.1);
  c.add(rect(x - 26, y - 26, w + 52, h + 40, "none", `stroke="${frame}" stroke-width="34"`), rect(c.w / 2 - 11, y, 22, h, frame), rect(x, y + h * 0.34, w, 17, frame));
  c.add(rect(x - 80, y + h + 6, w + 160, 44, linear(c, [[0, paler(frame, 0.2)], [1, darker(frame, 0.25)]])));
  const fur = mix(c.r.pick(["#2b2522", "#8a5a2c", "#5d5a57", "#d9a05b"]), m.near, 0.25);
  const dark = darker(fur, 0.45);
  const side = c.r.chance(0.5) ? 1 : -1;
  const body = [
    path("M-20 0C-110 0 -128 -150 -70 -230C-40 -270 40 -270 68 -228C118 -150 110 0 30 0Z", linear(c, [[0, fur], [1, dark]])),
    path("M-66 -262L-84 -356L-30 -320Q0 -330 30 -320L82 -356L66 -262Q62 -206 0 -206Q-62 -206 -66 -262Z", fur),
    path("M-74 -338L-66 -296L-44 -318Z M74 -338L66 -296L44 -318Z", mix(dark, C.madderLight, 0.25)),
    line("M34 -8C120 -4 190 -20 196 -70C200 -104 168 -110 164 -84", dark, 30),
    line("M-50 -200q20 18 50 18t50 -18", dark, 3, 'opacity="0.5"'),
    line("M-24 -150C-40 -100 -38 -50 -34 -4M30 -150C44 -100 42 -50 38 -4", dark, 4, 'opacity="0.35"'),
  ];
  c.add(ellipse(c.w * 0.5 + side * 150, y + h + 10, 150, 12, "#000", 'opacity="0.4"'), group(body.join(""), `translate(${n(c.w * 0.5 + side * 150)} ${n(y + h + 10)}) scale(${n(side)} 1) scale(1.12)`));
  const px = c.w * 0.5 - side * 320;
  c.add(path(`M${n(px - 60)} ${n(y + h - 90)}h120l-18 98h-84Z`, linear(c, [[0, "#C0693D"], [1, "#5a2d16"]], [0, 0, 1, 0])));
  for (let i = 0; i < 13; i++) { const a = c.r.range(-1.3, 1.3); const long = c.r.range(70, 190); c.add(path(`M${n(px)} ${n(y + h - 90)}q${n(Math.sin(a) * long * 0.4 - 15)} ${n(-Math.cos(a) * long * 0.7)} ${n(Math.sin(a) * long)} ${n(-Math.cos(a) * long)}q${n(-Math.sin(a) * long * 0.3 + 20)} ${n(Math.cos(a) * long * 0.5)} ${n(-Math.sin(a) * long)} ${n(Math.cos(a) * long)}Z`, mix(C.moss, m.near, c.r.range(0.1, 0.55)))); }
}
