import assert from "node:assert/strict";
import { test } from "node:test";
import type { HashList } from "./list-types.ts";
import { readList } from "./lists.ts";

const PDQ = "0f628f5fdb4ce6803befc8c19d743476ae1e6305daa2c5d3445ca54cbf1c3a08";
const MD5 = "00112233445566778899aabbccddeeff";
const SHA1 = "0123456789abcdef0123456789abcdef01234567";
const plain = (list: HashList): unknown => ({
  hashes: list.hashes.map((h) => [h.item, h.algorithm, h.hash.toString("hex")]),
  withdrawn: list.withdrawn,
  skipped: list.skipped,
});

test("CSV: a heading names the columns", () => {
  const text = `\uFEFFid,algorithm,hash,status\r\n1,PDQ,${PDQ.toUpperCase()},active\r\n"a, b",md5,${MD5},\r\n3,sha1,${SHA1},withdrawn\r\n4,photodna,abc,\r\n5,md5,xyz,\n6,pdq,${"0".repeat(64)},\n`;
  assert.deepEqual(plain(readList(text, "csv")), {
    hashes: [
      ["1", "pdq", PDQ],
      ["a, b", "md5", MD5],
    ],
    withdrawn: ["3"],
    skipped: { "other kind of hash": 1, "not a md5 hash": 1, "not a pdq hash": 1 },
  });
  assert.deepEqual(plain(readList(`type,value\nmd5,${MD5}`, "csv")), {
    hashes: [[`md5:${MD5}`, "md5", MD5]],
    withdrawn: [],
    skipped: {},
  });
  assert.throws(() => readList(`${PDQ}\n`, "csv"), /first line must name the columns/);
});

test("ThreatExchange: updates and deletions", () => {
  const data = [
    { id: "11", type: "HASH_PDQ", indicator: PDQ },
    { id: "12", type: "HASH_MD5", indicator: MD5, should_delete: true },
    { id: "13", type: "HASH_TMK", indicator: "x" },
  ];
  assert.deepEqual(plain(readList(JSON.stringify({ data }), "threatexchange")), {
    hashes: [["11", "pdq", PDQ]],
    withdrawn: ["12"],
    skipped: { "other kind of hash": 1 },
  });
  assert.throws(() => readList("[{}]", "threatexchange"), /no list "data"/);
  assert.throws(() => readList("nonsense", "threatexchange"), /not JSON/);
});

test("StopNCII: only active hashes are used, withdrawn and deleted ones go", () => {
  const of = (hashStatus: string, signalType = "ImagePDQ"): object => ({ signalType, hashValue: PDQ, hashStatus });
  const other = { ...of("Withdrawn"), hashValue: "1".repeat(64) };
  const hashRecords = [of("Withdrawn"), of("Active"), of("Received"), other, of("Active", "VideoMD5")];
  assert.deepEqual(plain(readList(JSON.stringify({ count: 5, hashRecords }), "stopncii")), {
    hashes: [[`ImagePDQ:${PDQ}`, "pdq", PDQ]],
    withdrawn: [`ImagePDQ:${"1".repeat(64)}`],
    skipped: { "not active": 1, "other kind of hash": 1 },
  });
});

test("NCMEC: images with their fingerprints, and deleted images", () => {
  const xml = `<?xml version="1.0"?>
<n:queryResult xmlns:n="https://hashsharing.ncmec.org/hashsharing/v2">
  <n:images count="2" maxTimestamp="2026-10-20T00:00:00Z">
    <n:image><n:member id="42">Example &amp; Member</n:member><n:timestamp>2026-10-18T00:00:00Z</n:timestamp><n:id>image1</n:id>
      <n:classification>A1</n:classification>
      <n:fingerprints><n:md5>${MD5}</n:md5><n:sha1>${SHA1}</n:sha1><n:pdna>abc</n:pdna></n:fingerprints></n:image>
    <n:deletedImage><n:member id="42">Example</n:member><n:id>image2</n:id><n:timestamp>2026-10-19T00:00:00Z</n:timestamp></n:deletedImage>
  </n:images>
  <n:videos count="1"><n:video><n:member id="42"/><n:id>v</n:id></n:video></n:videos>
</n:queryResult>`;
  assert.deepEqual(plain(readList(xml, "ncmec")), {
    hashes: [
      ["42/image1", "md5", MD5],
      ["42/image1", "sha1", SHA1],
    ],
    withdrawn: ["42/image2"],
    skipped: { "other kind of hash": 1, video: 1 },
  });
  for (const wrong of ["<a>", "<a></b>", '<!DOCTYPE a [<!ENTITY x "y">]><queryResult/>', "<other/>", "text"])
    assert.throws(() => readList(wrong, "ncmec"), { code: "unprocessable" }, wrong);
});
