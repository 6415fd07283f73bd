/** kill -9 between an engine's answer and the bill: nobody pays twice, nothing stays set aside, every order ends. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aiServices, type AiServices } from "#test/support/ai-services.ts";
import { eventually } from "#test/support/eventually.ts";
import { verifyLedger } from "#test/support/ledger.ts";
import { signIn, signUp } from "#test/support/people.ts";
import { rowsOf } from "#test/support/rows.ts";
import { startSkein } from "#test/support/server.ts";

interface Generation {
  id: string;
  state: string;
  charged: string;
  notice: string | null;
  variants: { engine: { kind: string } }[];
}

let services: AiServices;
before(async () => {
  services = await aiServices();
});
after(() => services.close());

test("after kill -9 while models answer, every order is settled once", async () => {
  const env = { AI_BASE_URL: services.chatUrl, AI_MODEL: "tiny-model", SKEIN_AI_CAPTION_COST: "0" };
  let server = await startSkein({ database: "clone", env });
  const ann = await signUp(server, "ann");
  const orders: string[] = [];
  const ORDERS = 12;
  // The server dies as soon as the model has answered some: others are asked, answered, stored or settled at this moment.
  let answered = 0;
  let killed: Promise<void> | undefined;
  services.answer = (topic, n) => {
    if (++answered === 4) killed = server.kill9();
    return {
      variants: Array.from({ length: n }, (_, i) => ({
        format: "top-bottom",
        captions: [`${topic} said number ${i}`, `answered ${"abcdefgh"[i]} ${topic.length}`],
        moods: ["smug"],
        altScene: "",
      })),
    };
  };
  for (let n = 0; n < ORDERS; n++) {
    const made = await ann
      .call(
        "POST",
        "/api/skein/v1/memes/generations",
        { prompt: `topic ${n}`, engine: "ai" },
        { "idempotency-key": `order-${n}` },
      )
      .catch(() => undefined);
    if (made?.status === 200) orders.push(((await made.json()) as Generation).id);
  }
  await eventually("the server is killed", async () => killed !== undefined);
  await killed;
  assert.ok(orders.length > 0);

  // What the dead process held is its own for half a minute: as if that had gone by.
  assert.ok(server.databaseUrl);
  const rows = await rowsOf(server.databaseUrl);
  await rows.all("update meme_generations set lease_until = now() - interval '1 s' where state = 'running'");
  await rows.all("update worker_pools set seen_at = seen_at - interval '2 minutes'");
  server = await server.restart();
  const again = await signIn(server, "ann");
  // Who got no answer asks again with the same key.
  for (let n = 0; n < ORDERS; n++)
    await again.ok(
      "POST",
      "/api/skein/v1/memes/generations",
      { prompt: `topic ${n}`, engine: "ai" },
      { "idempotency-key": `order-${n}` },
    );
  await eventually("every order is over", async () => {
    // The sweeper comes once a minute; here it is called.
    await rows.all("select graphile_worker.add_job('memes.sweepGenerations')");
    const open = await rows.one<{ n: number }>(
      "select count(*)::int as n from meme_generations where state in ('queued', 'running')",
    );
    return open?.n === 0;
  });
  const total = await rows.one<{ orders: number; charged: string }>(
    "select count(*)::int as orders, sum(captured)::text as charged from meme_generations",
  );
  assert.deepEqual(total, { orders: ORDERS, charged: String(ORDERS * 1000) });
  const holds = await rows.all(
    "select state, count(*)::int as n, sum(captured)::int as captured from ledger_holds group by state",
  );
  assert.deepEqual(
    holds,
    [{ state: 1, n: ORDERS, captured: ORDERS * 1000 }],
    "each hold has one end, and it is a capture",
  );
  const wallet = await again.ok<{ credits: { available: string; held: string } }>("GET", "/api/skein/v1/wallet");
  assert.deepEqual([wallet.credits.available, wallet.credits.held], [String(20 - ORDERS), "0"]);
  const four = await rows.all("select generation_id from meme_variants group by 1 having count(*) <> 4");
  assert.deepEqual(four, [], "no variant twice");
  await rows.close();
  // What the books say is recomputed from the transfers alone.
  const { ok, checks } = await verifyLedger(server.databaseUrl ?? "");
  assert.ok(ok, JSON.stringify(checks));
});
