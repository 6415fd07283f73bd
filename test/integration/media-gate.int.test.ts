/** The media gate, with generated pictures only: the test pattern, and pictures from a seed that are put into banks. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { createPool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { generated } from "#platform/pdq/generated.fixture.ts";
import { pdq, pdqText, type Pixels } from "#platform/pdq/hash.ts";
import { rememberRemote, remotePath, type RemotePicture } from "#modules/media/index.ts";
import { newEvidenceKeys, readList, testPattern, unseal, type ListFormat } from "#modules/safety/index.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const CASES = "/api/skein/v1/admin/safety/media";
interface Case {
  id: string;
  use: string;
  kind: string;
  bank: string;
  state: string;
  found_by: string;
  evidence: string;
  frozen_at: string | null;
  host: string | null;
  account: { id: string; username: string } | null;
  match: { algorithm: string; distance: number };
}

let app: TestApp;
let rows: Rows;
let owner: Person;
let admin: Person;
let anna: Person;
let server: Server;
let origin: string;
const served = new Map<string, Buffer>();
const keys = newEvidenceKeys();

const picture = ({ data, width, height }: Pixels): Sharp => sharp(data, { raw: { width, height, channels: 3 } });
const pattern = (edge = 1024): Sharp => picture(testPattern(edge));
const seeded = (seed: number): Sharp => picture(generated(seed, 640, 480));
const hashOf = (seed: number): string => pdqText(pdq(generated(seed, 640, 480)).hash);

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open", SKEIN_ALLOW_LOOPBACK_PEERS: "1" });
  rows = await rowsOf(app.databaseUrl);
  const make = async (username: string, role: "owner" | "admin"): Promise<Person> => {
    await app.app.accounts.signUp.create({ username, email: `${username}@example.com`, password: PASSWORD, role });
    return signIn(app, username);
  };
  owner = await make("owner", "owner");
  admin = await make("admin", "admin");
  anna = await signUp(app, "anna");
  await mkdir(join(app.dataDir, "secrets"), { recursive: true });
  await writeFile(join(app.dataDir, "secrets", "evidence-public.pem"), keys.publicPem);
  server = createServer((request, response) => {
    const bytes = served.get(request.url ?? "");
    response.writeHead(bytes ? 200 : 404, { "content-type": "image/png" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  origin = `http://127.0.0.1:${address.port}`;
});
after(async () => {
  await rows.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function send(who: Person, path: string, method: string, field: string, bytes: Buffer): Promise<Response> {
  const form = new FormData();
  form.set(field, new Blob([Uint8Array.from(bytes)]), "picture");
  return app.fetch(path, { method, headers: { cookie: who.cookie, origin: app.url }, body: form });
}
const upload = (who: Person, bytes: Buffer): Promise<Response> => send(who, "/api/v2/media", "POST", "file", bytes);
const files = (): Promise<string[]> =>
  readdir(join(app.dataDir, "media"), { recursive: true }).then(
    (names) => names.filter((name) => name.includes(".")),
    () => [],
  );
const cases = (): Promise<Case[]> => owner.ok<Case[]>("GET", `${CASES}?limit=200`);

/** The picture is refused, nothing of it is left, and there is one more case. */
async function stopped(what: string, attempt: () => Promise<Response>): Promise<Case> {
  const [before, filesBefore] = [await cases(), await files()];
  const response = await attempt();
  const body: { error: string } = await response.json();
  assert.equal(response.status, 422, `${what}: ${JSON.stringify(body)}`);
  assert.match(body.error, /This picture cannot be published here/, what);
  assert.deepEqual(await files(), filesBefore, what);
  const now = await cases();
  assert.equal(now.length, before.length + 1, what);
  assert.ok(now[0]);
  return now[0];
}

