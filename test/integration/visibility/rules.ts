/** Who sees what, told a second time: plain and slow, from the rules in words, so that it can judge the SQL. */

export interface Human {
  id: bigint;
  name: string;
  token: string;
  suspended: boolean;
  indexable: boolean;
}

export interface Follow {
  reblogs: boolean;
  notify: boolean;
  languages: string[] | null;
}

export interface Post {
  id: bigint;
  author: Human;
  /** 0 public, 1 unlisted, 2 followers, 3 direct. */
  visibility: number;
  replyTo: Post | undefined;
  /** Stays known when the post that was answered is gone. */
  replyToAuthor: Human | undefined;
  boostOf: Post | undefined;
  quoteOf: Post | undefined;
  mentioned: Set<Human>;
  tags: Set<string>;
  language: string | null;
  poll: boolean;
  voters: Set<Human>;
  pinned: boolean;
  /** A word that stands in this post and nowhere else; empty for boosts. */
  secret: string;
  /** A word that many posts have. */
  common: boolean;
  deleted: boolean;
}

export interface Notice {
  to: Human;
  type: string;
  from: Human;
  post: Post | undefined;
}

export type Viewer = Human | undefined;

/** Everything that is true in a small world. */
export class World {
  humans: Human[] = [];
  posts: Post[] = [];
  readonly follows = new Map<string, Follow>();
  readonly blocks = new Set<string>();
  /** Present while the mute lasts; the value says whether notifications are muted too. */
  readonly mutes = new Map<string, boolean>();
  /** Newest last. */
  favourites: { by: Human; post: Post }[] = [];
  bookmarks: { by: Human; post: Post }[] = [];
  notices: Notice[] = [];
  /** Follows at the moment the homes were first read: answers to third people are decided when a post reaches a home. */
  followsThen: ReadonlySet<string> | undefined;

  static pair(a: Human, b: Human): string {
    return `${a.name}>${b.name}`;
  }

  followsHim(a: Human, b: Human): boolean {
    return this.follows.has(World.pair(a, b));
  }

  /** One of the two blocks the other. */
  apart(a: Human, b: Human): boolean {
    return this.blocks.has(World.pair(a, b)) || this.blocks.has(World.pair(b, a));
  }

  /**
   * Public and unlisted posts are for everyone, followers-only ones for followers, and each post for its author and for those it names. Nobody sees a post of a person with whom there is
   * a block, nor of a suspended person. A boost is seen by whoever sees the boosted post as well.
   */
  visible(viewer: Viewer, post: Post): boolean {
    if (post.deleted || post.author.suspended) return false;
    if (viewer && this.apart(viewer, post.author)) return false;
    if (post.boostOf && !this.visible(viewer, post.boostOf)) return false;
    if (post.visibility <= 1) return true;
    if (!viewer) return false;
    if (viewer === post.author || post.mentioned.has(viewer)) return true;
    return post.visibility === 2 && this.followsHim(viewer, post.author);
  }

  /** Muted people stay out of timelines, as authors and as boosted ones. */
  muted(viewer: Viewer, post: Post): boolean {
    if (!viewer) return false;
    const people = [post.author, ...(post.boostOf ? [post.boostOf.author] : [])];
    return people.some((h) => this.mutes.has(World.pair(viewer, h)));
  }

  fed(viewer: Viewer, post: Post): boolean {
    return this.visible(viewer, post) && !this.muted(viewer, post);
  }

  answersOther(post: Post): boolean {
    return post.replyToAuthor !== undefined && post.replyToAuthor !== post.author;
  }

  /** `sure`: has to be in the home. Otherwise: may be. They differ only for answers to people who were followed or left since the home was written. */
  inHome(viewer: Human, post: Post, sure: boolean): boolean {
    if (!this.fed(viewer, post)) return false;
    if (post.author === viewer) return true;
    const follow = this.follows.get(World.pair(viewer, post.author));
    if (!follow) return false;
    if (post.boostOf && !follow.reblogs) return false;
    if (!post.boostOf && follow.languages && post.language !== null && !follow.languages.includes(post.language))
      return false;
    if (post.visibility === 3 && !post.mentioned.has(viewer)) return false;
    if (!this.answersOther(post) || !post.replyToAuthor || post.replyToAuthor === viewer) return true;
    const now = this.followsHim(viewer, post.replyToAuthor);
    const then = this.followsThen?.has(World.pair(viewer, post.replyToAuthor)) ?? now;
    return sure ? now && then : now || then;
  }

