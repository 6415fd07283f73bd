import { z } from "zod";
import { parseId } from "#platform/ids.ts";

// Field types of requests: the same value may arrive as JSON, form text or query text.

/** `true`, `1`, `on`, `t` and their opposites. */
export const zBool = z.union([
  z.boolean(),
  z.number().transform((n) => n !== 0),
  z.string().transform((s, ctx) => {
    const v = s.toLowerCase();
    if (["true", "1", "on", "t", "yes"].includes(v)) return true;
    if (["false", "0", "off", "f", "no", ""].includes(v)) return false;
    ctx.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  }),
]);

/** A whole number within bounds, from JSON or text. */
export const zInt = (min: number, max: number): z.ZodType<number, unknown> =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,15}$/, "must be a whole number")
        .transform(Number),
    ])
    .pipe(z.number().int().min(min).max(max));

/** A snowflake id as a decimal string (or a number, which some clients send). Unknown forms are refused. */
export const zId: z.ZodType<bigint, unknown> = z
  .union([z.string(), z.number().int().nonnegative().transform(String)])
  .transform((text, ctx) => {
    const id = parseId(text);
    if (id !== undefined) return id;
    ctx.addIssue({ code: "custom", message: "must be an id" });
    return z.NEVER;
  });

/** A list that may arrive as one value, a list, or an object with numeric keys (`a[0]`, `a[1]`). */
export function zList<T extends z.ZodType>(item: T, max: number): z.ZodType<z.output<T>[], unknown> {
  return z.preprocess((value) => {
    if (value === undefined || value === null || value === "") return [];
    if (Array.isArray(value)) return value;
    if (typeof value === "object" && !(value instanceof File)) {
      const keys = Object.keys(value);
      if (keys.length > 0 && keys.every((k) => /^\d+$/.test(k))) return Object.values(value);
    }
    return [value];
  }, z.array(item).max(max));
}

/** Text without NUL characters, which PostgreSQL cannot store. */
export const zText = (max: number): z.ZodType<string, unknown> =>
  z.union([z.string(), z.number().transform(String)]).pipe(
    z
      .string()
      .max(max, `is longer than ${max} characters`)
      .refine((s) => !s.includes("\0") && s.isWellFormed(), "contains characters that are not allowed"),
  );

/** An uploaded file. */
export const zFile = z.instanceof(File, { error: "must be a file" });

/** Focal point `x,y`, each from -1 to 1. */
export const zFocus: z.ZodType<{ x: number; y: number }, unknown> = z.string().transform((text, ctx) => {
  const parts = text.split(",").map(Number);
  const [x, y] = parts;
  if (
    parts.length !== 2 ||
    x === undefined ||
    y === undefined ||
    !Number.isFinite(x) ||
    !Number.isFinite(y) ||
    Math.abs(x) > 1 ||
    Math.abs(y) > 1
  ) {
    ctx.addIssue({ code: "custom", message: "must be two numbers from -1 to 1, separated by a comma" });
    return z.NEVER;
  }
  return { x, y };
});
