/** The API entities the web app reads, as the client API sends them (a subset: fields the web app does not use are left out). */

export interface Field {
  name: string;
  value: string;
  verified_at: string | null;
}

/** A custom emoji, as far as texts show it. */
export interface Emoji {
  shortcode: string;
  static_url: string;
}

export interface EmojiReaction {
  name: string;
  count: number;
  /** The picture of a custom emoji. */
  url?: string;
}

export interface Account {
  id: string;
  username: string;
  acct: string;
  display_name: string;
  locked: boolean;
  bot: boolean;
  discoverable: boolean | null;
  indexable?: boolean;
  noindex?: boolean;
  created_at: string;
  note: string;
  url: string;
  uri: string;
  avatar: string;
  avatar_description?: string;
  header: string;
  header_static: string;
  header_description?: string;
  followers_count: number;
  following_count: number;
  statuses_count: number;
  fields: Field[];
  emojis?: Emoji[];
  /** The account that this one has moved to. */
  moved?: Account | null;
  suspended?: boolean;
  limited?: boolean;
}

export interface CredentialAccount extends Account {
  source?: {
    note: string;
    fields: Field[];
    privacy?: Visibility;
    sensitive?: boolean;
    language?: string | null;
    hide_collections?: boolean | null;
    indexable?: boolean;
    discoverable?: boolean | null;
    follow_requests_count?: number;
  };
}

export type Visibility = "public" | "unlisted" | "private" | "direct";

export interface MediaMeta {
  width?: number;
  height?: number;
  aspect?: number;
}

export interface MediaAttachment {
  id: string;
  type: "image" | "gifv" | "video" | "audio" | "unknown";
  url: string | null;
  preview_url: string | null;
  /** Where the file is at home, for files of other servers. */
  remote_url?: string | null;
  description: string | null;
  blurhash: string | null;
  meta?: { original?: MediaMeta; small?: MediaMeta; focus?: { x: number; y: number }; average_color?: string } | null;
}

export interface Poll {
  id: string;
  expires_at: string | null;
  expired: boolean;
  multiple: boolean;
  votes_count: number;
  voters_count: number | null;
  options: { title: string; votes_count: number | null }[];
  voted?: boolean;
  own_votes?: number[];
}

export interface PreviewCard {
  url: string;
  title: string;
  description: string;
  image: string | null;
  provider_name: string;
}

export interface Quote {
  state: string;
  quoted_status?: Status | null;
  quoted_status_id?: string | null;
}

export interface Mention {
  id: string;
  acct: string;
  url?: string;
}

/** The author of a post, as far as a post shows it. */
export type StatusAccount = Pick<
  Account,
  "id" | "acct" | "username" | "display_name" | "avatar" | "bot" | "url" | "noindex" | "emojis"
>;

export interface Status {
  id: string;
  created_at: string;
  edited_at: string | null;
  in_reply_to_id: string | null;
  in_reply_to_account_id: string | null;
  sensitive: boolean;
  spoiler_text: string;
  visibility: Visibility;
  language: string | null;
  url: string | null;
  content: string;
  account: StatusAccount;
  reblog: Status | null;
  media_attachments: MediaAttachment[];
  mentions: Mention[];
  poll: Poll | null;
  card: PreviewCard | null;
  emojis?: Emoji[];
  emoji_reactions?: EmojiReaction[];
  quote?: Quote | null;
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  favourited?: boolean;
  reblogged?: boolean;
  bookmarked?: boolean;
  muted?: boolean;
  pinned?: boolean;
  application?: { name: string; website: string | null } | null;
}

export interface StatusEdit {
  content: string;
  spoiler_text: string;
  created_at: string;
  media_attachments: MediaAttachment[];
}

export interface StatusSource {
  id: string;
  text: string;
  spoiler_text: string;
}

export interface Context {
  ancestors: Status[];
  descendants: Status[];
}

export interface Relationship {
  id: string;
  following: boolean;
  showing_reblogs: boolean;
  followed_by: boolean;
  blocking: boolean;
  blocked_by: boolean;
  muting: boolean;
  muting_notifications: boolean;
  requested: boolean;
  requested_by: boolean;
  note: string;
}

