// Structured field values (RFC 8941), as far as signatures need them: dictionaries of items and inner lists. Own code, because these
// headers are read from strangers on the hot path: one pass without regular expressions, hard limits, and no second reading of doubtful
// input. Failure is `undefined` and never an exception, since refusing must not cost more than accepting.

/** Members of a dictionary, items of an inner list, parameters of an item: more is refused. */
const MAX_PARTS = 64;
/** Characters of one field value. Node refuses requests whose headers exceed 16 KiB together. */
export const MAX_FIELD = 8192;

export type BareItem =
  | { kind: "integer" | "decimal"; value: number }
  | { kind: "string" | "token"; value: string }
  | { kind: "bytes"; value: Buffer }
  | { kind: "boolean"; value: boolean };

export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item {
  value: BareItem;
  parameters: Parameters;
}

export interface InnerList {
  items: Item[];
  parameters: Parameters;
}

export type Member = Item | InnerList;

interface Cursor {
  readonly text: string;
  at: number;
}

const NO_PARAMETERS: Parameters = new Map();
const TRUE: BareItem = { kind: "boolean", value: true };

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isLower = (c: number): boolean => c >= 0x61 && c <= 0x7a;
const isAlpha = (c: number): boolean => isLower(c) || (c >= 0x41 && c <= 0x5a);

/** One flag per ASCII character: may it stand in a token (RFC 9110 tchar, and `:` and `/`)? */
const TOKEN_CHARACTERS = new Uint8Array(128);
for (const c of "!#$%&'*+-.^_`|~:/0123456789") TOKEN_CHARACTERS[c.charCodeAt(0)] = 1;
for (let c = 0x41; c <= 0x7a; c++) if (isAlpha(c)) TOKEN_CHARACTERS[c] = 1;

function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === 0x20) cursor.at++;
}

/** Optional white space between members: spaces and tabs. */
function skipBlanks(cursor: Cursor): void {
  for (;;) {
    const c = cursor.text.charCodeAt(cursor.at);
    if (c !== 0x20 && c !== 0x09) return;
    cursor.at++;
  }
}

function readKey(cursor: Cursor): string | undefined {
  const { text } = cursor;
  const start = cursor.at;
  const first = text.charCodeAt(start);
  if (!isLower(first) && first !== 0x2a) return undefined;
  let at = start + 1;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    // lower case, digits, "_", "-", "." and "*"
    if (!isLower(c) && !isDigit(c) && c !== 0x5f && c !== 0x2d && c !== 0x2e && c !== 0x2a) break;
  }
  cursor.at = at;
  return text.slice(start, at);
}

function readNumber(cursor: Cursor): BareItem | undefined {
  const { text } = cursor;
  const start = cursor.at;
  let at = text.charCodeAt(start) === 0x2d ? start + 1 : start;
  const digits = at;
  while (isDigit(text.charCodeAt(at))) at++;
  const whole = at - digits;
  if (whole === 0 || whole > 15) return undefined;
  if (text.charCodeAt(at) !== 0x2e) {
    cursor.at = at;
    return { kind: "integer", value: Number(text.slice(start, at)) };
  }
  const fraction = ++at;
  while (isDigit(text.charCodeAt(at))) at++;
  if (whole > 12 || at === fraction || at - fraction > 3) return undefined;
  cursor.at = at;
  return { kind: "decimal", value: Number(text.slice(start, at)) };
}

function readString(cursor: Cursor): BareItem | undefined {
  const { text } = cursor;
  let from = cursor.at + 1;
  let value = "";
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x22) {
      cursor.at = at + 1;
      return { kind: "string", value: value + text.slice(from, at) };
    }
    if (c === 0x5c) {
      const next = text.charCodeAt(at + 1);
      if (next !== 0x22 && next !== 0x5c) return undefined;
      value += text.slice(from, at);
      from = ++at;
    } else if (c < 0x20 || c > 0x7e) return undefined;
  }
  return undefined;
}

function readBytes(cursor: Cursor): BareItem | undefined {
  const start = cursor.at + 1;
  const end = cursor.text.indexOf(":", start);
  if (end < 0) return undefined;
  const value = strictBase64(cursor.text.slice(start, end));
  if (!value) return undefined;
  cursor.at = end + 1;
  return { kind: "bytes", value };
}

function readToken(cursor: Cursor): BareItem {
  const { text } = cursor;
  const start = cursor.at;
  while (TOKEN_CHARACTERS[text.charCodeAt(cursor.at)] === 1) cursor.at++;
  return { kind: "token", value: text.slice(start, cursor.at) };
}

