/** Reports about stopped pictures, and how long evidence stays. Generated pictures only. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { generated } from "#platform/pdq/generated.fixture.ts";
import { pdq, pdqText } from "#platform/pdq/hash.ts";
import { newEvidenceKeys, readList, unseal } from "#modules/safety/index.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const CASES = "/api/skein/v1/admin/safety/media";
const keys = newEvidenceKeys();
const current = PASSWORD;
let app: TestApp;
let rows: Rows;
let owner: Person;
let admin: Person;

const seeded = (seed: number): Promise<Buffer> =>
  sharp(generated(seed, 640, 480).data, { raw: { width: 640, height: 480, channels: 3 } })
    .png()
    .toBuffer();

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(app.databaseUrl);
  for (const [username, role] of [
    ["owner", "owner"],
    ["admin", "admin"],
  ] as const)
    await app.app.accounts.signUp.create({ username, email: `${username}@example.com`, password: PASSWORD, role });
  owner = await signIn(app, "owner");
  admin = await signIn(app, "admin");
  await mkdir(join(app.dataDir, "secrets"), { recursive: true });
  await writeFile(join(app.dataDir, "secrets", "evidence-public.pem"), keys.publicPem);
  await app.app.safety.media.banks.create("official", "csam");
});
after(() => rows.close());

async function upload(who: Person, bytes: Buffer): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob([Uint8Array.from(bytes)]), "x");
  const headers = { cookie: who.cookie, origin: app.url };
  return app.fetch("/api/v2/media", { method: "POST", headers, body: form });
}
const list = (line: string): Promise<unknown> =>
  app.app.safety.media.banks.importList("official", readList(`algorithm,hash\n${line}\n`, "csv"));

/** Somebody uploads a listed picture; answers the address of the case. */
async function hit(username: string, seed: number, how: "pdq" | "sha256"): Promise<{ at: string; id: string }> {
  const bytes = await seeded(seed);
  const hash =
    how === "pdq" ? pdqText(pdq(generated(seed, 640, 480)).hash) : createHash("sha256").update(bytes).digest("hex");
  await list(`${how},${hash}`);
  const who = await signUp(app, username);
  assert.equal((await upload(who, bytes)).status, 422);
  const [found] = await owner.ok<{ id: string }[]>("GET", `${CASES}?limit=1`);
  assert.ok(found);
  return { at: `${CASES}/${found.id}`, id: found.id };
}
const person = { first_name: "Ada", last_name: "Byron", email: "ada@example.com", environment: "test", current };
async function refused(who: Person, path: string, body: unknown, status: number, words: RegExp): Promise<void> {
  const response = await who.call("POST", path, body);
  const { error_description: error }: { error_description: string } = await response.json();
  assert.equal(response.status, status, error);
  assert.match(error, words);
}

