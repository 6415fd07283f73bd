/** From a complaint to an overturned decision, as people do it in a browser. */
import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { rowsOf } from "#test/support/rows.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";
import { noFaults, password, person, signUp } from "./support.ts";

async function logIn(page: Page, username: string): Promise<void> {
  await page.goto("/login");
  await page.locator("[name=login]").fill(username);
  await page.locator("[name=password]").fill(password);
  await page.locator("main form button.btn:not([type=button])").click();
  await page.waitForURL("**/home");
}

async function write(page: Page, status: string): Promise<{ id: string; account: { id: string } }> {
  const answer = await page.request.post("/api/v1/statuses", {
    data: { status },
    headers: { origin: new URL(page.url()).origin },
  });
  equal(answer.status(), 200, await answer.text());
  return (await answer.json()) as { id: string; account: { id: string } };
}

/** Signs moderators up and gives them their role, as the operator does at the command line. */
async function moderators(server: TestServer, ...people: { page: Page; name: string }[]): Promise<void> {
  const rows = await rowsOf(server.databaseUrl ?? "");
  for (const { page, name } of people) {
    await signUp(page, name);
    await rows.all(
      "update users set role = 'moderator' where account_id = (select id from accounts where username = $1)",
      [name],
    );
    await page.context().clearCookies();
    await logIn(page, name);
  }
  await rows.close();
}

for (const javaScriptEnabled of [true, false])
  test(`report, case, decision, notice, appeal, another reviewer, overturned; scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const server = await startSkein({ env: { SKEIN_REGISTRATIONS: "open" } });
    const options = { javaScriptEnabled };
    const [anna, ben, mora, nils] = await Promise.all([1, 2, 3, 4].map(() => person(server, options)));
    ok(anna && ben && mora && nils);
    await signUp(anna.page, "anna");
    await signUp(ben.page, "ben");
    const post = await write(anna.page, "My cousin sells the best snake oil");
    await ben.page.goto(`/@anna/${post.id}/options`);
    await ben.page.locator("a[href^='/report?status=']").click();
    await ben.page.locator("[name=category][value=spam]").check();
    await ben.page.locator("[name=comment]").fill("Snake oil again");
    await ben.page.locator("main form button.btn:not([type=button])").click();
    await ben.page.waitForURL("**/standing");
    match(await ben.page.locator("main").innerText(), /@anna[\s\S]*Nobody has decided yet/);

    await moderators(server, { page: mora.page, name: "mora" }, { page: nils.page, name: "nils" });
    await mora.page.goto("/mod");
    const item = mora.page.locator("a.case");
    match(await item.innerText(), /@anna/);
    await item.click();
    await mora.page.waitForURL("**/mod/cases/*");
    match(await mora.page.locator("main").innerText(), /Snake oil again/);
    // Two clicks: what, and that.
    await mora.page.locator("[name=on_post][value=remove]").check();
    await mora.page.locator("[name=on_account][value=warn]").check();
    await mora.page.locator("[name=reference]").fill("Rule 2: no advertising");
    await mora.page.locator("[name=facts]").fill("An advertisement for snake oil.");
    await mora.page.locator("main button.btn", { hasText: "Decide and tell" }).click();
    await mora.page.waitForURL("**/mod?undo=*");
    await mora.page.locator("button", { hasText: "Take back" }).waitFor();
    equal((await ben.page.request.get(`/api/v1/statuses/${post.id}`)).status(), 404);

    await anna.page.goto("/standing");
    for (let i = 0; i < 40 && (await anna.page.locator("main details summary").count()) === 0; i++)
      await anna.page.reload();
    const restriction = anna.page.locator("main li", { hasText: "Your post was removed" });
    match(await restriction.innerText(), /Rule 2: no advertising[\s\S]*snake oil/);
    await restriction.locator("summary").click();
    await restriction.locator("[name=text]").fill("It is satire about snake oil.");
    await restriction.locator("button.btn").click();
    await anna.page.locator("blockquote", { hasText: "It is satire" }).waitFor();

    await mora.page.goto("/mod/appeals");
    match(await mora.page.locator("main").innerText(), /You decided the first time/);
    equal(await mora.page.locator("main button[value=overturned]").count(), 0);
    await nils.page.goto("/mod/appeals");
    await nils.page.locator("[name=answer]").fill("Satire it is.");
    await nils.page.locator("button[value=overturned]").click();
    await nils.page.locator("main", { hasText: "No objections" }).waitFor();

    equal((await ben.page.request.get(`/api/v1/statuses/${post.id}`)).status(), 200);
    await anna.page.goto("/standing");
    const lifted = anna.page.locator("main li", { hasText: "Your post was removed" });
    match(await lifted.innerText(), /Taken back[\s\S]*Satire it is/);
    ok(!(await anna.page.content()).includes("mora"), "nobody learns who decided");
    for (const who of [anna, ben, mora, nils]) noFaults(who.faults);
    await server.stop();
  });

test("anybody sends a legal notice without an account and follows it by its receipt", async () => {
  const server = await startSkein({ env: { SKEIN_REGISTRATIONS: "open" } });
  const [anna, stranger, mora] = await Promise.all([1, 2, 3].map(() => person(server, { locale: "de-DE" })));
  ok(anna && stranger && mora);
  await signUp(anna.page, "anna");
  const post = await write(anna.page, "Here is where somebody lives");
  const { page } = stranger;
  await page.goto(`/report?url=${encodeURIComponent(`${server.url}/@anna/${post.id}`)}`);
  await page.locator("[name=category]").selectOption("privacy");
  await page.locator("[name=explanation]").fill("Das ist meine Adresse, und ich habe nicht zugestimmt.");
  await page.locator("[name=email]").fill("person@example.org");
  await page.locator("[name=good_faith]").check();
  await page.locator("main form button.btn:not([type=button])").click();
  // The name is missing: what was written stays.
  await page.locator(".error").waitFor();
  equal(await page.locator("[name=email]").inputValue(), "person@example.org");
  await page.locator("[name=name]").fill("A. Person");
  await page.locator("[name=good_faith]").check();
  await page.locator("main form button.btn:not([type=button])").click();
  await page.waitForURL("**/report?receipt=*");
  match(await page.locator("main").innerText(), /Noch nicht entschieden/);
  await moderators(server, { page: mora.page, name: "mora" });
  await mora.page.goto("/mod?queue=notices");
  await mora.page.locator("a.case").click();
  await mora.page.waitForURL("**/mod/cases/*");
  await mora.page.locator("button[formaction$=dismiss]").click();
  await mora.page.waitForURL("**/mod");
  await page.reload();
  match(await page.locator("main").innerText(), /nichts gefunden/);
  await page.goto("/transparency");
  match(await page.locator("main").innerText(), /Persönlichkeitsrechte/);
  for (const who of [anna, stranger, mora]) noFaults(who.faults);
  await server.stop();
});
