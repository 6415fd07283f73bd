/** Amounts: `bigint` minor units inside, canonical decimal strings in the asset's unit outside. No floats anywhere. */
import { AppError } from "./errors.ts";

/** Decimals of each asset's unit. Fixed for ever: they say what the stored numbers mean. */
export const ASSET_SCALES = { EUR: 6, USD: 6, CREDIT: 3, TOKEN: 6 } as const;

export type Asset = keyof typeof ASSET_SCALES;

export const ASSETS: readonly Asset[] = ["EUR", "USD", "CREDIT", "TOKEN"];

/** Greatest amount of one movement, in minor units: thousands of them fit into what PostgreSQL's `bigint` holds. */
export const MAX_AMOUNT = 1_000_000_000_000_000n;

/** Micro-units in a cent of EUR or USD. */
const PER_CENT = 10_000n;

/** True for the code of a known asset. */
export function isAsset(code: string): code is Asset {
  return ASSETS.some((asset) => asset === code);
}

/** Minor units as a canonical decimal string in the asset's unit: no exponent, no plus sign, no trailing zeros. `moneyFormat(12500n, "CREDIT")` is "12.5". */
export function moneyFormat(amount: bigint, asset: Asset): string {
  const scale = ASSET_SCALES[asset];
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * Parses a decimal string in the asset's unit into minor units. Zeros at the end are understood; more decimals than the asset has, signs,
 * exponents and spaces are not.
 *
 * @returns undefined for anything that is no amount from 0 to `MAX_AMOUNT`.
 */
export function moneyParse(text: string, asset: Asset): bigint | undefined {
  const found = /^(0|[1-9]\d{0,18})(?:\.(\d{1,18}))?$/.exec(text);
  if (!found) return undefined;
  const scale = ASSET_SCALES[asset];
  const fraction = (found[2] ?? "").replace(/0+$/, "");
  if (fraction.length > scale) return undefined;
  const amount = BigInt(`${found[1] ?? ""}${fraction.padEnd(scale, "0")}`);
  return amount > MAX_AMOUNT ? undefined : amount;
}

/** Like `moneyParse`; throws `AppError("unprocessable")` with a sentence that names the value. */
export function moneyOf(text: string, asset: Asset): bigint {
  const amount = moneyParse(text, asset);
  if (amount === undefined)
    throw new AppError(
      "unprocessable",
      `"${text.slice(0, 40)}" is not an amount of ${asset}: digits with at most ${ASSET_SCALES[asset]} decimals.`,
    );
  return amount;
}

/** Whole cents as minor units of EUR or USD (both have six decimals). */
export function eurFromCents(cents: bigint): bigint {
  return cents * PER_CENT;
}

/** The part of an amount of EUR or USD that is whole cents, in cents, and the rest in minor units. Rounds towards zero. */
export function centsOf(amount: bigint): { cents: bigint; rest: bigint } {
  return { cents: amount / PER_CENT, rest: amount % PER_CENT };
}

/** An amount as people of a language write it, with all its decimals that matter; EUR and USD with their sign. For texts, never for calculations. */
export function formatMoney(amount: bigint, asset: Asset, locale: string): string {
  const money = asset === "EUR" || asset === "USD";
  const format = new Intl.NumberFormat(locale, {
    ...(money ? { style: "currency" as const, currency: asset } : {}),
    minimumFractionDigits: money ? 2 : 0,
    maximumFractionDigits: ASSET_SCALES[asset],
  });
  // A decimal string is formatted exactly; a number would round.
  return format.format(moneyFormat(amount, asset) as `${number}`);
}

/**
 * Splits a total over weights: each gets its share rounded down, the rest goes one by one to the largest remainders, ties by position.
 * The parts add up to the total exactly. Throws `RangeError` for a negative total or weight, or weights that are all zero.
 */
export function splitByWeight(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (total < 0n || sum <= 0n || weights.some((w) => w < 0n)) throw new RangeError("nothing to split by");
  const parts = weights.map((w) => (total * w) / sum);
  let left = total - parts.reduce((a, b) => a + b, 0n);
  const order = weights
    .map((w, i) => ({ i, rest: (total * w) % sum }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest < b.rest ? 1 : -1));
  for (const { i } of order) {
    if (left === 0n) break;
    parts[i] = (parts[i] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}
