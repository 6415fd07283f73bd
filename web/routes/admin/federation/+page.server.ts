import {
  addRule,
  allowDomain,
  changeRule,
  disallowDomain,
  dropHost,
  federation,
  importRules,
  removeRule,
  retryHost,
} from "#web/loaders/federation.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(federation);
export const actions = {
  add: action(addRule),
  change: action(changeRule),
  remove: action(removeRule),
  import: action(importRules),
  allow: action(allowDomain),
  disallow: action(disallowDomain),
  retry: action(retryHost),
  drop: action(dropHost),
};
