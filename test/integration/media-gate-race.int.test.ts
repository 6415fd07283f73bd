/** The real server while known pictures come in, and while parts of the gate break. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { createPool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { generated } from "#platform/pdq/generated.fixture.ts";
import { rememberRemote, remotePath, type RemotePicture } from "#modules/media/index.ts";
import { newEvidenceKeys, testPattern, unseal } from "#modules/safety/index.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

const keys = newEvidenceKeys();
let server: TestServer;
let rows: Rows;
let anna: Person;
let peer: Server;
let origin: string;
const served = new Map<string, Buffer>();

before(async () => {
  server = await startSkein({
    database: "clone",
    env: { SKEIN_REGISTRATIONS: "open", SKEIN_ALLOW_LOOPBACK_PEERS: "1" },
  });
  assert.ok(server.databaseUrl);
  rows = await rowsOf(server.databaseUrl);
  await mkdir(join(server.dataDir, "secrets"), { recursive: true });
  await writeFile(join(server.dataDir, "secrets", "evidence-public.pem"), keys.publicPem);
  anna = await signUp(server, "anna");
  peer = createServer((request, response) => {
    const bytes = served.get(request.url ?? "");
    response.writeHead(bytes ? 200 : 404, { "content-type": "image/png" }).end(bytes);
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const address = peer.address();
  assert.ok(address !== null && typeof address === "object");
  origin = `http://127.0.0.1:${address.port}`;
});
after(async () => {
  await rows.close();
  peer.closeAllConnections();
  await new Promise((resolve) => peer.close(resolve));
});

const picture = (seed: number, width = 640, height = 480): Sharp =>
  sharp(generated(seed, width, height).data, { raw: { width, height, channels: 3 } });

async function upload(bytes: Buffer): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob([Uint8Array.from(bytes)]), "picture");
  return server.fetch("/api/v2/media", {
    method: "POST",
    headers: { cookie: anna.cookie, origin: server.url },
    body: form,
  });
}
/** What could be served: names of complete files. */
const files = (): Promise<string[]> =>
  readdir(join(server.dataDir, "media"), { recursive: true }).then(
    (names) => names.filter((name) => /^[^.].*\.\w+$/.test(name)),
    () => [],
  );
const isPicture = (response: Response): boolean =>
  response.status === 200 && /^image\/(?:webp|jpeg|png|gif|avif)/.test(response.headers.get("content-type") ?? "");

test("T56 copies of a known picture, uploaded and of another server, are not served for a moment", async () => {
  const { data, width, height } = testPattern(1024);
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const border = { top: 60, bottom: 60, left: 60, right: 60, background: "#ffffff" };
  const copies: Buffer[] = [
    png,
    await sharp(png).flop().jpeg().toBuffer(),
    await sharp(png).webp({ quality: 30 }).toBuffer(),
    await sharp(png).resize(200).png().toBuffer(),
    await sharp(png).extend(border).jpeg({ quality: 80 }).toBuffer(),
  ];
  const innocent = await picture(3).png().toBuffer();
  const remote = [...copies, innocent].map((bytes, i): RemotePicture => {
    served.set(`/${i}.png`, bytes);
    return { url: `${origin}/${i}.png`, kind: "attachment" };
  });
  const pool = createPool(server.databaseUrl ?? "", silentLog, { max: 1 });
  await rememberRemote(pool, remote);
  await pool.end();
  const known = remote.slice(0, copies.length);
  const before = await files();

  // Everybody knows the addresses of remote pictures beforehand; those of uploads are read from the disk as soon as a file is there.
  const uploads = copies.map((bytes) => upload(bytes));
  let [asked, shown] = [0, 0];
  const appeared = new Set<string>();
  const paths = known.flatMap((one) => [remotePath(one, "large"), remotePath(one, "preview")]);
  const REQUESTS = 1000;
  const attacker = async (from: number): Promise<void> => {
    for (let n = from; n < REQUESTS; n += 20) {
      for (const name of await files()) if (!before.includes(name)) appeared.add(name);
      const response = await server.fetch(paths[n % paths.length] ?? "");
      asked++;
      if (isPicture(response)) shown++;
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, from) => attacker(from)));
  const answers = await Promise.all(uploads);
  assert.deepEqual(
    answers.map((response) => response.status),
    copies.map(() => 422),
  );
  assert.deepEqual([asked, shown, [...appeared]], [REQUESTS, 0, []]);
  assert.deepEqual(await files(), before);
  await eventually("every copy has a case", async () => {
    for (const path of paths) await server.fetch(path).then((r) => r.arrayBuffer());
    const found = await rows.all<{ use: string; n: number }>(
      "select use, count(*)::int as n from media_cases where kind = 'test' group by use order by use",
    );
    return found.every((row) => row.n === copies.length) && found.length === 2;
  });
  // The gate stops these, not everything.
  const last = remote.at(-1);
  assert.ok(last);
  await eventually("an innocent picture is shown", async () => {
    const response = await server.fetch(remotePath(last, "large"));
    await response.arrayBuffer();
    return isPicture(response);
  });
  assert.equal((await upload(innocent)).status, 200);
});

