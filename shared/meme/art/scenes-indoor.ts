/** Rooms. Flat, without the bold line of the figures, so that these stand out; the floor begins at 780. */
import { circle, ellipse, fill, line, n, path, rect } from "./draw.ts";

type Random = () => number;

/** Wall and floor with a skirting board between. */
const room = (wall: string, floor: string, skirting: string): string =>
  rect(0, 0, 1080, 790, 0, fill(wall)) +
  rect(0, 780, 1080, 300, 0, fill(floor)) +
  rect(0, 768, 1080, 24, 0, fill(skirting));

const pick = <T>(random: Random, list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];

function books(random: Random, x: number, y: number, w: number): string {
  let out = "";
  for (let at = x; at < x + w - 20;) {
    const wide = 18 + random() * 18;
    const tall = 70 + random() * 38;
    out += rect(
      at,
      y - tall,
      wide,
      tall,
      3,
      fill(pick(random, ["#c9594f", "#e0a24a", "#4e8d88", "#5a6aa5", "#8c6aa8"])),
    );
    at += wide + 3;
  }
  return out;
}

export function office(random: Random): string {
  const blinds = Array.from({ length: 7 }, (_, i) => rect(90, 130 + i * 46, 330, 8, 0, fill("#ffffff", 0.55))).join("");
  const notes = Array.from({ length: 6 }, (_, i) => {
    const [x, y] = [704 + (i % 3) * 104 + random() * 14, 150 + Math.floor(i / 3) * 120 + random() * 14];
    return rect(x, y, 74, 74, 3, fill(pick(random, ["#ffd96b", "#ff9d8a", "#9ee0d0"])));
  }).join("");
  return (
    room("#cfe3ea", "#93a7b5", "#7f94a3") +
    rect(70, 110, 370, 350, 10, fill("#f4fafc")) +
    rect(90, 130, 330, 310, 0, fill("#9ed2ea")) +
    path("M90 440V330h50v-60h70v90h60v-120h80v80h70v120z", fill("#7fb4d0")) +
    blinds +
    rect(660, 110, 350, 290, 10, fill("#b98a5e")) +
    rect(678, 128, 314, 254, 4, fill("#dcb488")) +
    notes +
    rect(0, 690, 250, 26, 6, fill("#8f6b4c")) +
    rect(24, 716, 26, 110, 0, fill("#6f523a")) +
    rect(196, 716, 26, 110, 0, fill("#6f523a")) +
    rect(60, 560, 150, 104, 8, fill("#3a4660")) +
    rect(72, 572, 126, 80, 2, fill("#7fd0c8")) +
    rect(122, 664, 26, 28, 0, fill("#3a4660")) +
    rect(880, 610, 150, 190, 8, fill("#74889a")) +
    rect(896, 630, 118, 66, 4, fill("#8ea1b2")) +
    rect(896, 712, 118, 66, 4, fill("#8ea1b2")) +
    rect(938, 656, 34, 10, 5, fill("#5b6d7d")) +
    rect(938, 738, 34, 10, 5, fill("#5b6d7d"))
  );
}