export interface Notification {
  id: string;
  type: string;
  created_at: string;
  account: Account;
  status?: Status | null;
}

export interface Tag {
  name: string;
  url: string;
  history: { day: string; uses: string; accounts: string }[];
  following?: boolean;
}

export interface SearchResults {
  accounts: Account[];
  statuses: Status[];
  hashtags: Tag[];
}

export interface Markers {
  home?: { last_read_id: string } | null;
  notifications?: { last_read_id: string } | null;
}

export interface Rule {
  id: string;
  text: string;
  hint: string;
}

export interface Instance {
  domain: string;
  title: string;
  version: string;
  description: string;
  source_url?: string;
  usage: { users: { active_month: number } };
  thumbnail: { url: string } | null;
  languages: string[];
  configuration: {
    statuses: { max_characters: number; max_media_attachments: number; characters_reserved_per_url: number };
    media_attachments: { supported_mime_types: string[]; image_size_limit: number; description_limit?: number };
    polls: { max_options: number; max_characters_per_option: number };
    accounts?: { max_profile_fields?: number; max_display_name_length?: number; max_note_length?: number };
  };
  registrations: { enabled: boolean; approval_required: boolean; message: string | null };
  contact: { email: string; account: Account | null };
  rules: Rule[];
}

/* Skein's own entities. */

export type Role = "owner" | "admin" | "moderator" | "user";
export type Theme = "auto" | "light" | "dark";
export type RegistrationMode = "open" | "approval" | "invite" | "closed";

export interface Preferences {
  locale: "en" | "de" | null;
  theme: Theme;
  posting_visibility: Visibility;
  posting_sensitive: boolean;
  posting_language: string | null;
  media: "default" | "show_all" | "hide_all";
  spoilers: boolean;
}

export interface Me {
  account: CredentialAccount;
  role: Role;
  email: string;
  email_confirmed: boolean;
  preferences: Preferences;
  unread_notifications: number;
}

export interface SignupInfo {
  registrations: RegistrationMode;
  setup_needed: boolean;
  mail_configured: boolean;
  rules: Rule[];
  min_password: number;
}

export interface Session {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string | null;
  user_agent: string | null;
  ip: string | null;
}

export interface AuthorizedApp {
  id: string;
  name: string;
  website: string | null;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
}

export interface Invite {
  id: string;
  code: string;
  url: string;
  uses: number;
  max_uses: number | null;
  expires_at: string | null;
}

export interface InstanceSettings {
  title: string;
  short_description: string;
  description: string;
  registrations: RegistrationMode;
  contact_email: string;
  rules: { id?: string; text: string; hint: string }[];
  privacy_policy: string;
  terms: string;
  languages: string[];
}

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  created_at: string;
  sent_at: string | null;
}

export interface Authorization {
  application: { name: string; website: string | null };
  scopes: string[];
  redirect_uri: string;
  signed_in: boolean;
}

export interface AdminAccount {
  id: string;
  username: string;
  email: string;
  created_at: string;
  invite_request: string | null;
  approved: boolean;
  confirmed: boolean;
  account: Account;
}

/** One page of a list: the items and the query of the next page, without the question mark (null at the end). */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface FieldError {
  error: string;
  description: string;
}

export interface DomainBlock {
  id: string;
  domain: string;
  severity: "silence" | "suspend" | "noop";
  reject_media: boolean;
  reject_reports: boolean;
  private_comment: string | null;
  public_comment: string | null;
  obfuscate: boolean;
}

export interface DomainAllow {
  id: string;
  domain: string;
}

/** How another server is reached. */
export interface PeerHost {
  host: string;
  state: "ok" | "failing" | "waiting" | "parked";
  waiting: number;
  oldest_at: string | null;
  failing_since: string | null;
  next_try_at: string | null;
  last_status: number | null;
  last_error: string | null;
}

export interface Alias {
  uri: string;
  acct: string | null;
  url: string;
}
