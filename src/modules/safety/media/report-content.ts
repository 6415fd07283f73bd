/**
 * What is told about a case, as JSON and in the XML of NCMEC's CyberTipline API (report.cybertip.org/ispws/documentation). The schema wants elements in its order and refuses a report
 * otherwise; the schema itself is handed out to holders of credentials only, so what is written here has to be tried against the test environment before it counts.
 */
import { AppError } from "#platform/errors.ts";
import { zip } from "./zip.ts";

export const REPORT_ENVIRONMENTS = ["test", "production"] as const;
export type ReportEnvironment = (typeof REPORT_ENVIRONMENTS)[number];
export const INDUSTRY_CLASSES = ["A1", "A2", "B1", "B2"] as const;
export type IndustryClass = (typeof INDUSTRY_CLASSES)[number];

export const REPORT_BASES: Readonly<Record<ReportEnvironment, string>> = {
  test: "https://exttest.cybertip.org/ispws",
  production: "https://report.cybertip.org/ispws",
};

export interface ReportContent {
  format: "skein media report 1";
  environment: ReportEnvironment;
  /** Where a report of this environment may be handed in, and nowhere else. */
  base: string;
  case: string;
  kind: string;
  /** RFC 3339, when the picture was found. */
  at: string;
  domain: string;
  reporter: { first_name: string; last_name: string; email: string };
  account: { id: string | null; username: string; url: string } | null;
  /** Where another server had it. */
  source: string | null;
  match: { bank: string; item: string; algorithm: string; distance: number };
  /** Who agreed that it is what it was taken for; numbers of accounts. */
  confirmed_by: string[];
  file: {
    name: string;
    sha256: string;
    /** Known from the evidence only. */
    sha1: string | null;
    md5: string | null;
    viewed: boolean;
    publicly_available: boolean;
    /** Whether the picture is as it was sent, or as it was written anew here. */
    bytes: "as received" | "as stored";
    industry_class: IndustryClass | null;
  };
  /** Known from the evidence only. */
  ip: { address: string; at: string } | null;
}

type Xml = [name: string, content: string | boolean | Xml[] | null, attributes?: Record<string, string>];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
/** XML 1.0 has no place for control characters and lone surrogates, escaped or not. */
const text = (raw: string): string =>
  raw
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

/** Elements without content are left out. */
function written([name, content, attributes = {}]: Xml, depth: number): string {
  if (content === null || (Array.isArray(content) && content.length === 0)) return "";
  const pad = "  ".repeat(depth);
  const open = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${text(value)}"`)].join(" ");
  const inner = Array.isArray(content)
    ? `\n${content.map((child) => written(child, depth + 1)).join("")}${pad}`
    : text(String(content));
  return `${pad}<${open}>${inner}</${name}>\n`;
}

