import { currentLocale } from "./locale.ts";

/** An amount in euro, from a decimal string; what models cost needs more than cents. */
export function euro(amount: string): string {
  const as = { style: "currency", currency: "EUR", maximumFractionDigits: 4 } as const;
  return new Intl.NumberFormat(currentLocale(), as).format(Number(amount));
}
