/** Places outside, and two that are nowhere. The ground begins at 780. */
import { circle, ellipse, fill, line, n, path, rect, star } from "./draw.ts";

type Random = () => number;

const cloud = (x: number, y: number, s: number, colour = "#ffffff", opacity = 0.9): string =>
  `<g fill="${colour}" fill-opacity="${opacity}">${path(
    `M${n(x - 90 * s)} ${n(y)}a${n(34 * s)} ${n(34 * s)} 0 0 1 ${n(30 * s)} ${n(-46 * s)}a${n(50 * s)} ${n(50 * s)} 0 0 1 ${n(92 * s)} ${n(-10 * s)}a${n(36 * s)} ${n(36 * s)} 0 0 1 ${n(48 * s)} ${n(56 * s)}z`,
    "",
  )}</g>`;

export function sunburst(random: Random): string {
  const themes = [
    ["#ffd46b", "#f7b54f"],
    ["#8fdccb", "#74cbb8"],
    ["#f6a58f", "#ee8d76"],
    ["#b9a7ea", "#a692de"],
    ["#8ecbee", "#74b8e2"],
  ] as const;
  const [light, dark] = themes[Math.floor(random() * themes.length)] ?? themes[0];
  const [cx, cy, r] = [540, 600, 1000];
  const turn = random() * 20;
  const at = (degrees: number): string => {
    const angle = ((degrees + turn) * Math.PI) / 180;
    return `${n(cx + r * Math.cos(angle))} ${n(cy + r * Math.sin(angle))}`;
  };
  const rays = Array.from({ length: 16 }, (_, i) => `M${cx} ${cy}L${at(i * 22.5)}L${at(i * 22.5 + 11.25)}z`).join("");
  return (
    rect(0, 0, 1080, 1080, 0, fill(light)) + path(rays, fill(dark)) + ellipse(540, 860, 420, 70, fill("#ffffff", 0.28))
  );
}

export function street(random: Random): string {
  const colours = ["#e39b7b", "#8fb8c9", "#e8c477", "#b79ac9", "#8fbf9b"] as const;
  let houses = "";
  for (let x = -20, i = Math.floor(random() * 5); x < 1080; i++) {
    const w = 200 + random() * 60;
    const top = 250 + random() * 170;
    houses += rect(x, top, w, 800 - top, 0, fill(colours[i % 5] ?? colours[0]));
    for (let row = top + 40; row < 600; row += 120)
      houses +=
        rect(x + w * 0.16, row, 52, 70, 4, fill("#f7f0dc")) + rect(x + w * 0.58, row, 52, 70, 4, fill("#f7f0dc"));
    houses += rect(x + w * 0.38, 650, 58, 130, 6, fill("#6b4b3a"));
    x += w;
  }
  return (
    rect(0, 0, 1080, 800, 0, fill("#bfe3f0")) +
    cloud(220 + random() * 80, 170, 1.1) +
    cloud(780 + random() * 80, 120, 0.9) +
    houses +
    rect(0, 776, 1080, 60, 0, fill("#cfc8bb")) +
    rect(0, 830, 1080, 250, 0, fill("#6e7382")) +
    path("M40 950h160M300 950h160M560 950h160M820 950h160", line("#f2ead2", 18)) +
    rect(900, 420, 16, 370, 4, fill("#3d4456")) +
    path("M908 424q0-40-60-40", line("#3d4456", 14)) +
    path("M806 372h60l12 34h-84z", fill("#ffe08a"))
  );
}

export function forest(random: Random): string {
  const tree = (x: number, y: number, s: number, colour: string): string =>
    rect(x - 16 * s, y - 90 * s, 32 * s, 100 * s, 0, fill("#7a553a")) +
    path(
      `M${n(x - 120 * s)} ${n(y - 70 * s)}L${n(x)} ${n(y - 320 * s)}L${n(x + 120 * s)} ${n(y - 70 * s)}z`,
      fill(colour),
    ) +
    path(
      `M${n(x - 92 * s)} ${n(y - 190 * s)}L${n(x)} ${n(y - 410 * s)}L${n(x + 92 * s)} ${n(y - 190 * s)}z`,
      fill(colour),
    );
  const far = [60, 230, 400, 600, 770, 960]
    .map((x) => tree(x + random() * 40, 700, 0.85 + random() * 0.2, "#6fae8e"))
    .join("");
  const near = [20, 190, 880, 1050].map((x) => tree(x, 810, 1.3 + random() * 0.2, "#3f8064")).join("");
  return (
    rect(0, 0, 1080, 800, 0, fill("#d4ecd2")) +
    circle(790, 190, 80, fill("#fff3c0")) +
    far +
    path("M0 700Q270 640 540 700T1080 690V1080H0z", fill("#8cc07a")) +
    near +
    path("M0 800Q300 750 560 800T1080 790V1080H0z", fill("#6ba662")) +
    [120, 300, 820, 960].map((x) => path(`M${x} 900q6-30-8-44m8 44q4-34 22-46`, line("#4c8a4a", 8))).join("") +
    rect(180, 936, 20, 34, 6, fill("#f7ead0")) +
    path("M150 940q40-66 80 0z", fill("#d9534a")) +
    circle(178, 922, 7, fill("#ffffff")) +
    circle(202, 918, 6, fill("#ffffff"))
  );
}

