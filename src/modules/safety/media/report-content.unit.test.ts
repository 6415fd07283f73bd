import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { test } from "node:test";
import { completed, ncmecFile, ncmecReport, packed, readReport, type ReportContent } from "./report-content.ts";
import { zip } from "./zip.ts";

const report = (file: Partial<ReportContent["file"]> = {}, more: Partial<ReportContent> = {}): ReportContent => ({
  format: "skein media report 1",
  environment: "test",
  base: "https://exttest.cybertip.org/ispws",
  case: "77",
  kind: "csam",
  at: "2026-03-04T05:06:07.000Z",
  domain: "example.test",
  reporter: { first_name: "Ada", last_name: "O'Neil & <Co>", email: "ada@example.test" },
  account: { id: "5", username: "eve", url: "https://example.test/@eve" },
  source: null,
  match: { bank: "official", item: "1", algorithm: "sha256", distance: 0 },
  confirmed_by: [],
  file: {
    ...{ name: "case-77.bin", sha256: "ab", sha1: "cd", md5: "ef", viewed: false, publicly_available: false },
    ...{ bytes: "as received", industry_class: null },
    ...file,
  },
  ip: { address: "192.0.2.1", at: "2026-03-04T05:06:07.000Z" },
  ...more,
});

/** Names of elements in the order in which they open. */
const opened = (xml: string): string[] => [...xml.matchAll(/<([a-zA-Z]+)[ >]/g)].map((m) => m[1] ?? "");

test("a report has its elements in the order of the schema", () => {
  const xml = ncmecReport(report({}, { source: "https://remote.test/a.png?x=1&y=2" }));
  assert.deepEqual(opened(xml), [
    ...["report", "incidentSummary", "incidentType", "incidentDateTime"],
    ...["internetDetails", "webPageIncident", "url"],
    ...["reporter", "reportingPerson", "firstName", "lastName", "email"],
    ...["personOrUserReported", "espIdentifier", "espService", "screenName", "profileUrl"],
    ...["ipCaptureEvent", "ipAddress", "eventName", "dateTime", "additionalInfo"],
  ]);
  assert.match(xml, /<lastName>O&apos;Neil &amp; &lt;Co&gt;<\/lastName>/);
  assert.match(xml, /x=1&amp;y=2/);
});

test("a file's details are in order, and true about who looked", () => {
  const numbers = { report: "1000", file: "f1" };
  const xml = ncmecFile(report(), numbers);
  assert.deepEqual(opened(xml), [
    ...["fileDetails", "reportId", "fileId", "originalFileName", "fileViewedByEsp", "exifViewedByEsp"],
    ...["publiclyAvailable", "fileRelevance", "originalFileHash", "originalFileHash", "originalFileHash"],
    ...["ipCaptureEvent", "ipAddress", "eventName", "dateTime", "additionalInfo"],
  ]);
  assert.match(xml, /<fileViewedByEsp>false<\/fileViewedByEsp>/);
  assert.match(xml, /No person of the service looked at the file\./);
  assert.doesNotMatch(xml, /industryClassification/);
  const seen = ncmecFile(report({ viewed: true, industry_class: "A1" }), numbers);
  assert.match(seen, /<fileViewedByEsp>true<\/fileViewedByEsp>/);
  assert.match(seen, /<fileRelevance>Reported<\/fileRelevance>\s*<industryClassification>A1</);
});

test("what XML cannot hold does not break a report", () => {
  const xml = ncmecReport(report({}, { source: "https://remote.test/\u0000\u001b\ud800]]>" }));
  assert.match(xml, /https:\/\/remote\.test\/\uFFFD\uFFFD\uFFFD\]\]&gt;/);
});

test("only reports about children, and the pattern in the test environment, are written for NCMEC", () => {
  const has = (r: ReportContent): boolean => packed(r).includes("submit.xml");
  assert.deepEqual(
    [has(report()), has(report({}, { kind: "terror" })), has(report({}, { kind: "test" }))],
    [true, false, true],
  );
  assert.equal(has(report({}, { kind: "test", environment: "production" })), false);
});

test("a report is read back, and a changed environment is refused", () => {
  const content = report();
  assert.deepEqual(readReport(JSON.stringify(content)), content);
  assert.throws(() => readReport(JSON.stringify({ ...content, environment: "production" })), /no report\.json/);
  assert.throws(() => readReport("{"), /no report\.json/);
  const about = { case: "77", sha256: "ab", sha1: "11", md5: "22", ip: "198.51.100.7", at: "2026-01-01T00:00:00Z" };
  const full = completed(report({ sha1: null, md5: null }, { ip: null }), about);
  assert.deepEqual([full.file.sha1, full.file.md5, full.ip?.address], ["11", "22", "198.51.100.7"]);
  assert.equal(full.file.viewed, false, "a program opened it, not a person");
  assert.throws(() => completed(report(), { ...about, sha256: "00" }), /not the one of this report/);
});

test("an archive holds its files with their sums, and is the same every time", () => {
  const files = [
    { name: "a.txt", bytes: Buffer.from("hello") },
    { name: "ü.bin", bytes: Buffer.from([0, 255, 1]) },
  ];
  const bytes = zip(files);
  assert.ok(bytes.equals(zip(files)));
  const end = bytes.lastIndexOf("PK\x05\x06");
  let at = bytes.readUInt32LE(end + 16);
  assert.equal(bytes.readUInt16LE(end + 10), 2);
  for (const file of files) {
    assert.equal(bytes.toString("latin1", at, at + 4), "PK\x01\x02");
    const [sum, size, nameLength] = [
      bytes.readUInt32LE(at + 16),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
    ];
    const local = bytes.readUInt32LE(at + 42);
    assert.equal(bytes.toString("utf8", at + 46, at + 46 + nameLength), file.name);
    const start = local + 30 + bytes.readUInt16LE(local + 26);
    assert.ok(bytes.subarray(start, start + size).equals(file.bytes));
    assert.equal(sum, crc32(file.bytes));
    at += 46 + nameLength;
  }
  assert.equal(at, end);
});
