import { memesAdmin, reviewTemplate } from "#web/loaders/templates.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(memesAdmin);
export const actions = { approve: action(reviewTemplate("approve")), refuse: action(reviewTemplate("refuse")) };
