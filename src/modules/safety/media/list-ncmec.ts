/**
 * NCMEC's hash sharing API, version 2: XML with `image` and `deletedImage` elements below `images`. The element names are those of the API's public
 * documentation (report.cybertip.org/hashsharing/v2); videos are passed over, and so are fingerprints that nobody can compute freely (pdna).
 */
import { AppError } from "#platform/errors.ts";
import { collect, type Algorithm, type HashList } from "./list-types.ts";

interface Element {
  /** Without a namespace. */
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, name: string) => {
    const code = decimal === undefined ? (hex === undefined ? -1 : parseInt(String(hex), 16)) : Number(decimal);
    if (code >= 0) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return ENTITIES[name] ?? whole;
  });

const broken = (what: string): AppError => new AppError("unprocessable", `The list cannot be read: ${what}.`);
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w.:-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/y;
const DEEPEST = 20;

/** Reads the plain part of XML. Document types, and with them entities of one's own, are refused. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const match = TOKEN.exec(xml);
    const parent = open.at(-1);
    if (!match || !parent) throw broken("it is not plain XML");
    const [, cdata, closing, qualified, attributes = "", empty, text] = match;
    if (text !== undefined || cdata !== undefined) parent.text += cdata ?? unescaped(text ?? "");
    if (qualified === undefined) continue;
    const name = qualified.replace(/^.*:/, "");
    if (closing === "/") {
      if (open.length < 2 || parent.name !== name) throw broken("its elements do not close");
      open.pop();
      continue;
    }
    const made: Element = { name, attributes: {}, children: [], text: "" };
    for (const [, key = "", value = ""] of attributes.matchAll(/([\w.:-]+)\s*=\s*(?:"|')([^"']*)(?:"|')/g))
      made.attributes[key] = unescaped(value);
    parent.children.push(made);
    if (empty !== "/") open.push(made);
    if (open.length > DEEPEST) throw broken("its elements are nested too deeply");
  }
  if (open.length > 1) throw broken("it ends in the middle");
  return root;
}

const child = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((c) => c.name === name);

const FINGERPRINTS: Readonly<Record<string, Algorithm>> = { md5: "md5", sha1: "sha1", sha256: "sha256", pdq: "pdq" };

export function readNcmec(xml: string): HashList {
  const result = child(parse(xml.trim()), "queryResult");
  if (!result) throw broken("it has no element queryResult");
  const found = collect();
  for (const entry of child(result, "images")?.children ?? []) {
    const id = child(entry, "id")?.text.trim() ?? "";
    const member = child(entry, "member")?.attributes["id"] ?? "";
    if (id === "") {
      found.skip("no id");
      continue;
    }
    const item = `${member}/${id}`;
    if (entry.name === "deletedImage") found.withdraw(item);
    else if (entry.name === "image")
      for (const print of child(entry, "fingerprints")?.children ?? [])
        found.take(item, FINGERPRINTS[print.name.toLowerCase()], print.text);
  }
  for (const _ of child(result, "videos")?.children ?? []) found.skip("video");
  return found.list();
}