export function kitchen(random: Random): string {
  const tiles = Array.from({ length: 7 }, (_, i) => rect(i * 164 - 30, 396, 82, 130, 0, fill("#ffffff", 0.35))).join(
    "",
  );
  const steam = 640 + random() * 60;
  return (
    room("#fbe3b8", "#c98f6b", "#b0754f") +
    rect(0, 396, 1080, 130, 0, fill("#f3cf95")) +
    tiles +
    rect(40, 90, 300, 230, 10, fill("#68a69b")) +
    rect(56, 106, 128, 198, 6, fill("#7dbbaf")) +
    rect(196, 106, 128, 198, 6, fill("#7dbbaf")) +
    circle(172, 210, 8, fill("#e9f3ee")) +
    circle(208, 210, 8, fill("#e9f3ee")) +
    rect(740, 90, 300, 230, 10, fill("#68a69b")) +
    rect(756, 106, 268, 198, 6, fill("#7dbbaf")) +
    circle(776, 210, 8, fill("#e9f3ee")) +
    rect(430, 110, 220, 210, 12, fill("#e8f6fb")) +
    rect(446, 126, 188, 178, 4, fill("#a5d9ef")) +
    path("M540 126v178M446 215h188", line("#e8f6fb", 12)) +
    rect(0, 526, 1080, 34, 0, fill("#fff3dd")) +
    rect(0, 560, 1080, 220, 0, fill("#5c9a90")) +
    path("M270 560v220M810 560v220", line("#4c867d", 8)) +
    rect(835, 590, 215, 170, 10, fill("#3c4a5c")) +
    rect(860, 630, 165, 100, 8, fill("#f2a541", 0.85)) +
    rect(n2(steam), 452, 110, 74, 10, fill("#d9534a")) +
    rect(n2(steam) - 14, 444, 138, 14, 7, fill("#b93f38")) +
    path(`M${n(steam + 30)} 430q-14-22 0-44t0-44M${n(steam + 76)} 430q-14-22 0-44t0-44`, line("#ffffff", 10)) +
    rect(110, 440, 60, 86, 12, fill("#e8e0f0")) +
    rect(186, 460, 60, 66, 12, fill("#f2b8a0"))
  );
}
const n2 = (value: number): number => Math.round(value);

export function bedroomNight(random: Random): string {
  const stars = Array.from({ length: 14 }, () =>
    circle(660 + random() * 290, 120 + random() * 250, 2 + random() * 4, fill("#fff6cf")),
  ).join("");
  return (
    room("#313a6b", "#252b52", "#1f2446") +
    rect(620, 80, 370, 340, 12, fill("#4a5590")) +
    rect(640, 100, 330, 300, 4, fill("#141a3c")) +
    stars +
    circle(720, 190, 52, fill("#ffedb0")) +
    circle(742, 176, 46, fill("#141a3c")) +
    path("M805 100v300M640 250h330", line("#4a5590", 12)) +
    rect(90, 150, 200, 150, 8, fill("#475292")) +
    path("M106 284l54-84l38 52l26-30l50 62z", fill("#6f7cc0")) +
    rect(0, 560, 520, 220, 24, fill("#6c4f8f")) +
    rect(0, 640, 620, 180, 30, fill("#8a6cb5")) +
    rect(30, 580, 240, 90, 40, fill("#d9d3f2")) +
    path("M0 720h620v60q-60 40-120 0t-120 0t-120 0t-120 0t-120 0z", fill("#a88bd0")) +
    rect(800, 640, 190, 160, 10, fill("#5d4a3d")) +
    rect(816, 664, 158, 48, 5, fill("#735c4b")) +
    circle(895, 688, 7, fill("#c9a97a")) +
    path("M850 560h90l24 60h-138z", fill("#ffd98a")) +
    rect(886, 618, 18, 24, 0, fill("#c9a97a")) +
    ellipse(895, 600, 190, 150, fill("#ffe7a3", 0.13))
  );
}

export function gym(random: Random): string {
  const mat = pick(random, ["#5fb6ae", "#e88b6b", "#8d7cc9"]);
  const plate = (x: number, y: number): string =>
    circle(x, y, 74, fill("#39405c")) + circle(x, y, 44, fill("#4d5676")) + circle(x, y, 14, fill("#c5cad8"));
  return (
    room("#e7dccb", "#6f7788", "#5b6274") +
    rect(60, 90, 960, 330, 12, fill("#f6efe3")) +
    rect(80, 110, 920, 290, 4, fill("#cfe0e6")) +
    path("M180 400l180-290M560 400l180-290", line("#e3eef2", 34)) +
    rect(60, 480, 420, 20, 6, fill("#4a5168")) +
    rect(90, 500, 22, 290, 0, fill("#4a5168")) +
    rect(430, 500, 22, 290, 0, fill("#4a5168")) +
    plate(150, 470) +
    plate(392, 470) +
    rect(640, 600, 400, 18, 6, fill("#4a5168")) +
    rect(660, 618, 18, 180, 0, fill("#4a5168")) +
    rect(1000, 618, 18, 180, 0, fill("#4a5168")) +
    [700, 780, 860, 940]
      .map((x, i) => circle(x, 580, 24 + i * 4, fill(pick(random, ["#e0584e", "#f2a541", "#3f7cc4"]))))
      .join("") +
    ellipse(540, 940, 430, 60, fill(mat)) +
    ellipse(540, 934, 400, 46, fill("#ffffff", 0.14))
  );
}

