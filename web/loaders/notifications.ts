import type { Markers, Notification } from "#web/lib/api/types.ts";
import { group, newer } from "#web/lib/notifications.ts";
import type { NotificationGroup } from "#web/lib/notifications.ts";
import type { SignedInContext } from "./context.ts";
import { paging } from "./timelines.ts";

/** `/notifications`. Looking at the first page moves the read marker. */
export async function notifications({
  api,
  url,
}: SignedInContext): Promise<{ groups: NotificationGroup[]; next: string | null; onlyMentions: boolean }> {
  const onlyMentions = url.searchParams.get("filter") === "mentions";
  const [list, markers] = await Promise.all([
    api.list<Notification>("/api/v1/notifications", {
      ...paging(url),
      limit: "40",
      ...(onlyMentions ? { types: ["mention", "quote"] } : {}),
    }),
    api.get<Markers>("/api/v1/markers", { timeline: ["notifications"] }).catch((): Markers => ({})),
  ]);
  const lastRead = markers.notifications?.last_read_id ?? "0";
  const newest = list.items[0]?.id;
  if (newest && newer(newest, lastRead) && !onlyMentions && !url.searchParams.has("max_id")) {
    await api.send("POST", "/api/v1/markers", { notifications: { last_read_id: newest } }).catch(() => undefined);
  }
  return { groups: group(list.items, lastRead), next: list.next, onlyMentions };
}