export function beach(random: Random): string {
  const sail = 200 + random() * 200;
  return (
    rect(0, 0, 1080, 600, 0, fill("#aee2f2")) +
    circle(850, 180, 88, fill("#fff0a8")) +
    cloud(260 + random() * 80, 180, 1.1) +
    cloud(600, 120, 0.8) +
    rect(0, 520, 1080, 250, 0, fill("#4fb3c9")) +
    path("M0 590q54-24 108 0t108 0t108 0t108 0t108 0t108 0t108 0t108 0t108 0t108 0", line("#86d0de", 12)) +
    path("M60 650q54-24 108 0t108 0t108 0t108 0t108 0t108 0t108 0t108 0", line("#86d0de", 10)) +
    path(`M${n(sail)} 524h120l-24 34h-76z`, fill("#b5553f")) +
    path(`M${n(sail + 58)} 516V370l70 130zM${n(sail + 50)} 510V400l-46 104z`, fill("#fff6e6")) +
    path("M0 730q90-30 180 0t180 0t180 0t180 0t180 0t180 0V1080H0z", fill("#f4f9f4")) +
    path("M0 756q90-30 180 0t180 0t180 0t180 0t180 0t180 0V1080H0z", fill("#f1d79e")) +
    path("M930 800L976 540", line("#8f6b4c", 16)) +
    path("M800 590q40-130 190-110t150 160q-40-30-70-6q-30-40-84-22q-40-50-90-14q-44-34-96-8z", fill("#e0584e")) +
    star(150, 940, 46, 22, 5, fill("#f08a5c")) +
    ellipse(860, 980, 60, 16, fill("#dfc184"))
  );
}

export function mountain(random: Random): string {
  const peak = 420 + random() * 160;
  return (
    rect(0, 0, 1080, 800, 0, fill("#c3e2f2")) +
    cloud(190, 210, 1.1) +
    cloud(880, 150 + random() * 50, 1) +
    path(`M-60 800L${n(peak - 240)} 350L${n(peak + 60)} 800zM${n(peak + 100)} 800L880 330L1200 800z`, fill("#93a9c8")) +
    path(`M60 800L${n(peak)} 190L${n(peak + 440)} 800z`, fill("#71809f")) +
    path(`M${n(peak)} 190L${n(peak - 100)} 330l44-8l30 40l40-34l34 44l30-52l36 16z`, fill("#ffffff")) +
    path("M0 760Q260 650 540 730T1080 700V1080H0z", fill("#94b87a")) +
    path("M0 820Q300 760 620 820T1080 800V1080H0z", fill("#789f63")) +
    path("M700 1080Q640 940 760 880T740 780", line("#e3d3a8", 44)) +
    rect(170, 700, 18, 130, 0, fill("#7a553a")) +
    path("M110 690h160l40 26l-40 26H110z", fill("#c79a66"))
  );
}

export function rain(random: Random): string {
  let drops = "";
  for (let i = 0; i < 90; i++) drops += `M${n(random() * 1120)} ${n(random() * 800)}l-16 46`;
  return (
    rect(0, 0, 1080, 800, 0, fill("#8fa3b8")) +
    path("M0 560h120v-160h130v90h110v-190h150v230h120v-150h140v80h110v-150h100v90h100V800H0z", fill("#7b90a7")) +
    cloud(200, 190, 1.7, "#66788f", 1) +
    cloud(560, 150, 2, "#5d6f86", 1) +
    cloud(900, 200, 1.7, "#66788f", 1) +
    path(drops, line("#cfe3f1", 6)) +
    rect(0, 780, 1080, 300, 0, fill("#5d6b7e")) +
    ellipse(220, 930, 170, 30, fill("#8fb1c9")) +
    ellipse(840, 980, 200, 34, fill("#8fb1c9")) +
    ellipse(220, 928, 90, 14, `fill="none" stroke="#c9e0ee" stroke-width="6"`) +
    ellipse(860, 976, 100, 16, `fill="none" stroke="#c9e0ee" stroke-width="6"`)
  );
}

export function space(random: Random): string {
  let stars = "";
  for (let i = 0; i < 70; i++) stars += circle(random() * 1080, random() * 820, 1.5 + random() * 4, fill("#fff3cf"));
  return (
    rect(0, 0, 1080, 1080, 0, fill("#221f4d")) +
    ellipse(300, 420, 520, 200, fill("#3b2f78", 0.7)) +
    ellipse(820, 260, 380, 150, fill("#4a3a8c", 0.6)) +
    stars +
    circle(830, 250, 96, fill("#f2a07a")) +
    path("M742 216q88 34 178 6M736 270q90 40 186 10", line("#e0866a", 14)) +
    `<g transform="translate(830 250) rotate(-18)">${ellipse(0, 0, 170, 34, `fill="none" stroke="#ffd98a" stroke-width="14"`)}</g>` +
    circle(180, 200, 44, fill("#7fc7c4")) +
    circle(166, 190, 12, fill("#5fa9a8")) +
    circle(196, 214, 8, fill("#5fa9a8")) +
    path("M0 830Q540 730 1080 830V1080H0z", fill("#b9b4d6")) +
    ellipse(200, 930, 90, 24, fill("#9b95c0")) +
    ellipse(860, 900, 70, 18, fill("#9b95c0")) +
    ellipse(620, 1010, 120, 28, fill("#9b95c0"))
  );
}
