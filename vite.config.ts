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
        else if (new Set(files.map((file) => inputs(file.texts[key]))).size > 1)
          faults.push(`"${key}" takes different inputs`);
      }
      if (faults.length > 0) this.error(`Messages are incomplete:\n${faults.join("\n")}`);
    },
  };
}

/**
 * Makes the compiled messages small and fast: plural rules are kept instead of being built for every call, and in the browser a message is the text of the page's language, chosen once, instead of
 * a function which looks for the language on every call.
 */
function smallMessages(): Plugin {
  return {
    name: "skein-small-messages",
    transform(code, id) {
      const name = /[\\/]paraglide[\\/]messages[\\/](\w+)\.js$/.exec(id)?.[1];
      if (!name || name.startsWith("_")) return undefined;
      let out = code
        .replace(/^import \* as registry.*$/m, 'import { plural } from "../../message-support.ts";')
        .replace(/registry\.plural\(("\w+"), ([^,]+), \{\}\)/g, "plural($1, $2)");
      if (this.environment.name === "client") {
        out = out
          .replace(/^import \{ getLocale.*$/m, 'import { german } from "../../message-support.ts";')
          .replace(/^export const (\w+) = [\s\S]*$/m, "export const $1 = german ? de_$1 : en_$1;");
      }
      return { code: out, map: null };
    },
  };
}

/**
 * The names of all pages' scripts are part of every first load, and nothing packs a digest: 42 bits of it, the fewest the bundler takes, tell a changed file from its old self.
 */
function shortNames(): Plugin {
  return {
    name: "skein-short-names",
    outputOptions(options) {
      if (this.environment.name !== "client") return options;
      for (const name of ["entryFileNames", "chunkFileNames"] as const)
        if (typeof options[name] === "string") options[name] = options[name].replace("[hash]", "[hash:7]");
      return options;
    },
  };
}

/**
 * Which scripts travel together. Left alone, the bundler makes a file of every set of modules which some pages share: fifty small requests per page, each compressed by itself.
 */
const scriptGroups = [
  { name: "runtime", test: /node_modules[\\/](svelte|devalue|esm-env|clsx)[\\/]/, minShareCount: 25, priority: 40 },
  {
    name: "frame",
    test: /web[\\/](lib[\\/]message-support|lib[\\/]locale|lib[\\/]components[\\/](Shell|Aside|Column|Head|EmptyState|Icon|Avatar|Logo|Toasts|LoadMore|FollowButton|Emojied)\.|lib[\\/](paths|format|foreign)\.|lib[\\/]client[\\/](ui|api)|lib[\\/]paraglide[\\/]messages[\\/]elsewhere_summary)/,
    priority: 30,
  },
  {
    name: "post",
    test: /web[\\/]lib[\\/](components[\\/](Post|PostBody|PostActions|MediaGrid|AltBadge|Poll|QuoteCard|Timeline)\.|paraglide[\\/]messages[\\/]empty_(action_write|profile_title))/,
    priority: 20,
  },
  { name: "overlays", test: /web[\\/]lib[\\/]components[\\/](Overlay|PostMenu|MediaViewer|KeyHelp)\./, priority: 12 },
  { name: "reply", test: /web[\\/]lib[\\/](components[\\/]ReplyBox\.|reply\.)/, priority: 15 },
  { name: "people", test: /web[\\/]lib[\\/]components[\\/]AccountLine\./, priority: 18 },
  { name: "profile", test: /web[\\/]lib[\\/](components[\\/](ProfileHead)\.|tabs-profile\.)/, priority: 14 },
  {
    name: "compose",
    test: /web[\\/]lib[\\/]components[\\/](Composer|MediaTray|AudiencePicker)\.|web[\\/]lib[\\/]compose\./,
    priority: 10,
  },
  { name: "form", test: /web[\\/]lib[\\/]components[\\/](Field|FormError)\.|web[\\/]lib[\\/]problems\./, priority: 9 },
  { name: "shared", minShareCount: 5, test: /web[\\/]lib[\\/](components|paraglide)/, priority: 1 },
];

export default defineConfig({
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: { groups: scriptGroups },
            // The names of all pages' styles are part of every first load, and nothing packs a digest: 24 bits of it tell a changed file from its old self.
            assetFileNames: "_app/immutable/assets/[hash:4][extname]",
          },
        },
      },
    },
  },
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
    smallMessages(),
    shortNames(),
    sveltekit({
      compilerOptions: {
        discloseVersion: false,
        // Short, since every element of a component carries it; the hyphen keeps it apart from names that people give.
        cssHash: ({ hash, css }) => `s-${hash(css).slice(0, 4)}`,
      },
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
  build: {
    target: "es2023",
    // Which scripts a page needs is known to the page itself: the server's answer names them all, and on later pages most are there already.
    // A table of them would be in every first load. The error page (node 1) alone is waited for before a page comes alive.
    modulePreload: {
      resolveDependencies: (file, needed) =>
        /nodes\/1\./.test(file) ? needed : needed.filter((name) => name.endsWith(".css")),
    },
  },
});
