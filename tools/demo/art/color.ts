/** Colours of plants: the brand's own, and what lies between them. */
export const C = {
  flax: "#FBF8F3",
  linen: "#F2EDE4",
  sand: "#DDD5C7",
  ink: "#1C2227",
  night: "#11161A",
  woad: "#17566E",
  woadDeep: "#0F4357",
  woadPale: "#DCEBF0",
  woadLight: "#7CC3DB",
  madder: "#B3322B",
  madderLight: "#FF8F80",
  madderPale: "#F9E3DF",
  weld: "#F2C230",
  weldDark: "#7A5B00",
  weldPale: "#FBF0CC",
  moss: "#2F6B3A",
  mossLight: "#86CB90",
  mossPale: "#E0EFE1",
  mallow: "#74407F",
  mallowLight: "#D3A2DE",
} as const;

type Triple = [number, number, number];

function toLinear(hex: string): Triple {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  const n = Number.parseInt(long.slice(1), 16);
  const f = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return [f(((n >> 16) & 255) / 255), f(((n >> 8) & 255) / 255), f((n & 255) / 255)];
}

function toLab(hex: string): Triple {
  const [r, g, b] = toLinear(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([L, a, b]: Triple): string {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const f = (v: number): string => {
    const c = v <= 0.0031308 ? 12.92 * v : 1.055 * Math.max(0, v) ** (1 / 2.4) - 0.055;
    return Math.max(0, Math.min(255, Math.round(c * 255)))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${f(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)}${f(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)}${f(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)}`;
}

/** Mixes two colours as the eye does (Oklab); t = 0 gives a. */
export function mix(a: string, b: string, t: number): string {
  const [x, y] = [toLab(a), toLab(b)];
  return fromLab([x[0] + (y[0] - x[0]) * t, x[1] + (y[1] - x[1]) * t, x[2] + (y[2] - x[2]) * t]);
}

export const darker = (hex: string, t: number): string => mix(hex, "#070b0e", t);
export const paler = (hex: string, t: number): string => mix(hex, "#fffdf8", t);

/** The light of a scene. `sky` runs from the zenith to the horizon. */
export interface Mood {
  sky: [string, string, string];
  /** Sun, moon, lamps. */
  light: string;
  /** What far things fade into, and what near things are made of. */
  far: string;
  near: string;
  /** Accent of the scene. */
  accent: string;
  dark: boolean;
}

export const MOODS = {
  dawn: {
    sky: ["#5E86A8", "#E9B9A6", "#FBE3BF"],
    light: "#FFF3D2",
    far: "#C9A9AE",
    near: "#2B3B4A",
    accent: C.madderLight,
    dark: false,
  },
  day: {
    sky: ["#4F9CBD", "#A9D3E0", "#EAF3EC"],
    light: "#FFF8DF",
    far: "#A5C6C4",
    near: "#1F4B3A",
    accent: C.weld,
    dark: false,
  },
  gold: {
    sky: ["#B5683C", "#EFB25A", "#FBE7AE"],
    light: "#FFF6D0",
    far: "#D9A765",
    near: "#3A2A22",
    accent: C.madder,
    dark: false,
  },
  dusk: {
    sky: ["#2A2F57", "#8A4E84", "#F0957A"],
    light: "#FFE0B0",
    far: "#8A5C86",
    near: "#191B30",
    accent: C.weld,
    dark: true,
  },
  night: {
    sky: ["#080E1B", "#12253C", "#2C5166"],
    light: "#F6EFD8",
    far: "#24415A",
    near: "#060B12",
    accent: C.weld,
    dark: true,
  },
  mist: {
    sky: ["#B8C6C6", "#D5DAD2", "#EDE8DB"],
    light: "#FFFDF4",
    far: "#C6CEC8",
    near: "#3D5250",
    accent: C.madder,
    dark: false,
  },
  rain: {
    sky: ["#4C5F6B", "#7F939B", "#B3BFC0"],
    light: "#E8EEEA",
    far: "#8B9EA3",
    near: "#22323A",
    accent: C.weld,
    dark: true,
  },
  winter: {
    sky: ["#8FB0C4", "#CFDDE4", "#F6EFE8"],
    light: "#FFFFFF",
    far: "#BFCBD6",
    near: "#3A4B5C",
    accent: C.madder,
    dark: false,
  },
} as const satisfies Record<string, Mood>;
export type MoodName = keyof typeof MOODS;
