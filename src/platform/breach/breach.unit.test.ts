import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FetchFailed, type DocumentOptions, type FetchedDocument } from "#platform/fetch/guarded.ts";
import { silentLog } from "#platform/log/log.ts";
import { createBreachCheck } from "./check.ts";
import { buildFilter, openFilter } from "./filter.ts";

const folder = mkdtempSync(join(tmpdir(), "skein-breach-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const sha1 = (text: string): Buffer => createHash("sha1").update(text).digest();
const hex = (text: string): string => sha1(text).toString("hex").toUpperCase();
const list = join(folder, "list.txt");
const file = join(folder, "list.filter");

test("a filter knows every key of its list and about one in a thousand others", async () => {
  const n = 20_000;
  writeFileSync(list, Array.from({ length: n }, (_, i) => `${hex(`leaked ${i}`)}:${i + 1}`).join("\r\n"));
  const made = await buildFilter(list, file);
  assert.equal(made.keys, n);
  assert.ok(made.bytes < n * 1.81 + 33, String(made.bytes));
  const filter = openFilter(file);
  for (let i = 0; i < n; i++) assert.ok(filter.has(sha1(`leaked ${i}`)));
  let wrong = 0;
  for (let i = 0; i < 100_000; i++) if (filter.has(sha1(`other ${i}`))) wrong++;
  filter.close();
  // Expected 100; the keys are fixed, so this is the same each time.
  assert.ok(wrong > 50 && wrong < 200, String(wrong));
});

test("what is no list makes no filter, and what is no filter is not opened", async () => {
  const bad = join(folder, "bad.txt");
  writeFileSync(bad, `${hex("a")}\nnot a hash\n`);
  await assert.rejects(buildFilter(bad, join(folder, "none")), /line 2/);
  writeFileSync(bad, "");
  await assert.rejects(buildFilter(bad, join(folder, "none")), /has no hashes/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("none")),
    [],
  );
  assert.throws(() => openFilter(list), /no filter of breached passwords/);
  truncateSync(file, 1000);
  assert.throws(() => openFilter(file), /not whole/);
  const options = { online: false, fetcher: () => Promise.reject(new Error("unused")) as never, log: silentLog };
  assert.throws(
    () => createBreachCheck({ ...options, filterFile: join(folder, "absent") }),
    /SKEIN_BREACH_FILTER: .*absent/,
  );
});

test("the service learns five digits, is asked with padding, and its silence says nothing", async () => {
  const asked: { url: string; options: DocumentOptions }[] = [];
  let answer: () => string = () => "";
  const fetcher = {
    async document(url: string, options: DocumentOptions): Promise<FetchedDocument> {
      asked.push({ url, options });
      return {
        url,
        status: 200,
        headers: {},
        contentType: "text/plain",
        body: Buffer.from(answer()),
      } as FetchedDocument;
    },
  };
  const check = createBreachCheck({ filterFile: undefined, online: true, fetcher: () => fetcher, log: silentLog });
  const rest = hex("password").slice(5);
  answer = () => `0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n${rest}:37359195\r\n`;
  assert.equal(await check.breached("password"), true);
  assert.equal(asked[0]?.url, `https://api.pwnedpasswords.com/range/${hex("password").slice(0, 5)}`);
  assert.equal(asked[0]?.options.timeoutMs, 800);
  assert.deepEqual(await asked[0]?.options.sign?.({ method: "GET", url: new URL("https://a.example") }), {
    "add-padding": "true",
  });
  answer = () => `${rest}:0\r\n`;
  assert.equal(await check.breached("password"), false, "a count of 0 is padding");
  answer = () => "<html>";
  assert.equal(await check.breached("password"), false);
  answer = () => {
    throw new FetchFailed("timeout", "it took too long");
  };
  assert.equal(await check.breached("password"), false);
});
