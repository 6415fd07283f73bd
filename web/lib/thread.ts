import type { Status } from "./api/types.ts";

/** A reply with what answers it. */
export interface Branch {
  status: Status;
  dye: number;
  replies: Branch[];
  /** Posts below this one which are not drawn because the branch is too deep. */
  hidden: number;
}