  inLocal(viewer: Viewer, post: Post): boolean {
    return post.visibility === 0 && !post.boostOf && !this.answersOther(post) && this.fed(viewer, post);
  }

  inTag(viewer: Viewer, post: Post, tag: string): boolean {
    return post.visibility === 0 && post.tags.has(tag) && this.fed(viewer, post);
  }

  /** One finds one's own posts, those one took part in, and public posts of people who allow it. */
  findable(viewer: Viewer, post: Post): boolean {
    if (post.boostOf || !this.fed(viewer, post)) return false;
    if (post.visibility === 0 && post.author.indexable) return true;
    if (!viewer) return false;
    const tookPart = (p: Post): boolean =>
      p.author === viewer && !p.deleted && (p.boostOf === post || p.replyTo === post || p.quoteOf === post);
    return (
      post.author === viewer ||
      post.mentioned.has(viewer) ||
      post.voters.has(viewer) ||
      this.favourites.some((f) => f.by === viewer && f.post === post) ||
      this.bookmarks.some((f) => f.by === viewer && f.post === post) ||
      this.posts.some(tookPart)
    );
  }

  /** Upwards, oldest first: the way ends at the first post that is not for the viewer. */
  ancestors(viewer: Viewer, post: Post): Post[] {
    const way: Post[] = [];
    for (let up = post.replyTo; up && this.visible(viewer, up); up = up.replyTo) way.unshift(up);
    return way;
  }

  /** Each answer followed by the answers to it; what hangs below a hidden one is hidden with it. */
  descendants(viewer: Viewer, post: Post): Post[] {
    return this.posts
      .filter((p) => p.replyTo === post && this.fed(viewer, p))
      .flatMap((p) => [p, ...this.descendants(viewer, p)]);
  }

  /** Somebody hears of something once, unless a block, a mute with notifications or the post's visibility stands between. */
  notify(type: string, to: Human, from: Human, post: Post | undefined): void {
    if (to === from || this.apart(to, from) || this.mutes.get(World.pair(to, from)) === true) return;
    if (post && !this.visible(to, post)) return;
    if (this.notices.some((n) => n.to === to && n.from === from && n.type === type && n.post === post)) return;
    this.notices.push({ to, type, from, post });
  }

  /** What is left to read of one's notifications. */
  heard(to: Human): Notice[] {
    return this.notices.filter(
      (n) =>
        n.to === to &&
        !n.from.suspended &&
        !this.apart(to, n.from) &&
        this.mutes.get(World.pair(to, n.from)) !== true &&
        (!n.post || this.visible(to, n.post)),
    );
  }

  people(viewer: Viewer, list: Human[]): Human[] {
    return list.filter((h) => !h.suspended && !(viewer && this.apart(viewer, h)));
  }

  unfollow(a: Human, b: Human): void {
    if (!this.follows.delete(World.pair(a, b))) return;
    this.notices = this.notices.filter((n) => !(n.type === "follow" && n.from === a && n.to === b));
  }

  block(a: Human, b: Human): void {
    this.unfollow(a, b);
    this.unfollow(b, a);
    this.blocks.add(World.pair(a, b));
    this.notices = this.notices.filter((n) => !((n.to === a && n.from === b) || (n.to === b && n.from === a)));
  }

  remove(post: Post): void {
    const gone = this.posts.filter((p) => p === post || p.boostOf === post);
    for (const p of gone) p.deleted = true;
    for (const p of this.posts) {
      if (p.replyTo === post) p.replyTo = undefined;
      if (p.quoteOf === post) p.quoteOf = undefined;
    }
    this.posts = this.posts.filter((p) => !gone.includes(p));
    this.favourites = this.favourites.filter((f) => !gone.includes(f.post));
    this.bookmarks = this.bookmarks.filter((f) => !gone.includes(f.post));
    this.notices = this.notices.filter((n) => !n.post || !gone.includes(n.post));
    if (post.boostOf)
      this.notices = this.notices.filter(
        (n) => !(n.type === "reblog" && n.from === post.author && n.post === post.boostOf),
      );
  }
}
