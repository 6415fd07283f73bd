import { AppError } from "#platform/errors.ts";

/** Parsed request values: text, uploaded files, and lists and objects of them. */
export type FormValue = string | File | FormValue[] | { [key: string]: FormValue };

const MAX_DEPTH = 8;
const MAX_FIELDS = 2000;

/** Limits of a body, in bytes. */
export interface BodyLimits {
  /** JSON and form bodies. */
  text: number;
  /** Multipart bodies with files. */
  multipart: number;
}

/**
 * Reads a body as JSON, form or multipart, whichever the client sent, into one plain object. Nested names (`a[b]`, `a[]`, `a[0][b]`) become objects and lists.
 * An absent body is an empty object. Throws 400 for malformed, 413 for oversized bodies, 415 for other types.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Record<string, unknown>> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const multipart = type === "multipart/form-data";
  const bytes = await readLimited(request, multipart ? limits.multipart : limits.text);
  if (bytes.byteLength === 0) return {};
  if (type === "application/json" || type.endsWith("+json")) return parseJson(bytes);
  if (type === "application/x-www-form-urlencoded" || type === "")
    return nest(new URLSearchParams(new TextDecoder().decode(bytes)));
  if (multipart) {
    try {
      // The platform's parser needs the boundary from the original header.
      const form = await new Response(bytes, {
        headers: { "content-type": request.headers.get("content-type") ?? "" },
      }).formData();
      return nest(form);
    } catch (cause) {
      throw new AppError("bad_request", "The multipart body could not be read: it is malformed or cut off.", { cause });
    }
  }
  throw new AppError(
    "bad_request",
    `Bodies of type ${type.slice(0, 60)} are not supported. Send JSON, a form or multipart.`,
  );
}

/** The bytes of a body; 413 above the limit. */
export async function readLimited(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): AppError =>
    new AppError("too_large", `The request is larger than the ${Math.floor(limit / 1024)} kB allowed here.`);
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > limit) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    checkDepth(text);
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("bad_request", "The JSON body could not be read: it is malformed or not UTF-8.", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AppError("bad_request", "The JSON body must be an object.");
  return value as Record<string, unknown>;
}

/** Refuses JSON nested deeper than any real request, before parsing it: `[[[[…` costs the parser stack and the validators time. */
function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) i++;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 91 || c === 123) {
      if (++depth > 32) throw new AppError("bad_request", "The JSON body is nested too deeply.");
    } else if (c === 93 || c === 125) depth--;
  }
}

/** Turns flat pairs with bracketed names into nested lists and objects. */
export function nest(pairs: Iterable<[string, string | File]>): Record<string, unknown> {
  const root: Record<string, FormValue> = Object.create(null);
  let count = 0;
  for (const [name, value] of pairs) {
    if (++count > MAX_FIELDS) throw new AppError("bad_request", `More than ${MAX_FIELDS} fields were sent.`);
    place(root, pathOf(name), value);
  }
  return root;
}

function pathOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open <= 0 || !name.endsWith("]")) return [name];
  const path = [name.slice(0, open), ...name.slice(open + 1, -1).split("][")];
  if (path.length > MAX_DEPTH) throw new AppError("bad_request", "A field name is nested too deeply.");
  return path;
}

function place(root: Record<string, FormValue>, path: string[], value: string | File): void {
  let at: Record<string, FormValue> = root;
  for (let i = 0; i < path.length; i++) {
    const key = path[i] ?? "";
    const last = i === path.length - 1;
    const next = path[i + 1];
    if (last) {
      at[key] = value;
      return;
    }
    if (next === "") {
      const list = Array.isArray(at[key]) ? at[key] : [];
      at[key] = list;
      if (i + 1 === path.length - 1) list.push(value);
      else {
        // a[][b]=1&a[][c]=2: a repeated key starts the next object, as Rails reads it.
        const rest = path.slice(i + 2);
        const current = list.at(-1);
        const key2 = rest[0] ?? "";
        const target: Record<string, FormValue> =
          current !== undefined &&
          typeof current === "object" &&
          !Array.isArray(current) &&
          !(current instanceof File) &&
          !(key2 in current)
            ? current
            : Object.create(null);
        if (target !== current) list.push(target);
        place(target, rest, value);
      }
      return;
    }
    const child = at[key];
    if (child === undefined || typeof child === "string" || child instanceof File || Array.isArray(child)) {
      const made: Record<string, FormValue> = Object.create(null);
      at[key] = made;
      at = made;
    } else at = child;
  }
}
