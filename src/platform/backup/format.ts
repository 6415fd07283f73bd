import { z } from "zod";

/*
 * A backup is a tar archive compressed with zstd. In this order:
 *
 *   about.json           what it is and which schema it needs; first, so that an unfit file is refused early
 *   media/<key>          files of the blob store
 *   secrets/<name>       generated secrets of the data directory
 *   tables/<name>/<nnn>  a table as PostgreSQL's COPY text, cut into pieces at any byte
 *   jobs/<nnn>           waiting jobs, one JSON object per line, cut likewise
 *   checksums/<nnn>      SHA-256 of the entries since the one before, as `sha256sum` writes them
 *   manifest.json        counts, sequences, and SHA-256 of the checksum entries; last, so that a cut file is noticed
 *
 * The reasons are in docs/adr/0018.
 */

export const FORMAT = 1;
export const ABOUT = "about.json";
export const MANIFEST = "manifest.json";

/** Bytes of one piece of a table or of the jobs. Its size has to be known before it is written, so it is held in memory. */
export const PIECE_BYTES = 1024 * 1024;
/** Bytes after which a list of checksums is closed. */
export const CHECKSUMS_BYTES = 256 * 1024;
/** Greatest manifest that is accepted, in bytes: it grows by 70 bytes for some 2,000 entries. */
export const MANIFEST_BYTES = 64 * 1024 * 1024;
/** Greatest secret, in bytes. Larger files are no secrets. */
export const SECRET_BYTES = 64 * 1024;

const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const count = z.number().int().nonnegative();

const about = z.object({
  format: z.literal(FORMAT),
  /** Version of the Skein that made it. */
  skein: z.string(),
  /** ISO 8601, UTC: the moment of the database's snapshot. */
  created_at: z.iso.datetime(),
  public_url: z.string(),
  /** Migrations the database had, in order. */
  migrations: z.array(z.string()).min(1),
});

const manifest = z.object({
  tables: z.array(z.object({ name: identifier, columns: z.array(identifier).min(1), rows: count })),
  sequences: z.array(z.object({ name: identifier, value: z.string().regex(/^-?\d{1,19}$/) })),
  jobs: count,
  media: z.object({ files: count, bytes: count }),
  secrets: count,
  /** SHA-256 of each checksum entry, in order. */
  checksums: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
});

export type About = z.infer<typeof about>;
export type Manifest = z.infer<typeof manifest>;

/** Throws when the text is no first entry of a backup this version can read. */
export function parseAbout(text: string): About {
  return about.parse(JSON.parse(text));
}

/** Throws when the text is no last entry of a backup. */
export function parseManifest(text: string): Manifest {
  return manifest.parse(JSON.parse(text));
}

export function pieceName(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(6, "0")}`;
}

/** What an entry belongs to, by its name. Undefined for names this format does not have. */
export function partOf(
  name: string,
): { kind: "media" | "secret" | "table"; name: string } | { kind: "jobs" } | { kind: "checksums" } | undefined {
  const [folder, middle = "", last] = name.split("/");
  if (folder === "media" && last === undefined && middle !== "") return { kind: "media", name: middle };
  if (folder === "secrets" && last === undefined && isSecretName(middle)) return { kind: "secret", name: middle };
  if (folder === "tables" && last !== undefined && /^\d{6,}$/.test(last)) return { kind: "table", name: middle };
  if (folder === "jobs" && last === undefined && /^\d{6,}$/.test(middle)) return { kind: "jobs" };
  if (folder === "checksums" && last === undefined && /^\d{6,}$/.test(middle)) return { kind: "checksums" };
  return undefined;
}

/** True for the only form of names secrets have: no slash, no leading dot. */
export function isSecretName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{0,79}$/.test(name);
}
