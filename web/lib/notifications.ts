import type { Notification, Status, StatusAccount } from "./api/types.ts";
import { slim } from "./slim.ts";

/** Notifications about the same thing, told once. */
export interface NotificationGroup {
  id: string;
  type: string;
  created_at: string;
  accounts: StatusAccount[];
  count: number;
  status: Status | null;
  unread: boolean;
}

const groupable = new Set(["favourite", "reblog", "follow"]);

// Ids are decimal numbers of up to 19 digits: compare them as such.
/** Whether id `a` is newer than id `b`. */
export const newer = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);

/** Groups likes, boosts and follows which tell of the same thing. */
export function group(list: Notification[], lastRead: string): NotificationGroup[] {
  const groups = new Map<string, NotificationGroup>();
  for (const item of list) {
    const unread = newer(item.id, lastRead);
    const key = groupable.has(item.type)
      ? `${item.type}:${unread}:${item.status?.id ?? item.created_at.slice(0, 10)}`
      : item.id;
    const known = groups.get(key);
    if (known) {
      known.count++;
      if (known.accounts.length < 6) known.accounts.push(item.account);
    } else {
      groups.set(key, {
        id: item.id,
        type: item.type,
        created_at: item.created_at,
        accounts: [item.account],
        count: 1,
        status: item.status ? slim(item.status) : null,
        unread,
      });
    }
  }
  return [...groups.values()];
}
