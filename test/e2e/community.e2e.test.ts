import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { noFaults, person, picture, reloadUntil, setUp, signUp } from "./support.ts";

const alt = "Two geese flying over a river";

for (const javaScriptEnabled of [true, false]) {
  test(`people live here, scripts ${javaScriptEnabled ? "on" : "off"}`, { timeout: 240_000 }, async (t) => {
    const { server, owner } = await setUp({ javaScriptEnabled });
    const friend = await person(server, { javaScriptEnabled });
    const post = "article:has-text('The first skein of the year')";

    await t.test("a second person signs up", async () => {
      await signUp(friend.page, "bjoern");
      match(await friend.page.locator("main").innerText(), /Welcome/);
    });

    await t.test("the owner posts a photo with its description", async () => {
      const { page } = owner;
      if (javaScriptEnabled) {
        await page.locator(".rail a.write").click();
        await page.locator("dialog textarea[name=status]").fill("The first skein of the year #geese");
        await page.locator("dialog input[type=file]").setInputFiles(await picture());
        await page.locator("dialog [data-alt]").fill(alt);
        await page.locator("dialog .thumb:not(.busy)").waitFor();
        await page.keyboard.press("Control+Enter");
        await page.locator("dialog").waitFor({ state: "detached" });
      } else {
        await page.goto("/compose");
        await page.locator("[name=status]").fill("The first skein of the year #geese");
        await page.locator("details.more summary").first().click();
        await page.locator("[name=file_1]").setInputFiles(await picture());
        await page.locator("[name=alt_1]").fill(alt);
        await page.locator("form.composer button.btn").click();
        await page.waitForURL("**/home");
      }
      await page.locator(post).waitFor();
      equal(await page.locator(`${post} img[alt="${alt}"]`).count(), 1);
    });

    await t.test("the friend follows and reads it at home", async () => {
      const { page } = friend;
      await page.goto("/@ada");
      await page.locator("header.profile button:has-text('Follow')").click();
      await page.locator("header.profile button[aria-pressed=true]").waitFor();
      await page.goto("/home");
      await reloadUntil(page, post);
      equal(await page.locator(`${post} img[alt="${alt}"]`).count(), 1);
    });

    await t.test("likes it", async () => {
      const { page } = friend;
      const like = page.locator(`${post} button[data-key=like]`);
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      await like.click();
      ok((await answered).status() < 400);
      await page.goto("/home");
      equal(await like.getAttribute("aria-pressed"), "true");
      match((await like.getAttribute("aria-label")) ?? "", /1$/);
    });

    await t.test("replies", async () => {
      const { page } = friend;
      if (javaScriptEnabled) {
        await page.locator(`${post} time`).click();
        await page.waitForURL(/\/@ada\/\d+$/);
        await page.locator("main [data-composer]").click();
        const box = page.locator("form.composer textarea[name=status]");
        await box.waitFor();
        match(await box.inputValue(), /^@ada /);
        await box.pressSequentially("How many were they?");
        await page.locator("form.composer button.btn").click();
      } else {
        await page.locator(`${post} a[data-key=reply]`).click();
        await page.waitForURL(/\/compose\?reply=/);
        await page.locator("[name=status]").fill("@ada How many were they?");
        await page.locator("form.composer button.btn").click();
        await page.waitForURL(/\/@bjoern\/\d+$/);
      }
      await page.locator("article:has-text('How many were they?')").first().waitFor();
    });

    await t.test("the owner is told of all three, once unread and then read", async () => {
      const { page } = owner;
      await page.goto("/notifications");
      await reloadUntil(page, "article:has-text('How many were they?')");
      const text = await page.locator("main").innerText();
      match(text, /bjoern replied to you/);
      match(text, /bjoern likes your post/);
      match(text, /bjoern follows you/);
      await page.goto("/notifications");
      equal(await page.locator(".unread").count(), 0);
    });

    await t.test("the post's page shows the thread", async () => {
      const { page } = owner;
      await page.goto("/home");
      await page.locator(`${post} time`).first().click();
      await page.waitForURL(/\/@ada\/\d+/);
      await page.locator("section.replies article:has-text('How many were they?')").waitFor();
    });

    await t.test("log-out", async () => {
      const { page } = owner;
      await page.locator(".rail button.me").click();
      await page.locator("#account-sheet button").click();
      await page.waitForURL((url) => url.pathname === "/");
      await page.goto("/home");
      equal(new URL(page.url()).pathname, "/login");
    });

    await t.test("strangers read the post, with its preview tags", async () => {
      const stranger = await person(server, { javaScriptEnabled });
      await stranger.page.goto("/@ada");
      await stranger.page.locator(`${post} time`).click();
      await stranger.page.waitForURL(/\/@ada\/\d+$/);
      const html = await (await fetch(stranger.page.url(), { headers: { accept: "text/html" } })).text();
      ok(
        /<meta property="og:description" content="The first skein of the year #geese"/.test(html),
        `<meta property="og:description`,
      );
      ok(/<meta property="og:image" content="http[^"]+"/.test(html), `<meta property="og:image" cont`);
      ok(/"@type":"SocialMediaPosting"/.test(html), `"@type":"SocialMediaPosting"`);
      ok(/How many were they\?/.test(html), `How many were they\\?`);
      noFaults(stranger.faults);
      await stranger.context.close();
    });
    noFaults([...owner.faults, ...friend.faults]);
    await owner.context.close();
    await friend.context.close();
    await server.stop();
  });
}
