/**
 * How much of a stranger's document is kept. Everything beyond is cut off, never an error: a post with 10,000 mentions is shown with
 * the first 200. Lengths are UTF-16 units unless said otherwise.
 */
export const LIMITS = {
  /** Bytes of a document, as the guarded fetch and the inbox read it. */
  documentBytes: 1024 * 1024,
  /** Nesting of objects and arrays. The deepest honest documents (relayed boosts with embedded posts) need about ten. */
  documentDepth: 64,
  /** Objects and array entries in one document; bounds what one walk over it costs. A full outbox page has some thousands. */
  documentNodes: 100_000,
  /** Entries looked at in one array, whatever is then kept of them. */
  entries: 1_000,
  /** Objects inside objects: collection → page → Announce → Create → Note. */
  embedding: 5,
  /** Longest address. Longer ones are no use in an index, and servers refuse them. */
  uri: 2_048,
  /** HTML of a post or of a biography, before sanitising. */
  content: 512 * 1024,
  summary: 64 * 1024,
  /** Content warnings. */
  spoiler: 1_000,
  /** Display names, titles, names of profile fields. */
  name: 500,
  username: 100,
  fieldValue: 4_096,
  fields: 20,
  /** Alternative text. */
  description: 10_000,
  recipients: 200,
  mentions: 200,
  hashtags: 100,
  hashtag: 200,
  emojis: 100,
  attachments: 32,
  pollOptions: 100,
  pollOption: 200,
  reaction: 64,
  complaint: 10_000,
  aliases: 20,
  keys: 10,
  /** A 16,384-bit RSA key is below this. */
  pem: 8_192,
  policyEntries: 50,
  objects: 50,
  items: 200,
  /** Names of types, languages, conversations. */
  word: 100,
  conversation: 2_048,
  /** Counters are stored in 32 bits. */
  count: 2_147_483_647,
} as const;
