/** Random numbers that are the same for the same seed, so that a generation can be repeated. */

/** Numbers in [0, 1). */
export type Random = () => number;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma(shape ≥ 1, 1) after Marsaglia and Tsang (2000). */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from Beta(ups + 1, downs + 1): how good an arm may be, given its votes. */
export function betaSample(ups: number, downs: number, random: Random): number {
  const a = gamma(ups + 1, random);
  return a / (a + gamma(downs + 1, random));
}

/** A number of a text, for choices that should stay with it. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
