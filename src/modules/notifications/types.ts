/** Every type this server makes. */
export const NOTIFICATION_TYPES = [
  "mention",
  "status",
  "reblog",
  "follow",
  "follow_request",
  "favourite",
  "poll",
  "update",
  "quote",
  "quoted_update",
  "moderation_warning",
  "admin.sign_up",
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];
