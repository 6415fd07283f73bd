import { offerTemplate, templates } from "#web/loaders/templates.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(templates);
export const actions = { default: action(offerTemplate) };