export function classroom(random: Random): string {
  const scribble = Array.from(
    { length: 4 },
    (_, i) => `M${n(250 + random() * 40)} ${n(200 + i * 56)}h${n(240 + random() * 260)}`,
  ).join("");
  return (
    room("#f2dcb3", "#b98a60", "#96693f") +
    rect(150, 100, 780, 400, 12, fill("#9c6b42")) +
    rect(172, 122, 736, 356, 4, fill("#3e6b57")) +
    path(scribble, line("#d9ebdf", 9)) +
    circle(800, 250, 54, `fill="none" stroke="#d9ebdf" stroke-width="8"`) +
    path("M800 250v-34M800 250h26", line("#d9ebdf", 8)) +
    rect(300, 478, 480, 20, 6, fill("#7d5432")) +
    rect(330, 468, 60, 12, 4, fill("#ffffff")) +
    rect(420, 468, 40, 12, 4, fill("#f6a9b6")) +
    rect(40, 640, 230, 24, 6, fill("#d9a36b")) +
    rect(64, 664, 20, 150, 0, fill("#7d5432")) +
    rect(226, 664, 20, 150, 0, fill("#7d5432")) +
    books(random, 80, 640, 130) +
    rect(820, 640, 230, 24, 6, fill("#d9a36b")) +
    rect(844, 664, 20, 150, 0, fill("#7d5432")) +
    rect(1006, 664, 20, 150, 0, fill("#7d5432")) +
    circle(930, 606, 34, fill("#e0584e")) +
    path("M930 576q6-22 24-26", line("#5c3d22", 8))
  );
}

export function serverRoom(random: Random): string {
  const rack = (x: number): string => {
    const units = Array.from({ length: 9 }, (_, i) => {
      const y = 130 + i * 72;
      const lights = Array.from({ length: 5 }, (_unused, k) =>
        circle(x + 34 + k * 22, y + 26, 6, fill(pick(random, ["#59e3a7", "#59e3a7", "#ffcf5c", "#ff6b5e"]))),
      ).join("");
      return rect(x + 14, y, 222, 54, 6, fill("#2c3658")) + lights + rect(x + 156, y + 18, 64, 16, 4, fill("#1b2341"));
    }).join("");
    return rect(x, 100, 250, 700, 12, fill("#1e2646")) + units;
  };
  return (
    room("#3c4a78", "#2a3256", "#222a4a") +
    path("M0 860h1080M0 960h1080M180 790l-120 290M540 790v290M900 790l120 290", line("#343e68", 8)) +
    rack(20) +
    rack(290) +
    rack(560) +
    rack(830) +
    path("M120 100V40H960V100M400 100V60H700V100", line("#e0584e", 10)) +
    path("M180 100V70H860V100", line("#4fb6c9", 10))
  );
}

export function supermarket(random: Random): string {
  const shelf = (x: number, y: number, w: number): string => {
    let goods = "";
    for (let at = x + 14; at < x + w - 60; at += 66) {
      const colour = pick(random, ["#e0584e", "#f2a541", "#3f7cc4", "#6fb76a", "#8d7cc9", "#f6a9b6"]);
      const tall = 70 + random() * 40;
      goods +=
        random() < 0.5
          ? rect(at, y - tall, 52, tall, 8, fill(colour))
          : rect(at + 8, y - tall, 36, tall, 16, fill(colour)) + rect(at + 18, y - tall - 16, 16, 20, 3, fill(colour));
      goods += rect(at + 8, y - tall * 0.6, 36, 20, 3, fill("#ffffff", 0.7));
    }
    return (
      goods +
      rect(x, y, w, 22, 0, fill("#c7ced8")) +
      rect(x + 20, y + 4, 44, 14, 2, fill("#ffcf5c")) +
      rect(x + 150, y + 4, 44, 14, 2, fill("#ffcf5c"))
    );
  };
  return (
    room("#eef3f0", "#cdd5d8", "#aab5ba") +
    rect(0, 60, 1080, 720, 0, fill("#dde5e6")) +
    rect(0, 60, 1080, 60, 0, fill("#d9534a")) +
    rect(420, 74, 240, 32, 8, fill("#fff3dd")) +
    [270, 440, 610].map((y) => shelf(0, y, 1080)).join("") +
    shelf(0, 770, 1080) +
    path("M0 860h1080M0 970h1080M230 790l-140 290M540 790v290M850 790l140 290", line("#bcc6ca", 6))
  );
}