test("a report of an exact hit is prepared, exported, handed in step by step, and never twice", async () => {
  const { at, id } = await hit("mallory", 101, "sha256");
  await refused(owner, `${at}/report`, { ...person, current: "wrong" }, 422, /current/i);
  await refused(owner, `${at}/report`, { ...person, email: "nobody" }, 422, /email/);
  await refused(owner, `${at}/report`, { ...person, environment: "production" }, 409, /SKEIN_REPORTS/);
  await refused(owner, `${at}/report`, { ...person, viewed: true }, 422, /viewed cannot be true/);
  await refused(owner, `${at}/report`, { ...person, publicly_available: true }, 422, /publicly_available/);
  await refused(owner, `${at}/report`, { ...person, industry_class: "A1" }, 422, /industry_class/);
  assert.equal((await owner.call("GET", `${at}/report?environment=test`)).status, 404);

  interface Shown {
    state: string;
    report: string | null;
    content: { file: { viewed: boolean; publicly_available: boolean }; base: string };
  }
  const made = await owner.ok<Shown>("POST", `${at}/report`, person);
  assert.deepEqual(
    [made.state, made.content.file.viewed, made.content.file.publicly_available, made.content.base],
    ["prepared", false, false, "https://exttest.cybertip.org/ispws"],
  );
  const archive = await owner.call("POST", `${at}/report/export`, { environment: "test", current });
  const zip = Buffer.from(await archive.arrayBuffer()).toString("latin1");
  assert.ok(zip.includes("submit.xml") && zip.includes("<screenName>mallory</screenName>"));
  assert.equal(zip.includes("fileinfo.xml"), false, "the authority has given no numbers yet");

  const step = { environment: "test", current, report: "900" };
  await refused(
    owner,
    `${at}/report/progress`,
    { ...step, state: "uploaded", file: "f" },
    409,
    /next step is submitted/,
  );
  for (let again = 0; again < 2; again++)
    assert.equal(
      (await owner.ok<Shown>("POST", `${at}/report/progress`, { ...step, state: "submitted" })).report,
      "900",
    );
  await refused(owner, `${at}/report/progress`, { ...step, report: "901", state: "submitted" }, 409, /number 900/);
  await refused(owner, `${at}/report`, person, 409, /handed in already/);
  await refused(owner, `${at}/report/progress`, { ...step, state: "uploaded" }, 422, /file is missing/);
  await owner.ok("POST", `${at}/report/progress`, { ...step, state: "uploaded", file: "f1" });
  await refused(owner, `${at}/report/progress`, { ...step, state: "described", file: "f2" }, 409, /number f1/);
  const second = await owner.call("POST", `${at}/report/export`, { environment: "test", current });
  assert.ok(Buffer.from(await second.arrayBuffer()).includes("<fileId>f1</fileId>"));
  await owner.ok("POST", `${at}/report/progress`, { ...step, state: "described" });
  const done = await owner.ok<Shown>("POST", `${at}/report/progress`, { ...step, state: "finished" });
  assert.equal(done.state, "finished");

  const { log } = await owner.ok<{ log: { action: string }[] }>("GET", at);
  assert.deepEqual(
    log.map((line) => line.action).filter((action) => action.startsWith("report.")),
    ["prepare", "export", "submitted", "uploaded", "export", "described", "finished"].map((s) => `report.${s}`),
  );
  assert.equal((await app.app.safety.audit.verify()).ok, true);
  assert.equal(
    (await (await signIn(app, "admin")).call("GET", `${CASES}/${BigInt(id) + 1n}/report?environment=test`)).status,
    404,
  );
});

test("a hit by a perceptual hash is reported when two people have confirmed it; a withdrawn hash undoes that", async () => {
  const { at } = await hit("trudy", 102, "pdq");
  await refused(owner, `${at}/report`, person, 409, /Two people/);
  const agree = { outcome: "confirmed", reason: "compared with the list" };
  for (let again = 0; again < 2; again++) await owner.ok("POST", `${at}/decision`, agree);
  await refused(owner, `${at}/report`, person, 409, /Two people/);
  await admin.ok("POST", `${at}/decision`, agree);
  const made = await owner.ok<{ content: { confirmed_by: string[] } }>("POST", `${at}/report`, person);
  assert.deepEqual(made.content.confirmed_by, [owner.id, admin.id]);

  const hash = pdqText(pdq(generated(102, 640, 480)).hash);
  await app.app.safety.media.banks.importList(
    "official",
    readList(`algorithm,hash,status\npdq,${hash},withdrawn\n`, "csv"),
  );
  await refused(owner, `${at}/report/export`, { environment: "test", current }, 409, /in doubt/);
  await refused(
    owner,
    `${at}/report/progress`,
    { environment: "test", current, state: "submitted", report: "1" },
    409,
    /in doubt/,
  );
  await admin.ok("POST", `${at}/decision`, agree);
  await refused(owner, `${at}/report`, person, 409, /Two people/);
});

