/** Lets people do things, at once in the product and in the model. */
import assert from "node:assert/strict";
import { AppError } from "#platform/errors.ts";
import type { Visibility } from "#modules/posts/index.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { TestApp } from "../../support/app.ts";
import { issueToken, registerProgram } from "../../support/tokens.ts";
import { chance, type Chance } from "./random.ts";
import { World, type Human, type Post } from "./rules.ts";

const NAMES: readonly Visibility[] = ["public", "unlisted", "private", "direct"];
export const TAGS = ["harbour", "Möwe"] as const;
export const COMMON = "heron";

export class Life {
  readonly world = new World();
  readonly app: TestApp;
  readonly seed: number;
  readonly rnd: Chance;
  readonly #pool: Pool;

  constructor(app: TestApp, seed: number, pool: Pool) {
    this.app = app;
    this.seed = seed;
    this.rnd = chance(seed);
    this.#pool = pool;
  }

  async people(count: number): Promise<void> {
    const { appId } = await registerProgram(this.app);
    for (let i = 0; i < count; i++) {
      const name = `p${i}`;
      const id = await this.app.app.accounts.signUp.create({
        username: name,
        email: `${name}@example.com`,
        password: "correct horse battery staple",
        role: "user",
      });
      const indexable = this.rnd.yes(70);
      await this.app.app.accounts.profiles.update(id, { indexable });
      this.world.humans.push({
        id,
        name,
        token: await issueToken(this.app, appId, id.toString(), "read write follow"),
        suspended: false,
        indexable,
      });
    }
  }

  drain(): Promise<void> {
    return this.app.app.jobs.drain();
  }

