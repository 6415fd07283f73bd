/** The long way through the sanitiser: HTML of any kind, by way of a parser. */
import sanitize from "sanitize-html";
import { MAX_NESTING, safeAttributes, SCHEMES, TAGS } from "./sanitize-rules.ts";

/** Open elements at one time. The parser's work grows with the square of it; people need about ten. */
const MAX_DEPTH = 100;

class TooDeep extends Error {}

/** Elements that become others: old names, and blocks whose texts would otherwise run into each other. */
const RENAMED: Record<string, string> = {
  s: "del",
  strike: "del",
  ins: "u",
  tt: "code",
  kbd: "code",
  samp: "code",
  ...Object.fromEntries(
    ["div", "section", "article", "header", "footer", "main", "aside", "figure", "figcaption", "dt", "dd", "tr"].map(
      (name) => [name, "p"],
    ),
  ),
  // All headings go through the parser as `h1` and are replaced afterwards, because one element becomes two.
  ...Object.fromEntries(["h1", "h2", "h3", "h4", "h5", "h6"].map((name) => [name, "h1"])),
};

function transform(
  name: string,
  attributes: Record<string, string>,
): { tagName: string; attribs: Record<string, string> } {
  const tag = (Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined) ?? name;
  const attribs = safeAttributes(tag, (key) => (Object.hasOwn(attributes, key) ? attributes[key] : undefined));
  return { tagName: tag === "a" && attribs["href"] === undefined ? "span" : tag, attribs };
}

function options(): sanitize.IOptions {
  let depth = 0;
  return {
    allowedTags: [...TAGS, "h1"],
    allowedAttributes: {
      a: ["href", "class", "translate", "rel"],
      span: ["class", "translate"],
      p: ["class"],
      ol: ["start"],
      li: ["value"],
    },
    allowedSchemes: SCHEMES,
    allowProtocolRelative: false,
    disallowedTagsMode: "discard",
    // Elements whose content is not meant to be read.
    nonTextTags: [
      "script",
      "style",
      "textarea",
      "option",
      "xmp",
      "noscript",
      "iframe",
      "noembed",
      "noframes",
      "title",
      "template",
    ],
    nestingLimit: MAX_NESTING,
    transformTags: { "*": transform },
    onOpenTag: () => {
      depth++;
      if (depth > MAX_DEPTH) throw new TooDeep();
    },
    onCloseTag: () => {
      depth--;
    },
  };
}

/**
 * Sanitises any HTML, once through the parser. The result is harmless; whether a second time would change it is not certain.
 *
 * @returns undefined when the elements are nested too deeply, or the parser failed in a way that its authors did not expect
 */
export function sanitizeParsed(html: string): string | undefined {
  try {
    return sanitize(html, options()).replaceAll("<h1>", "<p><strong>").replaceAll("</h1>", "</strong></p>");
  } catch {
    return undefined;
  }
}