test("T63 one person alone gets no evidence; once it was handed out, a report says whether somebody looked", async () => {
  const { at, id } = await hit("oscar", 103, "sha256");
  await owner.ok("POST", `${at}/report`, person);
  const opening = await owner.ok<{ id: string }>("POST", `${at}/openings`, { reason: "to report it", current });
  const one = `${at}/openings/${opening.id}`;
  assert.equal((await owner.call("POST", `${one}/evidence`, { current })).status, 403);
  assert.equal((await owner.call("POST", `${one}/approve`, { current })).status, 403);
  await admin.ok("POST", `${one}/approve`, { current });
  const sealed = Buffer.from(await (await owner.call("POST", `${one}/evidence`, { current })).arrayBuffer());
  assert.throws(
    () => unseal(keys.publicPem, BigInt(id), sealed),
    /cannot be opened/,
    "what the server has does not open it",
  );
  await refused(owner, `${at}/report/export`, { environment: "test", current }, 409, /Write it anew/);
  await refused(owner, `${at}/report`, person, 422, /viewed has to be said/);
  const said = await owner.ok<{ content: { file: Record<string, unknown> } }>("POST", `${at}/report`, {
    ...person,
    ...{ viewed: true, industry_class: "B2" },
  });
  assert.deepEqual([said.content.file["viewed"], said.content.file["industry_class"]], [true, "B2"]);
});

test("T62 evidence that was exchanged in the database is found", async () => {
  const { id } = await hit("peggy", 104, "sha256");
  const { keeping } = app.app.safety.media;
  assert.equal(await keeping.intact(BigInt(id)), true);
  const [kept] = await rows.all<{ sealed: string }>(
    `select encode(sealed, 'hex') as sealed from media_evidence where case_id = ${id}`,
  );
  await rows.all(
    `update media_evidence set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) where case_id = ${id}`,
  );
  assert.equal(await keeping.intact(BigInt(id)), false);
  await rows.all(`update media_evidence set sealed = decode('${kept?.sealed}', 'hex') where case_id = ${id}`);
  assert.equal(await keeping.intact(BigInt(id)), true);
  await rows.all(`delete from media_evidence where case_id = ${id}`);
  assert.equal(await keeping.intact(BigInt(id)), false);
});

test("T60 evidence outlives the account, and goes only when its time is over, somebody released it and nobody holds it", async () => {
  const { at, id } = await hit("walter", 105, "sha256");
  const purge = app.app.safety.tasks.find((task) => task.name === "safety.purgeEvidence");
  assert.ok(purge);
  const there = async (): Promise<boolean> => {
    await purge.run({});
    return (await rows.all(`select from media_evidence where case_id = ${id}`)).length === 1;
  };
  const walter = await rows.one<{ id: string }>(`select account_id::text as id from media_cases where id = ${id}`);
  await rows.all(`delete from accounts where id = ${walter?.id}`);
  assert.equal(await there(), true);
  const shown = await owner.ok<{ account: unknown; evidence: string }>("GET", at);
  assert.deepEqual([shown.account, shown.evidence], [{ id: null, username: "walter" }, "sealed"]);

  await owner.ok("POST", `${at}/decision`, { outcome: "confirmed", reason: "as listed" });
  await owner.ok("POST", `${at}/release`, { released: true, current });
  assert.equal(await there(), true, "its time is not over");
  await rows.all(`update media_evidence set sealed_at = now() - interval '366 days' where case_id = ${id}`);
  await refused(owner, `${at}/hold`, { held: true, reason: " ", current }, 422, /reason/);
  const held = await owner.ok<{ hold_reason: string }>("POST", `${at}/hold`, {
    held: true,
    reason: "court 7",
    current,
  });
  assert.equal(held.hold_reason, "court 7");
  assert.equal(await there(), true, "somebody holds it");
  await refused(owner, `${at}/release`, { released: true, current }, 409, /held/);
  await owner.ok("POST", `${at}/hold`, { held: false, current });
  await owner.ok("POST", `${at}/release`, { released: false, current });
  assert.equal(await there(), true, "nobody released it");
  await owner.ok("POST", `${at}/release`, { released: true, current });
  assert.equal(await there(), false);
  assert.equal((await owner.ok<{ evidence: string }>("GET", at)).evidence, "purged");
  const { log } = await owner.ok<{ log: { action: string }[] }>("GET", at);
  assert.equal(log.at(-1)?.action, "evidence.purge");
});

test("production reports are refused where things are tried out", async () => {
  await assert.rejects(testApp({ SKEIN_REPORTS: "production" }), /SKEIN_REPORTS=test/);
});
