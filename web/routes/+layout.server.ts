import type { LayoutServerLoad } from "./$types.js";
import { siteData } from "#web/loaders/site.ts";

export const load: LayoutServerLoad = ({ locals, depends }) => {
  depends("skein:me");
  return siteData(locals.context, locals.flash);
};
