/**
 * The short way through the sanitiser: one pass over HTML that is already as simple and well-formed as what most servers send.
 * It never repairs anything; at the first doubt it gives up, and the parser has its turn.
 */
import { MAX_NESTING, safeAttributes, TAGS } from "./sanitize-rules.ts";

const TAG = /<(\/?)([a-z]{1,10})((?: [a-z-]{1,20}="[^"<>]*")*)( ?\/)?>/y;
const ATTRIBUTE = / ([a-z-]{1,20})="([^"<>]*)"/g;
const KNOWN: ReadonlySet<string> = new Set(TAGS);
/** May stand only at the top, in a quotation or in a list item: elsewhere parsers would close what is open. */
const BLOCKS = new Set(["p", "ul", "ol", "blockquote", "pre"]);
const ENTITIES: Record<string, string> = {
  "&amp;": "&amp;",
  "&lt;": "&lt;",
  "&gt;": "&gt;",
  "&quot;": '"',
  "&apos;": "'",
  "&#39;": "'",
  "&nbsp;": "\u00a0",
};

/** Text in the form in which it is written, or undefined when it holds an ampersand that needs a parser's knowledge. */
function simpleText(raw: string): string | undefined {
  let text = raw;
  if (text.includes("&")) {
    let known = true;
    text = text.replace(/&(?:amp|lt|gt|quot|apos|#39|nbsp);|&/g, (entity) => {
      const plain = ENTITIES[entity];
      if (plain === undefined) known = false;
      return plain ?? "";
    });
    if (!known) return undefined;
  }
  return text.includes(">") ? text.replaceAll(">", "&gt;") : text;
}

/** The value of an attribute without entities, or undefined when it holds others than `&amp;`. */
function simpleValue(raw: string): string | undefined {
  if (!raw.includes("&")) return raw;
  const plain = raw.replaceAll("&amp;", "\u0000");
  return plain.includes("&") ? undefined : plain.replaceAll("\u0000", "&");
}

function attributesOf(raw: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (const match of raw.matchAll(ATTRIBUTE)) {
    const name = match[1] ?? "";
    const value = simpleValue(match[2] ?? "");
    if (value === undefined || found.has(name)) return undefined;
    found.set(name, value);
  }
  return found;
}

/** An opening tag as it is written out, and the name under which it must be closed. */
function opening(name: string, raw: string): { html: string; name: string } | undefined {
  if (raw === "" && name !== "a") return { html: `<${name}>`, name };
  const given = attributesOf(raw);
  if (!given) return undefined;
  const kept = safeAttributes(name, (attribute) => given.get(attribute));
  let html = "";
  for (const key in kept)
    html += ` ${key}="${(kept[key] ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")}"`;
  // A link that leads nowhere is a piece of text.
  const written = name === "a" && kept["href"] === undefined ? "span" : name;
  return { html: `<${written}${html}>`, name: written };
}

/** Whether an element may open here without a parser closing or moving anything. */
function fits(name: string, parent: string | undefined, inLink: boolean): boolean {
  if (name === "li") return parent === "ul" || parent === "ol";
  if (parent === "ul" || parent === "ol") return false;
  if (BLOCKS.has(name)) return parent === undefined || parent === "blockquote" || parent === "li";
  return name !== "a" || !inLink;
}

/**
 * Sanitises simple HTML in one pass.
 *
 * @returns the HTML written anew, or undefined when it is not of the simple kind. Equal to what the parser's way gives.
 */
export function sanitizeSimple(html: string): string | undefined {
  const open: { source: string; written: string }[] = [];
  let out = "";
  let links = 0;
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf("<", at);
    const text = simpleText(html.slice(at, next === -1 ? html.length : next));
    if (text === undefined) return undefined;
    out += text;
    if (next === -1) break;
    TAG.lastIndex = next;
    const match = TAG.exec(html);
    if (!match) return undefined;
    at = TAG.lastIndex;
    const name = match[2] ?? "";
    const attributes = match[3] ?? "";
    const slash = match[4] !== undefined;
    const parent = open.at(-1);
    if (match[1] === "/") {
      if (parent?.source !== name || attributes !== "" || slash) return undefined;
      open.pop();
      if (name === "a") links--;
      out += `</${parent.written}>`;
      continue;
    }
    if (!KNOWN.has(name) || !fits(name, parent?.source, links > 0)) return undefined;
    if (name === "br") {
      if (open.length >= MAX_NESTING) return undefined;
      out += "<br />";
      continue;
    }
    if (slash || open.length >= MAX_NESTING) return undefined;
    const tag = opening(name, attributes);
    if (!tag) return undefined;
    out += tag.html;
    if (name === "a") links++;
    open.push({ source: name, written: tag.name });
  }
  return open.length === 0 ? out : undefined;
}
