/** Cuts posts down to what the pages show, with texts made ready for this site. What a loader returns is sent twice, as HTML and as data: unused fields would be most of it. */
import { localised } from "./localise.ts";
import type { Emoji, MediaAttachment, Page, Status, StatusAccount } from "./api/types.ts";

const emojis = (full: Emoji[] | undefined): { emojis?: Emoji[] } =>
  full && full.length > 0 ? { emojis: full.map(({ shortcode, static_url }) => ({ shortcode, static_url })) } : {};

const account = (full: StatusAccount): StatusAccount => ({
  id: full.id,
  acct: full.acct,
  username: full.username,
  display_name: full.display_name,
  avatar: full.avatar,
  bot: full.bot,
  url: full.url,
  ...(full.noindex ? { noindex: true } : {}),
  ...emojis(full.emojis),
});

const size = (full: { width?: number; height?: number; aspect?: number } | undefined) =>
  full
    ? {
        ...(full.width === undefined ? {} : { width: full.width }),
        ...(full.height === undefined ? {} : { height: full.height }),
        ...(full.aspect === undefined ? {} : { aspect: full.aspect }),
      }
    : undefined;

function media(full: MediaAttachment): MediaAttachment {
  const original = size(full.meta?.original);
  const small = size(full.meta?.small);
  return {
    id: full.id,
    type: full.type,
    url: full.url,
    preview_url: full.preview_url,
    ...(full.type === "unknown" && full.remote_url ? { remote_url: full.remote_url } : {}),
    description: full.description,
    blurhash: null,
    meta: {
      ...(original ? { original } : {}),
      ...(small ? { small } : {}),
      ...(full.meta?.focus ? { focus: full.meta.focus } : {}),
      ...(full.meta?.average_color ? { average_color: full.meta.average_color } : {}),
    },
  };
}

/** A post with the fields the pages use. */
export function slim(full: Status): Status {
  return {
    id: full.id,
    created_at: full.created_at,
    edited_at: full.edited_at,
    in_reply_to_id: full.in_reply_to_id,
    in_reply_to_account_id: full.in_reply_to_account_id,
    sensitive: full.sensitive,
    spoiler_text: full.spoiler_text,
    visibility: full.visibility,
    language: full.language,
    url: full.url,
    content: full.reblog ? "" : localised(full.content, full.emojis, full.mentions),
    account: account(full.account),
    reblog: full.reblog ? slim(full.reblog) : null,
    media_attachments: full.reblog ? [] : full.media_attachments.map(media),
    mentions: full.mentions.map(({ id, acct }) => ({ id, acct })),
    poll: full.poll,
    card: full.card
      ? {
          url: full.card.url,
          title: full.card.title,
          description: "",
          image: full.card.image,
          provider_name: full.card.provider_name,
        }
      : null,
    ...emojis(full.emojis),
    ...(full.emoji_reactions && full.emoji_reactions.length > 0
      ? {
          emoji_reactions: full.emoji_reactions.map(({ name, count, url }) => ({
            name,
            count,
            ...(url ? { url } : {}),
          })),
        }
      : {}),
    ...(full.quote
      ? {
          quote: {
            state: full.quote.state,
            quoted_status: full.quote.quoted_status ? slim(full.quote.quoted_status) : null,
          },
        }
      : {}),
    replies_count: full.replies_count,
    reblogs_count: full.reblogs_count,
    favourites_count: full.favourites_count,
    ...(full.favourited ? { favourited: true } : {}),
    ...(full.reblogged ? { reblogged: true } : {}),
    ...(full.bookmarked ? { bookmarked: true } : {}),
    ...(full.muted ? { muted: true } : {}),
    ...(full.pinned ? { pinned: true } : {}),
    ...(full.application ? { application: full.application } : {}),
  };
}

/** A page of posts with the fields the pages use. */
export const slimPage = (page: Page<Status>): Page<Status> => ({ items: page.items.map(slim), next: page.next });