test("the test pattern is stopped in every format, resized, recompressed, turned, framed and animated", async () => {
  const plain = pattern();
  const png = await plain.clone().png().toBuffer();
  const still = (): Sharp => sharp(png);
  const border = { top: 60, bottom: 60, left: 60, right: 60, background: "#ffffff" };
  const variants: Record<string, Promise<Buffer>> = {
    png: Promise.resolve(png),
    jpeg: still().jpeg({ quality: 90 }).toBuffer(),
    webp: still().webp().toBuffer(),
    avif: still().avif({ effort: 2 }).toBuffer(),
    gif: still().gif().toBuffer(),
    "bad jpeg": still().jpeg({ quality: 20 }).toBuffer(),
    small: still().resize(120).png().toBuffer(),
    squeezed: still().resize(900, 500, { fit: "fill" }).jpeg().toBuffer(),
    grey: still().greyscale().png().toBuffer(),
    mirrored: still().flop().jpeg().toBuffer(),
    turned: still().rotate(90).jpeg().toBuffer(),
    framed: still().extend(border).jpeg({ quality: 80 }).toBuffer(),
    "half transparent": still().ensureAlpha(0.9).webp().toBuffer(),
    "late frame": Promise.all(
      [seeded(900), still()].map((s) => s.resize(200, 200, { fit: "fill" }).removeAlpha().png().toBuffer()),
    ).then((frames) =>
      sharp(frames, { join: { animated: true } })
        .webp({ quality: 80 })
        .toBuffer(),
    ),
  };
  for (const [name, bytes] of Object.entries(variants)) {
    const found = await stopped(name, async () => upload(anna, await bytes));
    assert.deepEqual([found.kind, found.use, found.found_by], ["test", "upload", "gate"], name);
    assert.equal(found.frozen_at, null, "the pattern harms nobody");
    assert.ok(found.match.distance <= 31);
  }
});

test("T56 avatars and headers, in every way they may come", async () => {
  const png = await pattern(600).png().toBuffer();
  for (const field of ["avatar", "header"] as const) {
    const found = await stopped(field, () => send(anna, "/api/v1/accounts/update_credentials", "PATCH", field, png));
    assert.equal(found.use, field);
  }
  // What a frame hides from the whole picture's hash, and a profile cuts away.
  const border = { top: 0, bottom: 0, left: 300, right: 300 };
  const busy = await pattern(600)
    .extend({ ...border, extendWith: "mirror" })
    .png()
    .toBuffer();
  await stopped("cut", () => send(anna, "/api/v1/accounts/update_credentials", "PATCH", "avatar", busy));
});

test("T56 pictures of other servers: nothing is cached, nothing shown, and asked for once", async () => {
  const bytes = await pattern(500).png().toBuffer();
  for (const kind of ["attachment", "avatar", "header", "emoji"] as const) {
    served.set(`/${kind}.png`, bytes);
    const remote: RemotePicture = { url: `${origin}/${kind}.png`, kind };
    await rememberPicture(remote);
    const path = remotePath(remote, kind === "attachment" ? "large" : kind);
    const before = await cases();
    const filesBefore = await files();
    for (let i = 0; i < 2; i++) {
      const response = await app.fetch(path);
      assert.notEqual(response.headers.get("content-type"), "image/webp", kind);
      await response.body?.cancel();
    }
    assert.deepEqual(await files(), filesBefore, kind);
    const now = await cases();
    assert.equal(now.length, before.length + 1, kind);
    assert.deepEqual([now[0]?.use, now[0]?.account, now[0]?.host], [`remote_${kind}`, null, new URL(origin).host]);
  }
});

async function rememberPicture(remote: RemotePicture): Promise<void> {
  const pool = createPool(app.databaseUrl, silentLog, { max: 1 });
  await rememberRemote(pool, [remote]);
  await pool.end();
}

test("what Skein draws itself passes the same gate", async () => {
  const png = new Uint8Array(await pattern(600).png().toBuffer());
  const size = { width: 600, height: 600 };
  await assert.rejects(
    app.app.media.adopt(BigInt(anna.id), {
      large: { bytes: png, format: "png", ...size },
      preview: { bytes: png, ...size },
      blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
      description: "a meme",
      sourceType: "x",
    }),
    { reason: "media_blocked" },
  );
});

