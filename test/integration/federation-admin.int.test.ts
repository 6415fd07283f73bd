/** What staff and members see of federation through Skein's own API and the command line. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";

const CSV = "/api/skein/v1/admin/federation/domain_blocks.csv";

let app: TestApp;
let owner: Person;
let anna: Person;

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  await app.app.accounts.signUp.create({
    username: "owner",
    email: "owner@example.com",
    password: PASSWORD,
    role: "owner",
  });
  owner = await signIn(app, "owner");
  anna = await signUp(app, "anna");
});

const send = (body: BodyInit, type?: string): Promise<Response> =>
  app.fetch(CSV, {
    method: "POST",
    headers: { cookie: owner.cookie, origin: app.url, ...(type === undefined ? {} : { "content-type": type }) },
    body,
  });

test("a list of rules is taken over from another server, and given away again", async () => {
  const list = [
    "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate",
    'one.example,suspend,false,false,"spam, and more",false',
    "two.example,silence,true,false,,true",
    "com,suspend,false,false,,false",
    "three.example,vanish,false,false,,false",
  ].join("\n");
  const first = await send(list, "text/csv");
  assert.equal(first.status, 200, await first.clone().text());
  assert.deepEqual(await first.json(), { added: 2, changed: 0, skipped: 2 });
  const form = new FormData();
  form.set("file", new File([list], "list.csv", { type: "text/csv" }));
  assert.deepEqual(await (await send(form)).json(), { added: 0, changed: 2, skipped: 2 });
  const exported = await owner.call("GET", CSV);
  assert.match(exported.headers.get("content-type") ?? "", /^text\/csv/);
  assert.deepEqual((await exported.text()).trimEnd().split("\n"), list.split("\n").slice(0, 3));
  assert.equal((await send(new FormData())).status, 422);
  assert.equal((await anna.call("GET", CSV)).status, 403);
});

test("what waits for a server is shown, tried again, and dropped", async () => {
  const hosts = "/api/skein/v1/admin/federation/hosts";
  assert.deepEqual(await owner.ok("GET", hosts), []);
  assert.deepEqual(await owner.ok("POST", `${hosts}/dead.example%3A444/retry`), {});
  assert.deepEqual(await owner.ok("DELETE", `${hosts}/dead.example%3A444`), {});
  assert.equal((await anna.call("GET", hosts)).status, 403);
  assert.deepEqual(await owner.ok("GET", "/api/skein/v1/admin/federation"), { limited: false });
});

test("aliases are kept, and an account moves only where it is known and with the password", async () => {
  const bea = await signUp(app, "bea");
  interface Alias {
    uri: string;
    acct: string | null;
    url: string;
  }
  assert.deepEqual(await bea.ok("GET", "/api/skein/v1/me/aliases"), []);
  const unknown = await bea.call("POST", "/api/skein/v1/me/aliases", { target: "nobody" });
  assert.equal(unknown.status, 404);
  const move = (current: string): Promise<Response> =>
    anna.call("POST", "/api/skein/v1/me/move", { target: "bea", current });
  assert.equal((await move(PASSWORD)).status, 422);
  const [alias] = await bea.ok<Alias[]>("POST", "/api/skein/v1/me/aliases", { target: "anna" });
  assert.deepEqual([alias?.acct, alias?.url], ["anna", `${app.url}/@anna`]);
  const refused = await move("a guess");
  assert.equal(refused.status, 422);
  assert.ok("current" in ((await refused.json()) as { details: object }).details);
  assert.equal((await move(PASSWORD)).status, 200);
  const shown = await bea.ok<{ moved?: { id: string } }>("GET", `/api/v1/accounts/${anna.id}`);
  assert.equal(shown.moved?.id, bea.id);
  const [found] = await bea.ok<{ moved?: { id: string } }[]>("GET", `/api/v1/accounts?id[]=${anna.id}`);
  assert.equal(found?.moved?.id, bea.id);
  assert.deepEqual(await bea.ok("DELETE", "/api/skein/v1/me/aliases", { uri: alias?.uri }), []);
});

test("the command line sets and lists the rules", async () => {
  const dir = mkdtempSync(join(tmpdir(), "skein-domains-"));
  const skein = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, ["src/cli/main.ts", "domain", ...args, "--json"], {
      env: { ...process.env, SKEIN_ENV: "test", DATA_DIR: dir, DATABASE_URL: app.databaseUrl },
    });
    return JSON.parse(stdout);
  };
  try {
    writeFileSync(join(dir, "in.csv"), "#domain,#severity\nfour.example,suspend\n");
    assert.deepEqual(await skein("import", join(dir, "in.csv")), { added: 1, changed: 0, skipped: 0 });
    await skein("block", "five.example", "--severity", "silence", "--reject-media", "--comment", "loud");
    await skein("unblock", "four.example");
    await skein("allow", "six.example");
    await skein("export", join(dir, "out.csv"));
    assert.match(readFileSync(join(dir, "out.csv"), "utf8"), /^five\.example,silence,true,false,,false$/m);
    const { blocks, allows } = (await skein("list")) as { blocks: { domain: string }[]; allows: string[] };
    assert.ok(blocks.some((b) => b.domain === "five.example") && !blocks.some((b) => b.domain === "four.example"));
    assert.deepEqual(allows, ["six.example"]);
    await skein("disallow", "six.example");
    // The server that runs beside it knows, too.
    assert.equal(await app.app.federation.policies.mayTalkTo("one.example"), false);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
