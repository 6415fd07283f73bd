/** The meme studio through its API: prompts, credits, posts, votes, remixes and where pictures come from. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { inspect } from "node:util";
import sharp from "sharp";
import { aiServices, type AiServices, type Fault } from "#test/support/ai-services.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";

interface Variant {
  id: string;
  format: string;
  captions: string[];
  alt: string;
  image_url: string;
  engine: { id: string; kind: string; label: string; model: string | null };
  credits: string;
  document: Record<string, unknown> & { captions: { text: string }[] };
}
interface Generation {
  id: string;
  state: string;
  notice: string | null;
  price: string;
  charged: string;
  variants: Variant[];
}
interface Meme {
  id: string;
  image_url: string;
  alt: string;
  engine: { kind: string };
  votes: { up: number; down: number; own: number };
  remix_of: { id: string | null; account: { acct: string } | null } | null;
  state: string;
  status_id: string | null;
}
interface Status {
  id: string;
  content: string;
  media_attachments: { url: string; description: string; meta: { digital_source_type?: string; remix_of?: string } }[];
}
interface Wallet {
  credits: { available: string; held: string };
}

let services: AiServices;
let at: TestApp;
let rows: Rows;
let ann: Person;
let bob: Person;

before(async () => {
  services = await aiServices();
  at = await testApp({
    AI_BASE_URL: services.chatUrl,
    AI_IMAGE_URL: services.url,
    AI_IMAGE_KIND: "a1111",
    SKEIN_AI_CAPTION_COST: "1000",
  });
  rows = await rowsOf(at.databaseUrl);
  services.picture = await sharp({ create: { width: 256, height: 256, channels: 3, background: "#4488cc" } })
    .png()
    .toBuffer();
  ann = await signUp(at, "ann");
  bob = await signUp(at, "bob");
});
after(async () => {
  await rows.close();
  await services.close();
});
afterEach(async () => {
  services.fault = undefined;
  services.answer = undefined;
  // After every test the books are right.
  const checked = await at.app.ledger.verify();
  assert.ok(checked.ok, inspect(checked, { depth: 5 }));
});

const generate = (who: Person, body: object, headers?: Record<string, string>): Promise<Generation> =>
  who.ok<Generation>("POST", `${API}/memes/generations`, body, headers);
const again = (who: Person, g: Generation): Promise<Generation> =>
  who.ok<Generation>("GET", `${API}/memes/generations/${g.id}`);
const path = (url: string): string => url.slice(at.url.length);
const bytesOf = async (url: string): Promise<Buffer> => {
  const response = await at.fetch(path(url));
  assert.equal(response.status, 200, url);
  return Buffer.from(await response.arrayBuffer());
};
async function settled(who: Person, g: Generation): Promise<Generation> {
  await at.app.jobs.drain();
  return again(who, g);
}
const wallet = (who: Person): Promise<Wallet> => who.ok<Wallet>("GET", `${API}/wallet`);

async function published(who: Person, prompt: string, more: object = {}): Promise<{ meme: Meme; status: Status }> {
  const { variants } = await generate(who, { prompt });
  const draft = await who.ok<Meme>("POST", `${API}/memes`, { variant_id: variants[0]?.id });
  const status = await who.ok<Status>("POST", `${API}/memes/${draft.id}/publish`, { status: "look", ...more });
  return { meme: await who.ok<Meme>("GET", `${API}/memes/${draft.id}`), status };
}

test("a prompt becomes four labelled variants at once, free, with alt texts and signed pictures", async () => {
  const made = await generate(ann, { prompt: "my cat judges me at three in the morning" });
  assert.equal(made.state, "done");
  assert.equal(made.variants.length, 4);
  assert.deepEqual([made.price, made.charged], ["0", "0"]);
  for (const v of made.variants) {
    assert.ok(v.engine.label.length > 10 && v.engine.kind !== "ai");
    for (const caption of v.captions) assert.ok(v.alt.includes(caption), `${v.alt} lacks ${caption}`);
    const bytes = await bytesOf(v.image_url);
    assert.equal((await sharp(bytes).metadata()).width, 1080);
    const form = new FormData();
    form.set("image", new Blob([Uint8Array.from(bytes)], { type: "image/webp" }), "x.webp");
    const seen = (await (await at.fetch(`${API}/provenance`, { method: "POST", body: form })).json()) as Record<
      string,
      unknown
    >;
    assert.equal(seen["known"], true);
    assert.deepEqual((seen["manifest"] as { state: string }).state, "valid");
    assert.match(
      String(seen["digital_source_type"]),
      /digitalsourcetype\/(digitalCreation|compositeWithTrainedAlgorithmicMedia)$/,
    );
  }
});

test("a model's memes: held, charged by what is shown, with a receipt", async () => {
  const before = await wallet(ann);
  assert.equal(before.credits.available, "20");
  const order = await generate(ann, { prompt: "deploying on friday", engine: "ai", variants: 4 });
  assert.equal(order.state, "queued");
  assert.deepEqual((await wallet(ann)).credits, { ...before.credits, available: "19", held: "1" });
  const done = await settled(ann, order);
  assert.deepEqual([done.state, done.notice, done.charged], ["done", null, "1"]);
  assert.deepEqual(
    done.variants.map((v) => [v.engine.kind, v.engine.model, v.credits]),
    Array.from({ length: 4 }, () => ["ai", "tiny-model", "0.25"]),
  );
  const { credits } = await wallet(ann);
  assert.deepEqual([credits.available, credits.held], ["19", "0"]);
  const entries = await ann.ok<{ kind: string; amount: string; balance: string; reference: string }[]>(
    "GET",
    `${API}/wallet/entries`,
  );
  assert.deepEqual([entries[0]?.amount, entries[0]?.balance], ["-1", "19"]);
});

test("who pays for eight and is shown six pays for six", async () => {
  services.answer = (topic) => ({
    variants: [
      ...Array.from({ length: 6 }, (_, i) => ({
        format: "top-bottom",
        captions: [`${topic} number ${i} of a kind`, `ends in way ${"abcdef"[i]}`],
        moods: ["joy"],
        altScene: "x",
      })),
      { format: "top-bottom", captions: ["kill yourself", "you worthless person"], moods: ["joy"], altScene: "x" },
      { format: "top-bottom", captions: ["only one box"], moods: [], altScene: "x" },
    ],
  });
  const done = await settled(ann, await generate(ann, { prompt: "tea", engine: "ai", variants: 8 }));
  assert.equal(done.variants.length, 6);
  assert.deepEqual([done.price, done.charged, done.notice], ["2", "1.5", "engine_fewer"]);
});

test("what is not made here is refused before any engine is asked, with nothing stored and nothing held", async () => {
  const asked = services.asked.length;
  const count = async (): Promise<unknown> =>
    rows.all("select (select count(*) from meme_generations)::int as g, (select count(*) from ledger_holds)::int as h");
  const before = await count();
  for (const engine of ["bank", "ai"]) {
    const response = await ann.call("POST", `${API}/memes/generations`, {
      prompt: "make fun of my coworker Anna Schmidt from accounting because she is fat",
      engine,
    });
    assert.equal(response.status, 422);
    const body = (await response.json()) as { error: string; error_description: string; redirect: string };
    assert.equal(body.error, "harassment.private_person");
    assert.ok(body.redirect.length > 5 && !JSON.stringify(body).includes("Schmidt"));
  }
  assert.equal(services.asked.length, asked);
  assert.deepEqual(await count(), before);
});

test("an empty purse is 402, and the free engines go on", async () => {
  const poor = await signUp(at, "poor");
  let last: Response | undefined;
  for (let i = 0; i < 6; i++) {
    last = await poor.call("POST", `${API}/memes/generations`, { prompt: "sheep", engine: "picture", variants: 2 });
    if (last.status !== 200) break;
    await at.app.jobs.drain();
  }
  assert.ok(last);
  assert.equal(last.status, 402);
  assert.equal(((await last.json()) as { error: string }).error, "insufficient_credits");
  assert.equal((await generate(poor, { prompt: "sheep" })).variants.length, 4);
});

test("pictures by a model stand under the captions and say what they are", async () => {
  const eve = await signUp(at, "eve");
  const done = await settled(eve, await generate(eve, { prompt: "a sheep in space", engine: "picture", variants: 1 }));
  assert.deepEqual([done.state, done.charged], ["done", "4"]);
  const [v] = done.variants;
  assert.ok(v);
  const sha256 = createHash("sha256")
    .update(await bytesOf(v.image_url))
    .digest("hex");
  const seen = (await (await at.fetch(`${API}/provenance?sha256=${sha256}`)).json()) as {
    known: boolean;
    digital_source_type: string;
  };
  assert.deepEqual([seen.known, seen.digital_source_type.split("/").at(-1)], [true, "trainedAlgorithmicMedia"]);
});

test("the same Idempotency-Key is the same generation; with another prompt it is refused", async () => {
  const key = { "idempotency-key": "once" };
  const [one, two] = [
    await generate(ann, { prompt: "tacos", engine: "ai" }, key),
    await generate(ann, { prompt: "tacos", engine: "ai" }, key),
  ];
  assert.equal(one.id, two.id);
  assert.equal(
    (await ann.call("POST", `${API}/memes/generations`, { prompt: "burgers", engine: "ai" }, key)).status,
    409,
  );
  await settled(ann, one);
});

test("somebody else's generations, variants and drafts are not there", async () => {
  const made = await generate(ann, { prompt: "rain" });
  assert.equal((await bob.call("GET", `${API}/memes/generations/${made.id}`)).status, 404);
  assert.equal((await bob.call("POST", `${API}/memes`, { variant_id: made.variants[0]?.id })).status, 422);
  const draft = await ann.ok<Meme>("POST", `${API}/memes`, { variant_id: made.variants[0]?.id });
  assert.equal((await bob.call("GET", `${API}/memes/${draft.id}`)).status, 404);
  assert.equal((await bob.call("POST", `${API}/memes/${draft.id}/publish`, {})).status, 404);
});

test("a meme becomes a post with its picture, alt text and origin; a second click is the same post", async () => {
  const { meme, status } = await published(ann, "monday mornings");
  const [media] = status.media_attachments;
  assert.equal(media?.description, meme.alt);
  assert.match(media?.meta.digital_source_type ?? "", /digitalsourcetype/);
  const file = await bytesOf(media?.url ?? "");
  assert.equal((await sharp(file).metadata()).format, "jpeg");
  const again_ = await ann.ok<Status>("POST", `${API}/memes/${meme.id}/publish`, { status: "look" });
  assert.equal(again_.id, status.id);
  await at.app.jobs.drain();
  const home = await ann.ok<Status[]>("GET", "/api/v1/timelines/home");
  assert.ok(home.some((s) => s.id === status.id));
  const wall = await bob.ok<Meme[]>("GET", `${API}/memes/wall?sort=new`);
  assert.equal(wall[0]?.id, meme.id);
});

test("votes: one per account, changed and taken back; not for one's own; the best come first", async () => {
  const a = (await published(ann, "coffee")).meme;
  const b = (await published(ann, "trains")).meme;
  const vote = (who: Person, id: string, value: number): Promise<Meme> =>
    who.ok<Meme>("PUT", `${API}/memes/${id}/vote`, { value });
  assert.deepEqual((await vote(bob, a.id, 1)).votes, { up: 1, down: 0, own: 1 });
  assert.deepEqual((await vote(bob, a.id, 1)).votes, { up: 1, down: 0, own: 1 });
  assert.deepEqual((await vote(bob, a.id, -1)).votes, { up: 0, down: 1, own: -1 });
  assert.deepEqual((await vote(bob, a.id, 0)).votes, { up: 0, down: 0, own: 0 });
  assert.equal((await ann.call("PUT", `${API}/memes/${a.id}/vote`, { value: 1 })).status, 422);
  assert.equal((await bob.call("PUT", `${API}/memes/${a.id}/vote`, { value: 5 })).status, 422);
  assert.equal((await at.fetch(`${API}/memes/${a.id}/vote`, { method: "PUT" })).status, 401);
  await vote(bob, b.id, 1);
  for (const sort of ["hot", "top"]) {
    const wall = await bob.ok<Meme[]>("GET", `${API}/memes/wall?sort=${sort}`);
    assert.equal(wall.filter((m) => m.id === a.id || m.id === b.id)[0]?.id, b.id, sort);
  }
});

test("a remix names whom it is from, in text, object and chain; the author may forbid it", async () => {
  const { meme, status } = await published(ann, "meetings");
  const remix = await bob.ok<Meme>("POST", `${API}/memes/${meme.id}/remix`, {});
  assert.deepEqual([remix.remix_of?.id, remix.remix_of?.account?.acct], [meme.id, "ann"]);
  const post = await bob.ok<Status>("POST", `${API}/memes/${remix.id}/publish`, {});
  assert.match(post.content, new RegExp(`/@ann/${status.id}`));
  assert.equal(post.media_attachments[0]?.meta.remix_of, `${at.url}/@ann/${status.id}`);
  assert.deepEqual((await at.fetch(`${API}/memes/${meme.id}/remixes`)).status, 200);
  const closed = (await published(ann, "privacy", { remix_policy: "none" })).meme;
  assert.equal((await bob.call("POST", `${API}/memes/${closed.id}/remix`, {})).status, 403);
  // The original goes: its picture too, the credit stays.
  await ann.ok("DELETE", `/api/v1/statuses/${status.id}`);
  await at.app.jobs.drain();
  assert.equal((await bob.call("GET", `${API}/memes/${meme.id}`)).status, 404);
  assert.equal((await at.fetch(path(meme.image_url))).status, 404);
  assert.equal((await bob.ok<Meme>("GET", `${API}/memes/${remix.id}`)).remix_of?.account?.acct, "ann");
});

test("documents: what is none is refused by field, what is said in it is read before it is drawn", async () => {
  const [v] = (await generate(ann, { prompt: "gardening" })).variants;
  assert.ok(v);
  const doc = v.document;
  for (const [broken, field] of [
    [{ ...doc, format: "nonsense" }, "document.format"],
    [{ ...doc, captions: [] }, "document.captions"],
    [{ ...doc, extra: 1 }, "document"],
    [{ ...doc, captions: doc.captions.map(() => ({ text: "x".repeat(201) })) }, "document.captions.0.text"],
    [
      { ...doc, captions: doc.captions.map((c) => ({ ...c, place: { x: 0, y: 0, w: 1e9, h: 5 } })) },
      "document.captions.0.place.w",
    ],
  ] as const) {
    const response = await ann.call("POST", `${API}/memes`, { document: broken });
    assert.equal(response.status, 422, field);
    assert.ok(
      Object.keys(((await response.json()) as { details: object }).details).some((k) => k.startsWith(field)),
      field,
    );
  }
  const hateful = { ...doc, captions: doc.captions.map((_, i) => ({ text: i === 0 ? "kill yourself" : "" })) };
  assert.equal((await ann.call("POST", `${API}/memes`, { document: hateful })).status, 422);
  const empty = { ...doc, captions: doc.captions.map(() => ({ text: "" })) };
  const draft = await ann.ok<Meme>("POST", `${API}/memes`, { document: empty });
  assert.equal((await ann.call("POST", `${API}/memes/${draft.id}/publish`, {})).status, 422);
});

test("one's own photo: kept under the words, labelled as a person's, a stranger's is refused", async () => {
  const form = new FormData();
  const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: "#775533" } })
    .jpeg()
    .toBuffer();
  form.set("file", new Blob([Uint8Array.from(photo)], { type: "image/jpeg" }), "dog.jpg");
  form.set("description", "my dog asleep on the couch");
  const upload = (await (
    await at.fetch("/api/v2/media", { method: "POST", headers: { cookie: ann.cookie, origin: at.url }, body: form })
  ).json()) as { id: string };
  const made = await generate(ann, { prompt: "monday", engine: "stage", photo_id: upload.id });
  assert.ok(made.variants.length > 0);
  for (const v of made.variants) assert.ok(v.alt.includes("my dog asleep on the couch"));
  const sha256 = createHash("sha256")
    .update(await bytesOf(made.variants[0]?.image_url ?? ""))
    .digest("hex");
  const seen = (await (await at.fetch(`${API}/provenance?sha256=${sha256}`)).json()) as { digital_source_type: string };
  assert.equal(seen.digital_source_type.split("/").at(-1), "humanEdits");
  assert.equal(
    (await bob.call("POST", `${API}/memes/generations`, { prompt: "monday", photo_id: upload.id })).status,
    422,
  );
});

test("a worker that dies between the engine's answer and the bill: charged once, nothing left set aside", async () => {
  const before = Number((await wallet(bob)).credits.available);
  const order = await generate(bob, { prompt: "the last mile", engine: "ai" });
  await at.app.jobs.drain();
  const done = await again(bob, order);
  assert.equal(done.charged, "1");
  // As if the process had died before it settled, in both ways it can: with the answer stored, and without.
  const second = await generate(bob, { prompt: "the very last mile", engine: "ai" });
  await rows.all(
    `update meme_generations set state = 'running', lease_until = now() - interval '1 s', attempts = 1 where id = ${second.id}`,
  );
  await at.app.jobs.drain();
  const taken = await again(bob, second);
  assert.deepEqual([taken.state, taken.charged], ["done", "1"]);
  const { credits } = await wallet(bob);
  assert.deepEqual([Number(credits.available), credits.held], [before - 2, "0"]);
});

test("who leaves takes prompts, variants and drafts along", async () => {
  const gone = await signUp(at, "leaver");
  const made = await generate(gone, { prompt: "a secret of mine" });
  await gone.ok("POST", `${API}/memes`, { variant_id: made.variants[0]?.id });
  const picture = path(made.variants[1]?.image_url ?? "");
  assert.equal((await at.fetch(picture)).status, 200);
  await gone.ok("POST", "/api/skein/v1/me/delete", { current: PASSWORD });
  await at.app.jobs.drain();
  const left = await rows.all(
    `select id from meme_generations where account_id = $1 union all select id from memes where account_id = $1 union all select generation_id from meme_variants where account_id = $1`,
    [gone.id],
  );
  assert.deepEqual(left, []);
  assert.equal((await at.fetch(picture)).status, 404);
});

// Last: after so many failures the engine is left alone for a while.
const FAULTS: [Fault, string][] = [
  ["500", "engine_unreachable"],
  ["401", "engine_auth"],
  ["bad-json", "engine_bad_answer"],
  ["unfit", "engine_bad_answer"],
  ["429", "engine_rate"],
];
for (const [fault, notice] of FAULTS) {
  test(`an engine that fails (${fault}) costs nothing, and the joke bank answers in its place, saying so`, async () => {
    const before = await wallet(ann);
    services.fault = fault;
    const done = await settled(ann, await generate(ann, { prompt: `the printer (${fault})`, engine: "ai" }));
    assert.equal(done.state, "done");
    // After some failures it is left alone for a while; that is said as well.
    assert.ok(done.notice === notice || done.notice === "engine_resting", String(done.notice));
    assert.equal(done.variants.length, 4);
    assert.ok(done.variants.every((v) => v.engine.kind !== "ai" && v.credits === "0"));
    assert.deepEqual((await wallet(ann)).credits, before.credits);
  });
}