const document = (name: string, children: Xml[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${written(
    [
      name,
      children,
      {
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:noNamespaceSchemaLocation": "https://report.cybertip.org/ispws/xsd",
      },
    ],
    0,
  )}`;

const capture = (r: ReportContent): Xml => [
  "ipCaptureEvent",
  r.ip === null
    ? null
    : [
        ["ipAddress", r.ip.address],
        ["eventName", "Upload"],
        ["dateTime", r.ip.at],
      ],
];

const foundBy = ({ match, file, confirmed_by: confirmed }: ReportContent): string =>
  [
    `Found automatically by comparison with the hash list "${match.bank}" (${match.algorithm}, distance ${match.distance} of 256).`,
    confirmed.length > 0 ? `Confirmed by ${confirmed.length} people.` : "No person has confirmed it.",
    file.viewed ? "A person of the service looked at the file." : "No person of the service looked at the file.",
    file.bytes === "as stored" ? "The file was written anew by the service; the hashes are those of the upload." : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");

/** The body of `submit`. */
export function ncmecReport(r: ReportContent): string {
  return document("report", [
    [
      "incidentSummary",
      [
        ["incidentType", "Child Pornography (possession, manufacture, and distribution)"],
        ["incidentDateTime", r.at],
      ],
    ],
    [
      "internetDetails",
      r.source === null ? null : [["webPageIncident", [["url", r.source]], { thirdPartyHostedContent: "true" }]],
    ],
    [
      "reporter",
      [
        [
          "reportingPerson",
          [
            ["firstName", r.reporter.first_name],
            ["lastName", r.reporter.last_name],
            ["email", r.reporter.email],
          ],
        ],
      ],
    ],
    [
      "personOrUserReported",
      r.account === null
        ? null
        : [
            ["espIdentifier", r.account.id],
            ["espService", r.domain],
            ["screenName", r.account.username],
            ["profileUrl", r.account.url],
            capture(r),
          ],
    ],
    ["additionalInfo", foundBy(r)],
  ]);
}

/** The body of `fileinfo`. The two numbers are those the authority gave. */
export function ncmecFile(r: ReportContent, numbers: { report: string; file: string }): string {
  const hashes: Xml[] = (
    [
      ["MD5", r.file.md5],
      ["SHA1", r.file.sha1],
      ["SHA256", r.file.sha256],
    ] as const
  ).map(([hashType, hex]) => ["originalFileHash", hex, { hashType }]);
  return document("fileDetails", [
    ["reportId", numbers.report],
    ["fileId", numbers.file],
    ["originalFileName", r.file.name],
    ["locationOfFile", r.source],
    ["fileViewedByEsp", r.file.viewed],
    ["exifViewedByEsp", false],
    ["publiclyAvailable", r.file.publicly_available],
    ["fileRelevance", "Reported"],
    ["industryClassification", r.file.industry_class],
    ...hashes,
    capture(r),
    ["additionalInfo", foundBy(r)],
  ]);
}

/** NCMEC takes reports about children only; the test pattern goes to its test environment. */
const forNcmec = (r: ReportContent): boolean => r.kind === "csam" || (r.kind === "test" && r.environment === "test");

/** The report as a ZIP: `report.json` always, `submit.xml` for NCMEC, `fileinfo.xml` when it has given its numbers, the picture where somebody has opened the evidence. */
export function packed(
  r: ReportContent,
  more: { numbers?: { report: string; file: string } | undefined; picture?: Uint8Array | undefined } = {},
): Buffer {
  const files = [{ name: "report.json", bytes: Buffer.from(`${JSON.stringify(r, null, 2)}\n`) as Uint8Array }];
  if (forNcmec(r)) files.push({ name: "submit.xml", bytes: Buffer.from(ncmecReport(r)) });
  if (forNcmec(r) && more.numbers) files.push({ name: "fileinfo.xml", bytes: Buffer.from(ncmecFile(r, more.numbers)) });
  if (more.picture) files.push({ name: r.file.name, bytes: more.picture });
  return zip(files);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a `report.json` that Skein wrote. Throws `unprocessable` for anything else. */
export function readReport(json: string): ReportContent {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Said below.
  }
  if (!isReport(value))
    throw new AppError("unprocessable", "This is no report.json of Skein. Take it from the ZIP of the report.");
  return value;
}
const isReport = (value: unknown): value is ReportContent =>
  isRecord(value) &&
  value["format"] === "skein media report 1" &&
  REPORT_ENVIRONMENTS.some((e) => e === value["environment"] && REPORT_BASES[e] === value["base"]) &&
  isRecord(value["file"]) &&
  isRecord(value["match"]) &&
  isRecord(value["reporter"]);

/** Adds what only the opened evidence tells: other digests, and from where the picture came. Says nothing about whether anybody looked. */
export function completed(r: ReportContent, about: unknown): ReportContent {
  if (!isRecord(about) || about["case"] !== r.case || about["sha256"] !== r.file.sha256)
    throw new AppError("unprocessable", "The evidence is not the one of this report.");
  const string = (key: string): string | null => {
    const value = about[key];
    return typeof value === "string" ? value : null;
  };
  const address = string("ip");
  return {
    ...r,
    file: { ...r.file, sha1: string("sha1"), md5: string("md5") },
    ip: address === null ? null : { address, at: string("at") ?? r.at },
  };
}
