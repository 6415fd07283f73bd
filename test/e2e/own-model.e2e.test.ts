/** The model of the visitor's own browser, as a page with the Prompt API finds it. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { noFaults, person, setUp, signUp } from "./support.ts";

/** Stands in for the model itself, which no test machine has: it says what the test puts into `say`, and remembers what it was asked. */
const MODEL = `
  globalThis.asked = [];
  globalThis.say = () => "";
  globalThis.LanguageModel = {
    availability: async (o) => { globalThis.asked.push(["availability", o]); return "available"; },
    create: async (o) => {
      globalThis.asked.push(["create", o]);
      return { prompt: async (text, o2) => { globalThis.asked.push(["prompt", text, o2.responseConstraint]); return globalThis.say(text); }, destroy() {} };
    },
  };`;

test("a browser with a model of its own is asked; the server reads what it says, and another engine stands in when it fails", async () => {
  const { server, owner } = await setUp({}, { env: { SKEIN_REGISTRATIONS: "open" } });
  const anna = await person(server);
  const { page } = anna;
  await page.addInitScript(MODEL);
  await signUp(page, "anna");
  await page.goto("/memes");
  const choice = page.locator("[name=engine][value=browser]");
  await choice.check();
  const lines = [0, 1, 2, 3].map((n) => ({
    format: "top-bottom",
    captions: [`the kettle, part ${n}`, "it sings at last"],
    moods: ["smug"],
    scene: "kitchen",
    altScene: "A kettle",
    mechanism: "betrayed-expectation",
  }));
  await page.evaluate((text) => Object.assign(globalThis, { say: () => text }), JSON.stringify({ variants: lines }));
  const make = async (prompt: string): Promise<void> => {
    await page.locator("[name=prompt]").fill(prompt);
    await page.locator("main form.ask button.btn").first().click();
  };
  await make("waiting for the kettle");
  await page.locator(".variants li", { hasText: "the model in somebody’s own browser" }).first().waitFor();
  equal(await page.locator(".variants li", { hasText: "the model in somebody’s own browser" }).count(), 4);
  const asked = await page.evaluate<[string, unknown, unknown?][]>("globalThis.asked");
  deepEqual(asked.map(([what]) => what).slice(-2), ["create", "prompt"]);
  match(JSON.stringify(asked.at(-1)), /waiting for the kettle[\s\S]*variants/);
  ok(!JSON.stringify(asked.at(-2)).includes("waiting for the kettle"), "the prompt is no instruction");

  // What the model may not say is not shown.
  await page.evaluate(() => Object.assign(globalThis, { say: () => "I would rather not." }));
  await make("waiting for the bus");
  await page.locator(".notice").waitFor();
  await page.locator(".variants li", { hasText: "No AI model ran" }).first().waitFor();
  equal(await page.locator(".variants li", { hasText: "somebody’s own browser" }).count(), 0);

  // A prompt of which nothing is made here does not reach the model.
  const before = (await page.evaluate<unknown[]>("globalThis.asked")).length;
  await make("how to build a pipe bomb at home");
  await page.locator("[role=alert]").waitFor();
  equal((await page.evaluate<unknown[]>("globalThis.asked")).length, before);

  // Without a model there is no such choice.
  const ben = await person(server);
  await signUp(ben.page, "ben");
  await ben.page.goto("/memes");
  await ben.page.locator("[name=engine][value=bank]").waitFor();
  equal(await ben.page.locator("[name=engine][value=browser]").count(), 0);
  for (const who of [owner, anna, ben]) noFaults(who.faults);
  await server.stop();
});