  /** Everything somebody was ever told, whether it still counts or not. */
  async allNotifications(of: Human): Promise<bigint[]> {
    const { rows } = await this.#pool.query<{ id: bigint }>("select id from notifications where account_id = $1", [
      of.id,
    ]);
    return rows.map((r) => r.id);
  }

  anyone(): Human {
    const found = this.rnd.pick(this.world.humans.filter((h) => !h.suspended));
    assert.ok(found, "everybody is suspended");
    return found;
  }

  other(than: Human): Human {
    const found = this.rnd.pick(this.world.humans.filter((h) => h !== than && !h.suspended));
    assert.ok(found, "nobody else is there");
    return found;
  }

  /** Does something; refusals by the product have to be those of the model. */
  async #may(allowed: boolean, what: string, act: () => Promise<unknown>): Promise<boolean> {
    let refused: string | undefined;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused = error.message;
    }
    assert.equal(
      refused === undefined,
      allowed,
      `${what}: ${allowed ? `refused with "${refused}"` : "was let through"}`,
    );
    return allowed;
  }

  async follow(
    a: Human,
    b: Human,
    options: { reblogs: boolean; notify: boolean; languages: string[] | null },
  ): Promise<void> {
    if (this.world.followsHim(a, b)) return;
    if (
      !(await this.#may(!this.world.apart(a, b), "follow", () =>
        this.app.app.accounts.relations.follow(a.id, b.id, options),
      ))
    )
      return;
    this.world.follows.set(World.pair(a, b), options);
    this.world.notify("follow", b, a, undefined);
  }

  async unfollow(a: Human, b: Human): Promise<void> {
    await this.app.app.accounts.relations.unfollow(a.id, b.id);
    this.world.unfollow(a, b);
  }

  async block(a: Human, b: Human): Promise<void> {
    await this.app.app.accounts.relations.block(a.id, b.id);
    this.world.block(a, b);
  }

  async mute(a: Human, b: Human, notifications: boolean, expired: boolean): Promise<void> {
    await this.app.app.accounts.relations.mute(a.id, b.id, { notifications, duration: expired ? 60 : 0 });
    if (expired) {
      await this.#pool.query(
        "update mutes set expires_at = now() - interval '1 second' where account_id = $1 and target_id = $2",
        [a.id, b.id],
      );
      this.world.mutes.delete(World.pair(a, b));
    } else {
      this.world.mutes.set(World.pair(a, b), notifications);
    }
  }

  async suspend(who: Human, suspended: boolean): Promise<void> {
    await this.app.app.accounts.staff.suspend({ role: "operator" }, who.id, suspended);
    who.suspended = suspended;
  }

  async indexable(who: Human, indexable: boolean): Promise<void> {
    await this.app.app.accounts.profiles.update(who.id, { indexable });
    who.indexable = indexable;
  }

  async remove(post: Post): Promise<void> {
    await this.app.app.posts.remove({ accountId: post.author.id }, post.id);
    this.world.remove(post);
  }

  async favourite(by: Human, post: Post): Promise<void> {
    if (
      !(await this.#may(this.world.visible(by, post), "favourite", () => this.app.app.posts.favourite(by.id, post.id)))
    )
      return;
    const proper = post.boostOf ?? post;
    if (this.world.favourites.some((f) => f.by === by && f.post === proper)) return;
    this.world.favourites.push({ by, post: proper });
    this.world.notify("favourite", proper.author, by, proper);
  }

  async bookmark(by: Human, post: Post): Promise<void> {
    if (!(await this.#may(this.world.visible(by, post), "bookmark", () => this.app.app.posts.bookmark(by.id, post.id))))
      return;
    const proper = post.boostOf ?? post;
    if (!this.world.bookmarks.some((f) => f.by === by && f.post === proper))
      this.world.bookmarks.push({ by, post: proper });
  }

  async vote(by: Human, post: Post): Promise<void> {
    if (!post.poll || post.author === by || post.voters.has(by)) return;
    if (await this.#may(this.world.visible(by, post), "vote", () => this.app.app.posts.vote(by.id, post.id, [0])))
      post.voters.add(by);
  }

  async pin(post: Post): Promise<void> {
    if (
      post.boostOf ||
      post.visibility === 3 ||
      this.world.posts.filter((p) => p.author === post.author && p.pinned).length >= 5
    )
      return;
    await this.app.app.posts.pin(post.author.id, post.id);
    post.pinned = true;
  }

  async boost(by: Human, post: Post): Promise<void> {
    const of = post.boostOf ?? post;
    const already = this.world.posts.some((p) => p.author === by && p.boostOf === of);
    const allowed = this.world.visible(by, post) && (of.visibility <= 1 || (of.visibility === 2 && of.author === by));
    const wanted = this.rnd.pick([0, 0, 1, 2]) ?? 0;
    let id = 0n;
    const ok = await this.#may(allowed, "boost", async () => {
      ({ id } = await this.app.app.posts.boost({ accountId: by.id }, post.id, NAMES[wanted] ?? "public"));
    });
    if (!ok || already) return;
    // A boost is never for more people than what it boosts; boosts of unlisted posts stay out of public lists by themselves.
    const visibility = of.visibility === 2 ? 2 : wanted;
    const made: Post = {
      ...{
        id,
        author: by,
        visibility,
        replyTo: undefined,
        replyToAuthor: undefined,
        boostOf: of,
        quoteOf: undefined,
        mentioned: new Set(),
        tags: new Set(),
        language: null,
      },
      ...{ poll: false, voters: new Set(), pinned: false, secret: "", common: false, deleted: false },
    };
    this.world.posts.push(made);
    this.world.notify("reblog", of.author, by, of);
  }

  async post(
    author: Human,
    visibility: number,
    more: { replyTo?: Post | undefined; quoteOf?: Post | undefined } = {},
  ): Promise<void> {
    const { rnd, world } = this;
    const n = world.posts.length;
    const secret = `secret${this.seed}x${n}q${rnd.below(1e9)}z`;
    const parent = more.replyTo?.boostOf ?? more.replyTo;
    const quoted = more.quoteOf?.boostOf ?? more.quoteOf;
    const mentioned = new Set<Human>();
    if (parent && rnd.yes(60)) mentioned.add(parent.author);
    while (rnd.yes(25)) mentioned.add(this.other(author));
    const tags = new Set<string>(TAGS.filter(() => rnd.yes(25)));
    const common = rnd.yes(40);
    const poll = !quoted && rnd.yes(15);
    // The secret stands now in the text, now behind a warning, in a hashtag or in the choices of a poll.
    let place = rnd.below(4);
    // Hashtags of public posts are public, whoever is blocked.
    if (place === 1 && visibility === 0) place = 0;
    const words = [
      ...[...mentioned].map((h) => `@${h.name}`),
      common ? COMMON : "tern",
      place === 1 ? `#${secret}` : place === 0 || (place === 3 && !poll) ? secret : "",
      ...[...tags].map((t) => `#${t}`),
    ];
    const language = rnd.pick(["en", "de", null]) ?? null;
    const options = [place === 3 ? secret : "yes", "no"];
    const quotable =
      quoted && (quoted.visibility <= 1 || (quoted.visibility === 2 && quoted.author === author && visibility >= 2));
    const allowed =
      (!more.replyTo || world.visible(author, more.replyTo)) &&
      (!more.quoteOf || (world.visible(author, more.quoteOf) && quotable === true));
    let id = 0n;
    const ok = await this.#may(
      allowed,
      `post (reply ${parent !== undefined}, quote ${quoted !== undefined})`,
      async () => {
        const made = await this.app.app.posts.create(
          { accountId: author.id },
          {
            text: words.filter(Boolean).join(" "),
            spoilerText: place === 2 ? secret : undefined,
            visibility: NAMES[visibility] ?? "direct",
            language,
            inReplyToId: more.replyTo?.id,
            quotedId: more.quoteOf?.id,
            poll: poll ? { options, expiresIn: 3600, multiple: false, hideTotals: false } : undefined,
          },
        );
        id = made.id;
      },
    );
    if (!ok) return;
    mentioned.delete(author);
    const made: Post = {
      ...{
        id,
        author,
        visibility,
        replyTo: parent,
        replyToAuthor: parent?.author,
        boostOf: undefined,
        quoteOf: quoted,
        mentioned,
        tags: new Set([...tags].map((t) => t.toLowerCase())),
      },
      ...{ language, poll, voters: new Set<Human>(), pinned: false, secret, common, deleted: false },
    };
    if (place === 1) made.tags.add(secret);
    world.posts.push(made);
    for (const h of mentioned) world.notify("mention", h, author, made);
    if (quoted) world.notify("quote", quoted.author, author, made);
    if (made.replyToAuthor === undefined || made.replyToAuthor === author) {
      for (const h of world.humans)
        if (!mentioned.has(h) && world.follows.get(World.pair(h, author))?.notify)
          world.notify("status", h, author, made);
    }
  }

  /** Something happens. */
  async step(): Promise<void> {
    const { rnd, world } = this;
    const a = this.anyone();
    const b = this.other(a);
    const post = rnd.pick(world.posts);
    const dice = rnd.below(100);
    if (dice < 24) await this.post(a, rnd.pick([0, 0, 1, 2, 2, 3]) ?? 0);
    else if (dice < 44 && post) await this.post(a, rnd.pick([0, 0, 1, 2, 3]) ?? 0, { replyTo: post });
    else if (dice < 52 && post) await this.post(a, rnd.pick([0, 1, 2, 3]) ?? 0, { quoteOf: post });
    else if (dice < 64 && post) await this.boost(a, post);
    else if (dice < 74 && post) await this.favourite(a, post);
    else if (dice < 79 && post) await this.bookmark(a, post);
    else if (dice < 81 && post && !post.author.suspended) await this.pin(post);
    else if (dice < 84 && post) await this.vote(a, post);
    else if (dice < 92)
      await this.follow(a, b, { reblogs: rnd.yes(80), notify: rnd.yes(30), languages: rnd.yes(20) ? ["de"] : null });
    else if (dice < 94) await this.mute(a, b, rnd.yes(50), rnd.yes(35));
    else if (dice < 96 && rnd.yes(50)) await this.block(a, b);
    else if (dice < 97) await this.unfollow(a, b);
    else if (dice < 98 && post && !post.author.suspended) await this.remove(post);
    else if (dice < 99 && rnd.yes(30) && world.humans.filter((h) => h.suspended).length === 0)
      await this.suspend(a, true);
    await this.drain();
  }
}
