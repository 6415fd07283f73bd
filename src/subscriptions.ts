import type { Subscriptions } from "#platform/events/publish.ts";

/** Which module hears of which event. Higher numbers wait longer: what a person looks at comes before what a program tidies up. */
export const subscriptions: Subscriptions = {
  "account.created": [{ task: "notifications.signedUp" }],
  "account.followed": [{ task: "timelines.followed" }, { task: "notifications.followed" }],
  "account.follow_changed": [{ task: "timelines.followChanged" }],
  "account.unfollowed": [{ task: "timelines.unfollowed" }, { task: "notifications.unfollowed" }],
  "account.follow_requested": [{ task: "notifications.followRequested" }],
  "account.request_withdrawn": [{ task: "notifications.requestEnded" }],
  "account.request_rejected": [{ task: "notifications.requestEnded" }],
  "account.blocked": [{ task: "notifications.blocked" }],
  "account.suspended": [{ task: "posts.withholdAuthor" }],
  "account.unsuspended": [{ task: "posts.withholdAuthor" }],
  "account.deleted": [{ task: "posts.removeAuthor" }, { task: "media.removeAuthor", priority: 5 }],
  "post.created": [{ task: "timelines.fanout" }, { task: "notifications.post" }],
  "posts.received": [{ task: "timelines.received" }, { task: "notifications.received" }],
  "post.quote_decided": [{ task: "notifications.quoteDecided" }],
  "post.boosted": [{ task: "timelines.fanout" }, { task: "notifications.boosted" }],
  "post.edited": [{ task: "notifications.edited" }],
  "post.deleted": [{ task: "notifications.deleted", priority: 5 }],
  "post.favourited": [{ task: "notifications.favourited" }],
  "post.unfavourited": [{ task: "notifications.unfavourited" }],
  "poll.closed": [{ task: "notifications.pollClosed" }],
};
