import { post } from "#web/loaders/post.ts";
import { page } from "#web/lib/server/kit.ts";

export const load = page(post);
