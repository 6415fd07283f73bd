/** Lists of hashes in the forms in which others give them away, read into one form of our own. */
import { AppError } from "#platform/errors.ts";
import { readNcmec } from "./list-ncmec.ts";
import { collect, type Algorithm, type HashList } from "./list-types.ts";

export const LIST_FORMATS = ["csv", "threatexchange", "ncmec", "stopncii"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
const unreadable = (what: string): AppError => new AppError("unprocessable", `The list cannot be read: ${what}.`);

/** Reads a whole list. Throws `unprocessable` with a sentence when the file is not of the format; single unusable records are counted only. */
export function readList(text: string, format: ListFormat): HashList {
  const clean = text.replace(/^\uFEFF/, "");
  if (format === "csv") return readCsv(clean);
  if (format === "ncmec") return readNcmec(clean);
  let json: unknown;
  try {
    json = JSON.parse(clean);
  } catch {
    throw unreadable("it is not JSON");
  }
  return format === "threatexchange" ? readThreatExchange(json) : readStopNcii(json);
}

const NAMES: Readonly<Record<string, Algorithm>> = {
  pdq: "pdq",
  sha256: "sha256",
  "sha-256": "sha256",
  sha1: "sha1",
  "sha-1": "sha1",
  md5: "md5",
};

/** One line of comma-separated values (RFC 4180), without line breaks inside. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? "").trim(),
  );
}

const WITHDRAWN = new Set(["withdrawn", "deleted", "removed", "inactive"]);

/** A table with a heading: `algorithm` and `hash` are needed, `id` and `status` are welcome. */
function readCsv(text: string): HashList {
  const found = collect();
  const [heading = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const names = fieldsOf(heading).map((name) => name.toLowerCase());
  const column = (...wanted: string[]): number => names.findIndex((name) => wanted.includes(name));
  const [algorithm, hash] = [column("algorithm", "type", "hash_type"), column("hash", "value", "hash_value")];
  const [id, status] = [column("id", "item"), column("status", "state")];
  if (algorithm < 0 || hash < 0) throw unreadable("its first line must name the columns algorithm and hash");
  for (const line of lines) {
    const fields = fieldsOf(line);
    const kind = NAMES[(fields[algorithm] ?? "").toLowerCase()];
    const text = fields[hash] ?? "";
    const item = id < 0 || fields[id] === undefined || fields[id] === "" ? `${kind}:${text.toLowerCase()}` : fields[id];
    if (status >= 0 && WITHDRAWN.has((fields[status] ?? "").toLowerCase())) found.withdraw(item);
    else found.take(item, kind, text);
  }
  return found.list();
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
const textOf = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? `${value}` : "");

const INDICATORS: Readonly<Record<string, Algorithm>> = {
  HASH_PDQ: "pdq",
  HASH_SHA256: "sha256",
  HASH_SHA1: "sha1",
  HASH_MD5: "md5",
};

/** Pages of ThreatExchange's `threat_updates`: `{"data":[{"id","type","indicator","should_delete"}]}`, one page or a list of them. */
function readThreatExchange(json: unknown): HashList {
  const found = collect();
  for (const page of Array.isArray(json) ? json : [json]) {
    const { data } = record(page);
    if (!Array.isArray(data)) throw unreadable('it has no list "data"');
    for (const entry of data) {
      const { id, type, indicator, should_delete: gone } = record(entry);
      const kind = INDICATORS[textOf(type)];
      const item = textOf(id) === "" ? `${kind}:${textOf(indicator).toLowerCase()}` : textOf(id);
      if (gone === true) found.withdraw(item);
      else found.take(item, kind, textOf(indicator));
    }
  }
  return found.list();
}

const SIGNALS: Readonly<Record<string, Algorithm>> = { ImagePDQ: "pdq" };

/**
 * Pages of StopNCII's FetchHashes: `{"hashRecords":[{"signalType","hashValue","hashStatus"}]}`. A record replaces any earlier one of the same hash; Withdrawn and
 * Deleted ones have to go at once, and only Active ones are used.
 */
function readStopNcii(json: unknown): HashList {
  const found = collect();
  for (const page of Array.isArray(json) ? json : [json]) {
    const { hashRecords } = record(page);
    if (!Array.isArray(hashRecords)) throw unreadable('it has no list "hashRecords"');
    for (const entry of hashRecords) {
      const { signalType, hashValue, hashStatus } = record(entry);
      const item = `${textOf(signalType)}:${textOf(hashValue).toLowerCase()}`;
      if (hashStatus === "Active") found.take(item, SIGNALS[textOf(signalType)], textOf(hashValue));
      else if (hashStatus === "Withdrawn" || hashStatus === "Deleted") found.withdraw(item);
      else found.skip("not active");
    }
  }
  return found.list();
}
