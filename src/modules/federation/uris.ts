import { parseId, type Id } from "#platform/ids.ts";

/** The addresses of this instance's objects. They never change and say nothing about names: see docs/adr/0019. */
export interface Uris {
  /** The instance itself: signs fetches, and complaints. */
  readonly instance: string;
  readonly sharedInbox: string;
  actor(id: Id): string;
  inbox(id: Id): string;
  outbox(id: Id): string;
  followers(id: Id): string;
  following(id: Id): string;
  featured(id: Id): string;
  /** Key of an account; of the instance for 0. */
  key(id: Id): string;
  post(id: Id): string;
  boost(id: Id): string;
  /** The activity that created a post. */
  creation(id: Id): string;
  authorization(id: Id): string;
  tag(name: string): string;
  profilePage(username: string): string;
  postPage(username: string, id: Id): string;
  /** What one of our addresses stands for; undefined for anything else, also on this origin. */
  parse(uri: string): LocalObject | undefined;
  /** True for any address of this origin: those are looked up here and never fetched. */
  isLocal(uri: string): boolean;
}

export type LocalObject =
  | { kind: "instance" }
  | { kind: "actor" | "followers" | "post" | "boost" | "authorization"; id: Id }
  | { kind: "profile"; username: string };

export function createUris(publicUrl: string): Uris {
  const base = `${publicUrl}/ap`;
  const instance = `${publicUrl}/actor`;
  const actor = (id: Id): string => (id === 0n ? instance : `${base}/actors/${id}`);
  const post = (id: Id): string => `${base}/posts/${id}`;
  return {
    instance,
    sharedInbox: `${publicUrl}/inbox`,
    actor,
    inbox: (id) => `${actor(id)}/inbox`,
    outbox: (id) => `${actor(id)}/outbox`,
    followers: (id) => `${actor(id)}/followers`,
    following: (id) => `${actor(id)}/following`,
    featured: (id) => `${actor(id)}/featured`,
    key: (id) => `${actor(id)}#main-key`,
    post,
    boost: (id) => `${base}/boosts/${id}`,
    creation: (id) => `${post(id)}/activity`,
    authorization: (id) => `${base}/authorizations/${id}`,
    tag: (name) => `${publicUrl}/tags/${encodeURIComponent(name)}`,
    profilePage: (username) => `${publicUrl}/@${username}`,
    postPage: (username, id) => `${publicUrl}/@${username}/${id}`,
    parse(uri) {
      if (!uri.startsWith(`${publicUrl}/`)) return undefined;
      const path = uri.slice(publicUrl.length).replace(/[?#].*$/, "");
      if (path === "/actor") return { kind: "instance" };
      const [, room = "", digits = "", rest = ""] =
        /^\/ap\/(actors|posts|boosts|authorizations)\/(\d{1,19})(\/followers)?$/.exec(path) ?? [];
      const id = parseId(digits);
      if (id !== undefined && room !== "") {
        if (rest !== "") return room === "actors" ? { kind: "followers", id } : undefined;
        const kinds = { actors: "actor", posts: "post", boosts: "boost", authorizations: "authorization" } as const;
        return { kind: kinds[room as keyof typeof kinds], id };
      }
      const page = /^\/@([A-Za-z0-9_]{1,30})(?:\/(\d{1,19}))?$/.exec(path);
      if (!page) return undefined;
      const postId = page[2] === undefined ? undefined : parseId(page[2]);
      return postId === undefined ? { kind: "profile", username: page[1] ?? "" } : { kind: "post", id: postId };
    },
    isLocal: (uri) => uri === publicUrl || uri.startsWith(`${publicUrl}/`),
  };
}

/** The host (with port, when it is not the default one) of an address; undefined when it is none. */
export function hostOf(uri: string): string | undefined {
  return URL.parse(uri)?.host || undefined;
}

/** True when two addresses have the same origin: only then one may speak for the other. */
export function sameOrigin(a: string, b: string): boolean {
  const [x, y] = [URL.parse(a), URL.parse(b)];
  return x !== null && y !== null && x.origin === y.origin && x.origin !== "null";
}
