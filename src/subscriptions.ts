import type { Subscriptions } from "#platform/events/publish.ts";

/** Which module hears of which event. Higher numbers wait longer: what a person looks at comes before what a program tidies up. */
export const subscriptions: Subscriptions = {
  "account.created": [{ task: "notifications.signedUp" }],
  "account.followed": [
    { task: "timelines.followed" },
    { task: "notifications.followed" },
    { task: "federation.followed" },
  ],
  "account.follow_changed": [{ task: "timelines.followChanged" }],
  "account.unfollowed": [
    { task: "timelines.unfollowed" },
    { task: "notifications.unfollowed" },
    { task: "federation.unfollowed" },
  ],
  "account.follow_requested": [{ task: "notifications.followRequested" }, { task: "federation.followRequested" }],
  "account.request_withdrawn": [{ task: "notifications.requestEnded" }, { task: "federation.requestWithdrawn" }],
  "account.request_rejected": [{ task: "notifications.requestEnded" }, { task: "federation.requestRejected" }],
  "account.blocked": [{ task: "notifications.blocked" }, { task: "federation.blocked" }],
  "account.suspended": [{ task: "posts.withholdAuthor" }, { task: "federation.profileChanged" }],
  "account.unsuspended": [{ task: "posts.withholdAuthor" }, { task: "federation.profileChanged" }],
  "account.deleted": [
    { task: "posts.removeAuthor" },
    { task: "media.removeAuthor", priority: 5 },
    { task: "federation.accountDeleted" },
  ],
  "post.created": [{ task: "timelines.fanout" }, { task: "notifications.post" }, { task: "federation.postCreated" }],
  "posts.received": [{ task: "timelines.received" }, { task: "notifications.received" }],
  "post.quote_decided": [{ task: "notifications.quoteDecided" }, { task: "federation.quoteDecided" }],
  "post.boosted": [{ task: "timelines.fanout" }, { task: "notifications.boosted" }, { task: "federation.postBoosted" }],
  "post.edited": [{ task: "notifications.edited" }, { task: "federation.postEdited" }],
  "post.deleted": [{ task: "notifications.deleted", priority: 5 }, { task: "federation.postDeleted" }],
  "post.favourited": [{ task: "notifications.favourited" }, { task: "federation.favourited" }],
  "post.unfavourited": [{ task: "notifications.unfavourited" }, { task: "federation.unfavourited" }],
  "poll.closed": [{ task: "notifications.pollClosed" }, { task: "federation.pollClosed" }],
  "post.pinned": [{ task: "federation.pinned" }],
  "post.unpinned": [{ task: "federation.unpinned" }],
  "post.quote_revoked": [{ task: "federation.quoteRevoked" }],
  "poll.voted": [{ task: "federation.voted" }],
  "account.unblocked": [{ task: "federation.unblocked" }],
  "account.updated": [{ task: "federation.profileChanged" }],
  "domain.suspended": [{ task: "federation.domainSuspended" }],
};
