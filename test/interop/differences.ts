/** A difference between what Fedify's vocabulary and our reader make of a document of the corpus. */
export interface Difference {
  /** Name of the document in the corpus. */
  document: string;
  /** `property: theirs / ours`, as the test prints it. */
  what: string;
  /** Why ours is meant to be so. */
  reason: string;
}

const FOREIGN =
  "Fedify drops an embedded object of another origin and wants to fetch it; our reader shows what was sent, and the origin rules decide. Here it is the follow or request that is being answered, which its sender knows.";

export const DIFFERENCES: readonly Difference[] = [
  {
    document: "funkwhale: audio",
    what: "attachments: 0 / 1",
    reason: "the file of an audio post stands in `url`; as a post its media are its attachments",
  },
  {
    document: "funkwhale: audio",
    what: "content: false / true",
    reason: "an audio post without text shows its title and its page",
  },
  {
    document: "peertube: video",
    what: "attachments: 0 / 1",
    reason: "the file of a video stands in `url`; as a post its media are its attachments",
  },
  {
    document: "peertube: create video",
    what: "object.attachments: 0 / 1",
    reason: "the file of a video stands in `url`; as a post its media are its attachments",
  },
  {
    document: "gotosocial: like approval",
    what: 'type: "LikeAuthorization" / "LikeApproval"',
    reason: "one thing with an older and a newer name; we keep the name that was sent",
  },
  {
    document: "gotosocial: key document",
    what: 'id: "https://gts.example/users/gil" / "https://gts.example/users/gil/main-key"',
    reason: "an actor that shows nothing but its key is read as the key",
  },
  {
    document: "gotosocial: key document",
    what: 'type: "Person" / "Key"',
    reason: "an actor that shows nothing but its key is read as the key",
  },
  {
    document: "gotosocial: bare key",
    what: 'type: "Object" / "Key"',
    reason: "a document with a key and without a type",
  },
  {
    document: "gotosocial: accept without id",
    what: 'object: "https://mastodon.example/follows/88" / {"type":"Follow","id":"https://mastodon.example/follows/88","by":"https://mastodon.example/users/ann","to":[],"cc":[],"object":"https://gts.example/users/gil"}',
    reason: FOREIGN,
  },
  {
    document: "lemmy: accept of a follow without id of its own object",
    what: 'object: "https://mastodon.example/follows/77" / {"type":"Follow","id":"https://mastodon.example/follows/77","by":"https://mastodon.example/users/ann","to":["https://lemmy.example/c/gardens"],"cc":[],"object":"https://lemmy.example/c/gardens"}',
    reason: FOREIGN,
  },
  {
    document: "mastodon: accept of a follow",
    what: 'object: "https://other.example/follows/3" / {"type":"Follow","id":"https://other.example/follows/3","by":"https://other.example/users/bo","to":[],"cc":[],"object":"https://mastodon.example/users/ann"}',
    reason: FOREIGN,
  },
  {
    document: "mastodon: reject of a follow",
    what: 'object: "https://other.example/follows/4" / {"type":"Follow","id":"https://other.example/follows/4","by":"https://other.example/users/bo","to":[],"cc":[],"object":"https://mastodon.example/users/ann"}',
    reason: FOREIGN,
  },
  {
    document: "mastodon: accept of a quote request",
    what: 'object: "https://other.example/q/1" / {"type":"QuoteRequest","id":"https://other.example/q/1","by":"https://other.example/users/bo","to":[],"cc":[],"object":"https://mastodon.example/users/ann/statuses/101"}',
    reason: FOREIGN,
  },
  {
    document: "pixelfed: story",
    what: "refused: TypeError / Add",
    reason: "an embedded object of an unknown type stops Fedify; we read the activity and name the type",
  },
];
