import { mail } from "#web/loaders/admin.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(mail);
