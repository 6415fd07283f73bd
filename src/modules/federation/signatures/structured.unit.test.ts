import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDictionary, serializeInnerList, strictBase64, type BareItem } from "./structured.ts";

test("a dictionary as signatures use it", () => {
  const text = 'sig1=("@method" "x";sf;key="a\\"b"  );created=-5;ok;no=?0;d=1.50;t=*a/b:c, raw=:AQID:;p, flag;x=1';
  const members = parseDictionary(text);
  const list = members?.get("sig1");
  assert.ok(list && "items" in list);
  assert.equal(serializeInnerList(list), '("@method" "x";sf;key="a\\"b");created=-5;ok;no=?0;d=1.5;t=*a/b:c');
  const raw = members?.get("raw");
  assert.ok(raw && !("items" in raw));
  assert.deepEqual(raw.value, { kind: "bytes", value: Buffer.from([1, 2, 3]) });
  assert.deepEqual([...(members?.keys() ?? [])], ["sig1", "raw", "flag"]);
  assert.equal(parseDictionary("")?.size, 0);
  assert.equal(parseDictionary("a=1,a=2")?.size, 1);
});

test("what RFC 8941 does not allow is refused", () => {
  const broken = [
    "a=",
    "a=1,",
    ",a=1",
    "a=1 b=2",
    "A=1",
    "a=(1",
    "a=(1 2",
    "a=(1,2)",
    'a="x',
    'a="\\n"',
    'a="ä"',
    "a=:AQI:",
  ];
  broken.push(
    "a=:AQID",
    "a=1.",
    "a=.1",
    "a=1234567890123456",
    "a=1234567890123.1",
    "a=1.1234",
    "a=--1",
    "a=?2",
    "a;=1",
  );
  broken.push("a=1;B", "a=1;b=", "a=@x", "a\t=1", "a=1\n", `a=(${"1 ".repeat(65)})`, `a=1${";b".repeat(65)}`);
  broken.push(
    Array.from({ length: 65 }, (_, n) => `k${n}`).join(","),
    `a="${"x".repeat(9000)}"`,
    "a=(1)1",
    'a=("a""b")',
  );
  for (const text of broken) assert.equal(parseDictionary(text), undefined, text.slice(0, 40));
});

const bare: fc.Arbitrary<BareItem> = fc.oneof(
  fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }).map((value): BareItem => ({ kind: "integer", value })),
  fc.stringMatching(/^[ -~]{0,20}$/).map((value): BareItem => ({ kind: "string", value })),
  fc
    .stringMatching(/^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,10}$/)
    .map((value): BareItem => ({ kind: "token", value })),
  fc.uint8Array({ maxLength: 20 }).map((value): BareItem => ({ kind: "bytes", value: Buffer.from(value) })),
  fc.boolean().map((value): BareItem => ({ kind: "boolean", value })),
);
const parameters = fc
  .array(fc.tuple(fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,6}$/), bare), { maxLength: 4 })
  .map((entries) => new Map(entries));

test("an inner list survives writing and reading", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ value: bare, parameters }, { noNullPrototype: true }), { maxLength: 5 }),
      parameters,
      (items, all) => {
        const text = serializeInnerList({ items, parameters: all });
        const read = parseDictionary(`a=${text}`)?.get("a");
        assert.ok(read && "items" in read, text);
        assert.equal(serializeInnerList(read), text);
        assert.deepEqual(read, { items, parameters: all });
      },
    ),
  );
});

test("any text is read or refused, never an exception", () => {
  const alphabet = fc.constantFrom(...'ab1.-*?:;=,()"\\ \tä\n');
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 40 }), (characters) => {
      parseDictionary(characters.join(""));
    }),
    { numRuns: 5000 },
  );
});

test("base64 has one spelling", () => {
  assert.deepEqual(strictBase64("AQI="), Buffer.from([1, 2]));
  for (const text of ["AQI", "AQJ=", "AQ I=", "AQI=\n", "AQ_-", "!!!!", "AQI=AQI="]) {
    assert.equal(strictBase64(text), undefined, text);
  }
});