export function livingRoom(random: Random): string {
  return (
    room("#e9c9b4", "#a9714f", "#8d5a3d") +
    rect(90, 120, 190, 230, 8, fill("#fff3e2")) +
    rect(108, 138, 154, 194, 2, fill("#8cc7bf")) +
    circle(185, 220, 46, fill("#f2784b")) +
    path("M108 332q77-70 154 0z", fill("#4e8d88")) +
    rect(330, 150, 130, 130, 8, fill("#fff3e2")) +
    rect(346, 166, 98, 98, 2, fill("#e8b04a")) +
    rect(780, 170, 230, 18, 4, fill("#8d5a3d")) +
    books(random, 795, 170, 200) +
    rect(780, 330, 230, 18, 4, fill("#8d5a3d")) +
    books(random, 795, 330, 130) +
    path("M955 330v-30q-26-8-30-42q30 0 34 30q6-34 36-36q-2 36-30 46v32z", fill("#4e9a5e")) +
    rect(180, 520, 720, 250, 50, fill("#4f8f93")) +
    rect(130, 600, 140, 200, 44, fill("#5ba2a5")) +
    rect(810, 600, 140, 200, 44, fill("#5ba2a5")) +
    rect(250, 650, 580, 130, 26, fill("#67b1b3")) +
    path("M540 540v100", line("#438084", 8)) +
    rect(300, 570, 120, 110, 22, fill("#f2b45c")) +
    rect(190, 796, 30, 40, 6, fill("#6b432b")) +
    rect(860, 796, 30, 40, 6, fill("#6b432b")) +
    ellipse(540, 960, 460, 84, fill("#d9a27e")) +
    ellipse(540, 956, 390, 60, fill("#e6b795"))
  );
}

export function train(random: Random): string {
  const hills = `M0 420Q${n(100 + random() * 100)} 300 320 400T620 360T920 400T1080 350V500H0z`;
  const window = (x: number): string =>
    `<svg x="${x}" y="140" width="300" height="320" viewBox="${x} 140 300 320">${rect(0, 140, 1080, 320, 0, fill("#a8daf0"))}${path(hills, fill("#7fb98a"))}${circle(860, 220, 40, fill("#fff0b3"))}</svg>` +
    rect(x, 140, 300, 320, 26, `fill="none" stroke="#f7f1e4" stroke-width="16"`);
  const seat = (x: number): string =>
    rect(x, 540, 230, 250, 40, fill("#4c6aa8")) +
    rect(x + 24, 560, 182, 100, 26, fill("#6484c4")) +
    rect(x - 8, 720, 246, 80, 24, fill("#3d5a96"));
  return (
    room("#dfd3bd", "#7d8694", "#69717f") +
    [50, 390, 730].map(window).join("") +
    rect(0, 60, 1080, 26, 0, fill("#c2b497")) +
    path("M0 108H1080", line("#8b95a5", 10)) +
    [160, 420, 680, 930]
      .map(
        (x) =>
          path(`M${x} 108v46`, line("#8b95a5", 8)) +
          circle(x, 172, 20, `fill="none" stroke="#e8a23d" stroke-width="9"`),
      )
      .join("") +
    seat(30) +
    seat(820) +
    rect(0, 790, 1080, 20, 0, fill("#5b6371"))
  );
}
