import { notifications } from "#web/loaders/notifications.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(notifications);
