/**
 * Why an engine gave nothing. `auth`: key or permission; `rate`: it wants to be left alone for a while; `bad_answer`: it answered something that
 * is no answer; `timeout`, `unreachable`; `resting`: too many failures lately, it is not asked for a moment.
 */
export type EngineProblem = "auth" | "rate" | "bad_answer" | "timeout" | "unreachable" | "resting" | "busy";

/** The one error of engines. The message is for the operator's log; people read a sentence for the problem. */
export class EngineFailed extends Error {
  override readonly name = "EngineFailed";
  readonly problem: EngineProblem;
  /** Seconds after which it makes sense to ask again. */
  readonly retryAfter: number | undefined;

  constructor(
    problem: EngineProblem,
    message: string,
    more: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.problem = problem;
    this.retryAfter = more.retryAfter;
  }
}
