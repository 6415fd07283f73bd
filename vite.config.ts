import { readFileSync } from "node:fs";
import { paraglideVitePlugin } from "@inlang/paraglide-js";
import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

const locales = ["en", "de"];

/** Fails the build when a message is missing in one of the languages, or takes other inputs there. */
function completeMessages(): Plugin {
  const inputs = (value: unknown): string =>
    [...new Set(JSON.stringify(value).match(/\{\w+\}/g) ?? [])].sort().join(",");
  return {
    name: "skein-complete-messages",
    buildStart() {
      const files = locales.map((locale) => ({
        locale,
        texts: JSON.parse(readFileSync(`web/messages/${locale}.json`, "utf8")) as Record<string, unknown>,
      }));
      const keys = new Set(files.flatMap((file) => Object.keys(file.texts)));
      const faults: string[] = [];
      for (const key of keys) {
        const missing = files.filter((file) => !file.texts[key]).map((file) => file.locale);
        if (missing.length > 0) faults.push(`"${key}" is missing in ${missing.join(", ")}`);
        else if (new Set(files.map((file) => inputs(file.texts[key]))).size > 1) faults.push(`"${key}" takes different inputs`);
      }
      if (faults.length > 0) this.error(`Messages are incomplete:\n${faults.join("\n")}`);
    },
  };
}

export default defineConfig({
  plugins: [
    completeMessages(),
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./web/lib/paraglide",
      strategy: ["globalVariable", "baseLocale"],
      emitTsDeclarations: false,
      emitReadme: false,
      disableAsyncLocalStorage: true,
    }),
    sveltekit({
      adapter: adapter({ out: "build/web", envPrefix: "KITWEB_", precompress: true }),
      files: { src: "web", assets: "web/static" },
      paths: { relative: false },
      csrf: { trustedOrigins: ["*"] },
      csp: {
        mode: "hash",
        directives: {
          "default-src": ["self"],
          "script-src": ["self"],
          "style-src": ["self"],
          "style-src-attr": ["unsafe-inline"],
          "img-src": ["self", "data:", "blob:", "https:"],
          "media-src": ["self", "blob:", "https:"],
          "connect-src": ["self"],
          "object-src": ["none"],
          "base-uri": ["none"],
          "form-action": ["self"],
          "frame-ancestors": ["none"],
        },
      },
    }),
  ],
  build: { target: "es2023" },
});