test("T56 a photo under a meme is stopped, and so is one that became known after it was uploaded", async () => {
  const bytes = await seeded(50).jpeg().toBuffer();
  const { id }: { id: string } = await (await upload(anna, bytes)).json();
  await app.app.safety.media.banks.create("memes", "spam");
  await put("memes", `algorithm,hash\npdq,${hashOf(50)}`, "csv");
  const found = await stopped("photo", async () => {
    const body = { prompt: "monday", engine: "stage", photo_id: id, variants: 1 };
    const response = await anna.call("POST", "/api/skein/v1/memes/generations", body);
    const { error, error_description: text }: { error: string; error_description: string } = await response.json();
    assert.equal(error, "media_blocked");
    return Response.json({ error: text }, { status: response.status });
  });
  assert.deepEqual([found.use, found.account?.username], ["meme", "anna"]);
});

const put = (bank: string, text: string, format: ListFormat) =>
  app.app.safety.media.banks.importList(bank, readList(text, format));

test("a known picture freezes the account; evidence is sealed, opened by two persons with their passwords, and logged", async () => {
  await app.app.safety.media.banks.create("official", "csam");
  assert.deepEqual(await put("official", `id,algorithm,hash\n1,pdq,${hashOf(1)}\n`, "csv"), {
    ...{ bank: "official", added: 1, relisted: 0, unchanged: 0, withdrawn: 0, skipped: {}, reviews: 0 },
  });
  const eve = await signUp(app, "eve");
  const bytes = await seeded(1).flop().jpeg({ quality: 60 }).toBuffer();
  const found = await stopped("listed", () => upload(eve, bytes));
  assert.deepEqual([found.kind, found.bank, found.account?.username], ["csam", "official", "eve"]);
  assert.ok(found.frozen_at);
  assert.ok(
    (await rows.one<{ suspended_at: Date | null }>(`select suspended_at from accounts where id = ${eve.id}`))
      ?.suspended_at,
  );

  const at = `${CASES}/${found.id}`;
  assert.equal((await anna.call("GET", at)).status, 403);
  assert.equal((await owner.call("POST", `${at}/openings`, { reason: "to report it", current: "wrong" })).status, 422);
  assert.equal((await owner.call("POST", `${at}/openings`, { reason: " ", current: PASSWORD })).status, 422);
  const opening = await owner.ok<{ id: string }>("POST", `${at}/openings`, {
    reason: "to report it",
    current: PASSWORD,
  });
  const one = `${at}/openings/${opening.id}`;
  assert.equal((await owner.call("POST", `${one}/evidence`, { current: PASSWORD })).status, 403, "alone");
  assert.equal((await owner.call("POST", `${one}/approve`, { current: PASSWORD })).status, 403, "alone");
  await admin.ok("POST", `${one}/approve`, { current: PASSWORD });
  assert.equal((await owner.ok<{ viewed: boolean }>("GET", at)).viewed, false);
  const package_ = await owner.call("POST", `${one}/evidence`, { current: PASSWORD });
  assert.equal(package_.status, 200);
  const sealed = Buffer.from(await package_.arrayBuffer());
  assert.equal(sealed.includes(bytes.subarray(20, 60)), false);
  const opened = unseal(keys.privatePem, BigInt(found.id), sealed);
  assert.ok(opened.picture.equals(bytes), "the original bytes");
  assert.throws(() => unseal(keys.privatePem, BigInt(found.id) + 1n, sealed), "another case");
  assert.throws(() => unseal(newEvidenceKeys().privatePem, BigInt(found.id), sealed), "another key");
  sealed[sealed.length - 20] = (sealed[sealed.length - 20] ?? 0) ^ 1;
  assert.throws(() => unseal(keys.privatePem, BigInt(found.id), sealed), "a changed byte");
  const shown = await owner.ok<{ viewed: boolean; log: { action: string; actor_id: string | null }[] }>("GET", at);
  assert.equal(shown.viewed, true);
  assert.deepEqual(
    shown.log.map((line) => [line.action, line.actor_id]),
    [
      ["case.open", null],
      ["account.freeze", null],
      ["evidence.request", owner.id],
      ["evidence.approve", admin.id],
      ["evidence.handed_out", owner.id],
    ],
  );

  // The gate was wrong: the hash stops matching here, and the account is free again.
  await admin.ok("POST", `${at}/decision`, { outcome: "overturned", reason: "not the same picture" });
  const free = await rows.one<{ suspended_at: Date | null }>(`select suspended_at from accounts where id = ${eve.id}`);
  assert.equal(free?.suspended_at, null);
  assert.equal((await upload(anna, bytes)).status, 200);
});

