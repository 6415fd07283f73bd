/** What a bank is about. */
export const BANK_KINDS = ["csam", "ncii", "terror", "spam", "own"] as const;
export type BankKind = (typeof BANK_KINDS)[number];
/** `test` is the Skein test pattern, which is in no bank. */
export type CaseKind = BankKind | "test";

/** From the gravest to the least: of several hits the gravest is the case. */
const GRAVITY: readonly CaseKind[] = ["csam", "ncii", "terror", "own", "spam", "test"];
export const gravity = (kind: CaseKind): number => GRAVITY.indexOf(kind);

/** Who brings such a picture is frozen until somebody has decided. */
export const freezes = (kind: CaseKind): boolean => kind === "csam" || kind === "ncii";
