import { overwriteGetLocale } from "#web/lib/paraglide/runtime.js";

overwriteGetLocale(() => (document.documentElement.lang === "de" ? "de" : "en"));