test("T61 imports in every format: the same list twice changes nothing; what is withdrawn passes, and its cases are looked at again", async () => {
  const md5 = createHash("md5")
    .update(await seeded(10).png().toBuffer())
    .digest("hex");
  const xml = (element: string): string =>
    `<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images><${element}><member id="1">M</member><id>x</id>${
      element === "image" ? `<fingerprints><md5>${md5}</md5></fingerprints>` : ""
    }</${element}></images></queryResult>`;
  const stop = (status: string): string =>
    JSON.stringify({ hashRecords: [{ signalType: "ImagePDQ", hashValue: hashOf(12), hashStatus: status }] });
  const threat = (gone: boolean): string =>
    JSON.stringify({ data: [{ id: "7", type: "HASH_PDQ", indicator: hashOf(11), should_delete: gone }] });
  const lists: [format: ListFormat, seed: number, listed: string, withdrawn: string][] = [
    ["ncmec", 10, xml("image"), xml("deletedImage")],
    ["threatexchange", 11, threat(false), threat(true)],
    ["stopncii", 12, stop("Active"), stop("Withdrawn")],
    ["csv", 13, `algorithm,hash\npdq,${hashOf(13)}`, `algorithm,hash,status\npdq,${hashOf(13)},withdrawn`],
  ];
  for (const [format, seed, listed, withdrawn] of lists) {
    const bank = `list-${format}`;
    await app.app.safety.media.banks.create(bank, "terror");
    assert.equal((await put(bank, listed, format)).added, 1, format);
    const again = await put(bank, listed, format);
    assert.deepEqual([again.added, again.relisted, again.unchanged], [0, 0, 1], format);
    const bytes = await seeded(seed).png().toBuffer();
    const found = await stopped(format, () => upload(anna, bytes));
    assert.deepEqual([found.bank, found.frozen_at], [bank, null], format);
    const gone = await put(bank, withdrawn, format);
    assert.deepEqual([gone.withdrawn, gone.reviews], [1, 1], format);
    assert.equal((await owner.ok<Case>("GET", `${CASES}/${found.id}`)).state, "review", format);
    assert.equal((await upload(anna, bytes)).status, 200, format);
    assert.deepEqual((await put(bank, listed, format)).relisted, 1, format);
    await stopped(`${format}, listed again`, () => upload(anna, bytes));
  }
  await assert.rejects(put("nowhere", "algorithm,hash\n", "csv"), /no bank "nowhere"/);
});

test("a bank of one's own knows cropped copies", async () => {
  await app.app.safety.media.banks.create("own", "own");
  const done = await app.app.safety.media.banks.addPicture("own", new Uint8Array(await seeded(20).png().toBuffer()));
  assert.ok(done.added > 80, `${done.added} hashes`);
  const cropped = await seeded(20)
    .extract({ left: 24, top: 18, width: 600, height: 450 })
    .jpeg({ quality: 70 })
    .toBuffer();
  const found = await stopped("cropped", () => upload(anna, cropped));
  assert.equal(found.bank, "own");
});