function readBare(cursor: Cursor): BareItem | undefined {
  const c = cursor.text.charCodeAt(cursor.at);
  if (c === 0x22) return readString(cursor);
  if (c === 0x3a) return readBytes(cursor);
  if (c === 0x2d || isDigit(c)) return readNumber(cursor);
  if (c === 0x2a || isAlpha(c)) return readToken(cursor);
  if (c === 0x3f) {
    const flag = cursor.text[cursor.at + 1];
    if (flag !== "0" && flag !== "1") return undefined;
    cursor.at += 2;
    return { kind: "boolean", value: flag === "1" };
  }
  return undefined;
}

function readParameters(cursor: Cursor): Parameters | undefined {
  if (cursor.text.charCodeAt(cursor.at) !== 0x3b) return NO_PARAMETERS;
  const parameters = new Map<string, BareItem>();
  let count = 0;
  while (cursor.text.charCodeAt(cursor.at) === 0x3b) {
    if (++count > MAX_PARTS) return undefined;
    cursor.at++;
    skipSpaces(cursor);
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    let value: BareItem | undefined = TRUE;
    if (cursor.text.charCodeAt(cursor.at) === 0x3d) {
      cursor.at++;
      value = readBare(cursor);
      if (!value) return undefined;
    }
    parameters.set(key, value);
  }
  return parameters;
}

function readItem(cursor: Cursor): Item | undefined {
  const value = readBare(cursor);
  const parameters = value && readParameters(cursor);
  return parameters && { value, parameters };
}

function readMember(cursor: Cursor): Member | undefined {
  if (cursor.text.charCodeAt(cursor.at) !== 0x28) return readItem(cursor);
  cursor.at++;
  const items: Item[] = [];
  for (;;) {
    skipSpaces(cursor);
    if (cursor.text.charCodeAt(cursor.at) === 0x29) {
      cursor.at++;
      const parameters = readParameters(cursor);
      return parameters && { items, parameters };
    }
    if (items.length === MAX_PARTS) return undefined;
    const item = readItem(cursor);
    if (!item) return undefined;
    items.push(item);
    const next = cursor.text.charCodeAt(cursor.at);
    if (next !== 0x20 && next !== 0x29) return undefined;
  }
}

/**
 * Reads a dictionary (RFC 8941 section 4.2.2). A key given twice keeps its last value, as the specification says.
 *
 * @param text the field value; repeated fields joined by ", ".
 * @returns undefined when it is malformed, longer than {@link MAX_FIELD} or has more than 64 members.
 */
export function parseDictionary(text: string): Map<string, Member> | undefined {
  if (text.length > MAX_FIELD) return undefined;
  const cursor: Cursor = { text, at: 0 };
  const members = new Map<string, Member>();
  skipSpaces(cursor);
  while (cursor.at < text.length) {
    if (members.size === MAX_PARTS) return undefined;
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    let member: Member | undefined;
    if (text.charCodeAt(cursor.at) === 0x3d) {
      cursor.at++;
      member = readMember(cursor);
    } else {
      const parameters = readParameters(cursor);
      member = parameters && { value: TRUE, parameters };
    }
    if (!member) return undefined;
    members.set(key, member);
    skipBlanks(cursor);
    if (cursor.at === text.length) return members;
    if (text.charCodeAt(cursor.at) !== 0x2c) return undefined;
    cursor.at++;
    skipBlanks(cursor);
    // A comma has to be followed by a member.
    if (cursor.at === text.length) return undefined;
  }
  return members;
}

/** Decodes padded base64 in its one canonical spelling; anything else is undefined, so that no two texts mean the same bytes. */
export function strictBase64(text: string): Buffer | undefined {
  if ((text.length & 3) !== 0) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** A string in quotes. The caller makes sure that it is printable ASCII. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function serializeBare(item: BareItem): string {
  switch (item.kind) {
    case "integer":
      return String(item.value);
    case "decimal":
      return Number.isInteger(item.value) ? `${item.value}.0` : String(item.value);
    case "string":
      return quote(item.value);
    case "token":
      return item.value;
    case "bytes":
      return `:${item.value.toString("base64")}:`;
    case "boolean":
      return item.value ? "?1" : "?0";
  }
}

function serializeParameters(parameters: Parameters): string {
  let out = "";
  for (const [key, item] of parameters) {
    out += item.kind === "boolean" && item.value ? `;${key}` : `;${key}=${serializeBare(item)}`;
  }
  return out;
}

/** An inner list in canonical form (RFC 8941 section 4.1.1.1), which is the value of `@signature-params`. */
export function serializeInnerList(list: InnerList): string {
  let out = "(";
  for (const item of list.items) {
    if (out.length > 1) out += " ";
    out += serializeBare(item.value) + serializeParameters(item.parameters);
  }
  return `${out})${serializeParameters(list.parameters)}`;
}
