import type { Account, Status } from "./api/types.ts";

/** The profile's address within this site. */
export const accountPath = (account: Pick<Account, "acct">): string => `/@${account.acct}`;
/** The post's address within this site. */
export const postPath = (status: Pick<Status, "id"> & { account: Pick<Account, "acct"> }): string =>
  `/@${status.account.acct}/${status.id}`;
/** The name to show: the display name, or the user name where there is none. */
export const nameOf = (account: Pick<Account, "display_name" | "username">): string =>
  account.display_name.trim() === "" ? account.username : account.display_name;
