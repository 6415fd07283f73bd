/** How much one person may ask of the studio. */

export const LIMITS = {
  /** Characters of a prompt. */
  prompt: 500,
  variants: { min: 1, max: 8, usual: 4 },
  /** Generations under way at once. */
  open: 2,
  /** Generations on the last 24 hours. What no model runs for costs a few milliseconds; what costs money is scarce, more so for new accounts. */
  day: { all: 300, paid: 30, paidWhenNew: 10 },
  newAccountMs: 86_400_000,
  /** Memes published in 24 hours. */
  published: 10,
  captionsDeadlineMs: 12_000,
  pictureDeadlineMs: 90_000,
  /** A hold outlives its job by a wide margin; the sweeper of generations comes first. */
  holdMs: 15 * 60_000,
  attempts: 2,
  draftDays: 30,
  depth: 64,
} as const;
