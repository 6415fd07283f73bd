/**
 * Reads the message files of the web app for paraglide. Own and local, because the usual plugin is fetched from a content network at build time, and a build must work offline.
 *
 * A message is a text with `{name}` placeholders, or an object of plural forms (`one`, `other`, …, the categories of `Intl.PluralRules`) chosen by the input `count`.
 */
const pluralName = "countPlural";
const placeholder = /\{(\w+)\}/g;

function pattern(text) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > last) parts.push({ type: "text", value: text.slice(last, match.index) });
    parts.push({ type: "expression", arg: { type: "variable-reference", name: match[1] } });
    last = match.index + match[0].length;
  }
  if (last < text.length) parts.push({ type: "text", value: text.slice(last) });
  return parts;
}

function inputsOf(value) {
  const texts = typeof value === "string" ? [value] : Object.values(value);
  const names = new Set(typeof value === "string" ? [] : ["count"]);
  for (const text of texts) for (const match of text.matchAll(placeholder)) names.add(match[1]);
  return [...names];
}

export default {
  key: "skein.messages",
  toBeImportedFiles: ({ settings }) => settings.locales.map((locale) => ({ locale, path: `./web/messages/${locale}.json` })),
  importFiles: ({ files }) => {
    const bundles = new Map();
    const messages = [];
    const variants = [];
    for (const file of files) {
      const texts = JSON.parse(new TextDecoder().decode(file.content));
      for (const [id, value] of Object.entries(texts)) {
        const plural = typeof value !== "string";
        const declarations = inputsOf(value).map((name) => ({ type: "input-variable", name }));
        if (plural) {
          declarations.push({
            type: "local-variable",
            name: pluralName,
            value: {
              type: "expression",
              arg: { type: "variable-reference", name: "count" },
              annotation: { type: "function-reference", name: "plural", options: [] },
            },
          });
        }
        if (!bundles.has(id)) bundles.set(id, { id, declarations });
        messages.push({ bundleId: id, locale: file.locale, selectors: plural ? [{ type: "variable-reference", name: pluralName }] : [] });
        if (!plural) {
          variants.push({ messageBundleId: id, messageLocale: file.locale, matches: [], pattern: pattern(value) });
          continue;
        }
        for (const [form, text] of Object.entries(value)) {
          const match = form === "other" ? { type: "catchall-match", key: pluralName } : { type: "literal-match", key: pluralName, value: form };
          variants.push({ messageBundleId: id, messageLocale: file.locale, matches: [match], pattern: pattern(text) });
        }
      }
    }
    return { bundles: [...bundles.values()], messages, variants };
  },
};