/** The picture process: the only child of the server that runs the worker. */
function pictureProcess(): number | undefined {
  const parent = server.process.pid;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return Number(fields[1]) === parent && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("media/worker");
      } catch {
        return false;
      }
    });
}

test("a picture process that is killed lets nothing through, text goes on, and the next picture is looked at", async () => {
  const before = await files();
  const { data, width, height } = testPattern(3000);
  const large = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const cases = async (): Promise<number | undefined> =>
    (await rows.one<{ n: number }>("select count(*)::int as n from media_cases where use = 'upload'"))?.n;
  const casesBefore = await cases();
  const waiting = [upload(large), upload(large), upload(large)];
  const killed = await eventually("the picture process works", async () => pictureProcess());
  process.kill(killed, "SIGKILL");
  const posted = await anna.call("POST", "/api/v1/statuses", { status: "text goes on" });
  assert.equal(posted.status, 200);
  for (const answer of await Promise.all(waiting)) assert.ok([422, 503].includes(answer.status), `${answer.status}`);
  assert.deepEqual(await files(), before);
  assert.equal((await upload(large)).status, 422);
  assert.notEqual(pictureProcess(), killed);
  assert.ok(((await cases()) ?? 0) > (casesBefore ?? 0));
  assert.equal((await upload(await picture(4).png().toBuffer())).status, 200);
});

test("when there is no room for the evidence, nothing is shown and nothing half kept; the next attempt is sealed", async () => {
  const { data, width, height } = testPattern(700);
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const before = await files();
  const cases = (): Promise<{ id: string; evidence: string }[]> =>
    rows.all("select id::text, evidence from media_cases order by id");
  const casesBefore = await cases();
  await rows.all(
    `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`,
  );
  await rows.all("create trigger no_room before insert on media_evidence for each row execute function no_room()");
  try {
    const refused = await upload(bytes);
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), /cannot be checked right now/);
    assert.deepEqual(await files(), before);
    assert.deepEqual(await cases(), casesBefore, "no case without its evidence");
    assert.equal((await anna.call("POST", "/api/v1/statuses", { status: "text goes on, again" })).status, 200);
  } finally {
    await rows.all("drop trigger no_room on media_evidence");
    await rows.all("drop function no_room");
  }
  assert.equal((await upload(bytes)).status, 422);
  assert.deepEqual(await files(), before);
  const made = (await cases()).at(-1);
  assert.equal(made?.evidence, "sealed");
  const row = await rows.one<{ sealed: Buffer }>(`select sealed from media_evidence where case_id = ${made?.id}`);
  assert.ok(row);
  assert.ok(unseal(keys.privatePem, BigInt(made?.id ?? 0), row.sealed).picture.equals(bytes));
});
