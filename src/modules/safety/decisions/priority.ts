/** What a complaint is worth by itself, by its category. */
const BASE: Readonly<Record<string, number>> = { legal: 40, violation: 20, other: 15, spam: 15 };

/** How much more the number of people who complain may add: two hundred fresh accounts must not outrank a child in danger. */
const CAP = 30;
const EACH = 10;

export interface Reporter {
  category: string;
  /** Cases to which this person's complaints led to a decision, and those that were dismissed. */
  acted: number;
  dismissed: number;
}

/** Credibility of somebody's complaints between 0 and 1: one half for a stranger (Laplace's rule of succession). */
export const credibility = (r: Pick<Reporter, "acted" | "dismissed">): number =>
  (r.acted + 1) / (r.acted + r.dismissed + 2);

/** Priority of a case from its complaints, each person counted once. 0 to 70. */
export function reportPriority(reporters: readonly Reporter[]): number {
  if (reporters.length === 0) return 0;
  const base = Math.max(...reporters.map((r) => (BASE[r.category] ?? 15) * (0.5 + credibility(r))));
  const crowd = reporters.reduce((sum, r) => sum + credibility(r), 0) - 0.5;
  return Math.round(Math.min(40, base) + Math.min(CAP, Math.max(0, crowd) * EACH));
}

/** Categories of the public notice form, with priority. Those that concern children come first, always. */
export const NOTICE_CATEGORIES = {
  child_safety: 100,
  terrorism: 90,
  intimate_images: 90,
  threats: 80,
  hate: 60,
  fraud: 50,
  privacy: 50,
  copyright: 40,
  other: 40,
} as const;
export type NoticeCategory = keyof typeof NOTICE_CATEGORIES;