test("when a bank grows, what is here already is taken out of service: uploads, avatars, cached pictures", async () => {
  // What was uploaded while its hash was withdrawn is found when it is listed again.
  await app.app.jobs.drain();
  const [mallory, bytes] = [await signUp(app, "mallory"), await seeded(30).png().toBuffer()];
  const uploaded = await upload(mallory, bytes);
  assert.equal(uploaded.status, 200);
  const media: { id: string; url: string; preview_url: string } = await uploaded.json();
  const post = await mallory.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "look", media_ids: [media.id] });
  const avatar = await send(mallory, "/api/v1/accounts/update_credentials", "PATCH", "avatar", bytes);
  const { avatar: avatarUrl }: { avatar: string } = await avatar.json();
  served.set("/known.png", bytes);
  const remote: RemotePicture = { url: `${origin}/known.png`, kind: "attachment" };
  await rememberPicture(remote);
  const paths = [media.url, media.preview_url, avatarUrl]
    .map((url) => new URL(url).pathname)
    .concat(remotePath(remote, "large"), remotePath(remote, "preview"));
  for (const path of paths) assert.equal((await app.fetch(path)).status, 200, path);
  const before = (await cases()).length;

  await app.app.safety.media.banks.create("late", "ncii");
  await put("late", `algorithm,hash\npdq,${hashOf(30)}`, "csv");
  await app.app.jobs.drain();
  for (const path of paths) assert.notEqual((await app.fetch(path)).headers.get("content-type"), "image/webp", path);
  for (const path of paths.slice(0, 3)) assert.equal((await app.fetch(path)).status, 404, path);
  const opened = (await cases()).slice(0, -before);
  assert.deepEqual(opened.map((c) => c.use).sort(), ["avatar", "remote_attachment", "upload"]);
  for (const c of opened) assert.deepEqual([c.kind, c.found_by, c.evidence], ["ncii", "rescan", "sealed"]);
  const row = await rows.one<{ suspended_at: Date | null; avatar: unknown }>(
    `select suspended_at, avatar from accounts where id = ${mallory.id}`,
  );
  assert.ok(row?.suspended_at);
  assert.equal(row.avatar, null);
  assert.equal((await rows.all(`select id from media where post_id = ${post.id}`)).length, 0);
  await app.app.jobs.drain();
  assert.equal((await cases()).length, before + 3, "once each");
});

test("the owner is told of a case, and not locked out", async () => {
  const found = await stopped("owner", async () => upload(owner, await seeded(30).webp().toBuffer()));
  assert.deepEqual([found.kind, found.frozen_at, found.account?.username], ["ncii", null, "owner"]);
});

test("without a key no bytes are kept, and the case says so", async () => {
  const other = await testApp({ SKEIN_REGISTRATIONS: "open" });
  const ben = await signUp(other, "ben");
  const form = new FormData();
  form.set("file", new Blob([Uint8Array.from(await pattern().png().toBuffer())]), "x");
  const headers = { cookie: ben.cookie, origin: other.url };
  assert.equal((await other.fetch("/api/v2/media", { method: "POST", headers, body: form })).status, 422);
  const look = await rowsOf(other.databaseUrl);
  assert.deepEqual(await look.all("select evidence from media_cases"), [{ evidence: "no_key" }]);
  assert.deepEqual(await look.all("select case_id from media_evidence"), []);
  await look.close();
});

test("when the gate does not work, pictures wait and posts go on", async () => {
  await rows.all("alter table media_bank_entries rename to media_bank_entries_away");
  try {
    const bytes = await seeded(40).png().toBuffer();
    const before = await files();
    const refused = await upload(anna, bytes);
    assert.equal(refused.status, 503);
    assert.ok(refused.headers.get("retry-after"));
    assert.match(await refused.text(), /cannot be checked right now/);
    assert.deepEqual(await files(), before);
    await anna.ok("POST", "/api/v1/statuses", { status: "text goes on" });
    served.set("/waits.png", bytes);
    const remote: RemotePicture = { url: `${origin}/waits.png`, kind: "attachment" };
    await rememberPicture(remote);
    assert.equal((await app.fetch(remotePath(remote, "large"))).status, 503);
    await rows.all("alter table media_bank_entries_away rename to media_bank_entries");
    assert.equal((await upload(anna, bytes)).status, 200);
    assert.equal((await app.fetch(remotePath(remote, "large"))).status, 200);
  } finally {
    await rows.all("alter table if exists media_bank_entries_away rename to media_bank_entries");
  }
});
