import { equal, match, ok } from "node:assert/strict";
import { after, before, test } from "node:test";
import { aiServices, type AiServices } from "#test/support/ai-services.ts";
import { noFaults, person, reloadUntil, setUp, signUp } from "./support.ts";

let services: AiServices;
before(async () => {
  services = await aiServices();
});
after(() => services.close());

for (const javaScriptEnabled of [true, false]) {
  test(
    `memes from the prompt to the wall, scripts ${javaScriptEnabled ? "on" : "off"}`,
    { timeout: 240_000 },
    async (t) => {
      const { server, owner } = await setUp({ javaScriptEnabled }, { env: { AI_BASE_URL: services.chatUrl } });
      const friend = await person(server, { javaScriptEnabled });
      await signUp(friend.page, "bjoern");

      await t.test("a prompt becomes variants with pictures", async () => {
        const { page } = owner;
        await page.goto("/memes");
        await page.locator("[name=prompt]").fill("the printer works until you really need it");
        await page.locator("input[name=engine][value=bank]").check();
        await page.locator("form.ask button.btn:not([type=button])").first().click();
        await page.locator("li.variant").nth(3).waitFor();
        equal(await page.locator("li.variant").count(), 4);
        const loaded = async (): Promise<number> =>
          page
            .locator("li.variant img")
            .first()
            .evaluate((img) => (img instanceof HTMLImageElement && img.complete ? img.naturalWidth : 0));
        for (let tries = 0; (await loaded()) === 0 && tries < 100; tries++) await page.waitForTimeout(50);
        equal(await loaded(), 540);
        match(await page.locator("li.variant").first().innerText(), /Your words, drawn by Skein|No AI model ran/);
      });

      await t.test("edited and published with alt text, it is in a timeline", async () => {
        const { page } = owner;
        await page.locator("li.variant a.btn").first().click();
        await page.waitForURL(/\/memes\/edit/);
        await page.locator("[name=caption0]").fill("One page. Please.");
        await page.locator("[name=status]").fill("Every single time");
        await page.locator("button:has-text('Publish')").click();
        await page.waitForURL(/\/@ada\/\d+$/);
        await page.goto("/home");
        const post = "article:has-text('Every single time')";
        await reloadUntil(page, post);
        const alt = (await page.locator(`${post} img[alt*="One page. Please."]`).first().getAttribute("alt")) ?? "";
        ok(alt.length > 30, alt);
      });

      await t.test("a friend finds it on the wall, votes and remixes it", async () => {
        const { page } = friend;
        await page.goto("/memes/wall?sort=new");
        const card = page.locator("main article").first();
        await card.locator("button.up").click();
        await page.locator("main article button.up[aria-pressed=true]").waitFor();
        await page.locator("main article a:has-text('Remix')").first().click();
        await page.waitForURL(/\/memes\/edit\?remix=/);
        match(await page.locator("form.editor").innerText(), /A remix of @ada/);
        await page.locator("[name=caption0]").fill("Two pages. Greedy.");
        await page.locator("button:has-text('Publish')").click();
        await page.waitForURL(/\/@bjoern\/\d+$/);
        match(await page.locator("main article").first().innerText(), /Remix of/);
        await page.goto("/memes/wall?sort=new");
        match(await page.locator("main article").first().innerText(), /@ada/);
        await page.goto("/memes/wall?sort=top&period=day");
        equal(await page.locator("main article").count(), 2);
        match(await page.locator("main article").first().innerText(), /ada/);
      });

      await t.test("a model is paid: held, then charged, with a receipt in the wallet", async () => {
        const { page } = owner;
        await page.goto("/memes");
        await page.locator("[name=prompt]").fill("tea at four");
        await page.locator("input[name=engine][value=chat]").check();
        await page.locator("form.ask button.btn:not([type=button])").first().click();
        if (!javaScriptEnabled) await page.waitForURL(/\/memes\?g=/);
        for (let tries = 0; tries < 200 && (await page.locator("li.variant").count()) < 4; tries++) {
          await page.waitForTimeout(100);
          if (!javaScriptEnabled) await page.reload();
        }
        match(await page.locator("section.made").first().innerText(), /Made with AI: tiny-model/);
        await page.goto("/wallet");
        const text = await page.locator("main").innerText();
        match(text, /19/);
        match(text, /Memes by a model/);
        match(text, /−1\b/);
      });

      await t.test("what is not made here is refused kindly", async () => {
        const { page } = owner;
        await page.goto("/memes");
        await page
          .locator("[name=prompt]")
          .fill("make fun of my coworker Anna Schmidt from accounting because she is fat");
        await page.locator("form.ask button.btn:not([type=button])").first().click();
        await page.locator("[role=alert]").waitFor();
        match(await page.locator("[role=alert]").innerText(), /private people/i);
        equal(await page.locator("li.variant").count(), 0);
      });

      noFaults([...owner.faults, ...friend.faults]);
    },
  );
}
