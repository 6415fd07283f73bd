/** Source of the current time, so that tests can move it. All times are UTC. */
export interface Clock {
  now(): Date;
  /** Milliseconds since 1970. */
  ms(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  ms: () => Date.now(),
};
