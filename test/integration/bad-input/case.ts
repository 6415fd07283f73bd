/** One request that must be refused, and how. */

export interface Case {
  name: string;
  /** Method and path. */
  call: string;
  /** Who asks; a name of `World.as`. Default: `anna`, by token. */
  as?: string;
  json?: unknown;
  /** A body that is not JSON, or not good JSON. */
  body?: BodyInit;
  headers?: Record<string, string>;
  status: number;
  /** What the error says: the code on /oauth and /api/skein, the sentence of the client API. */
  error: RegExp | string;
}

export const BIG_ID = "9".repeat(30);
export const INVALID = /^Validation failed/;
export const NOT_FOUND = "Record not found";
export const urlencoded = { "content-type": "application/x-www-form-urlencoded" };

/** A multipart body; a third entry names the file. */
export const form = (fields: [string, string | Blob, string?][]): FormData => {
  const data = new FormData();
  for (const [name, value, file] of fields) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, file ?? "file");
  }
  return data;
};
