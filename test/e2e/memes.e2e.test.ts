import { equal, match, ok } from "node:assert/strict";
import { after, before, test } from "node:test";
import { aiServices, type AiServices } from "#test/support/ai-services.ts";
import type { Page } from "playwright-core";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { noFaults, person, picture, reloadUntil, setUp, signUp } from "./support.ts";

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

/** What the editor would send. */
async function documentOf(page: Page): Promise<MemeDoc> {
  return JSON.parse(await page.locator("input[name=document]").inputValue()) as MemeDoc;
}

/** The editor with its drawing, ready to be worked in. */
async function editor(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator(".drawing > svg").waitFor();
}

test("the editor: what is seen is what is published", { timeout: 240_000 }, async (t) => {
  const { server, owner } = await setUp({ viewport: { width: 1280, height: 900 } });
  const { page } = owner;

  await t.test("a text is dragged, moved by keys, and all of it is taken back", async () => {
    await editor(page, "/memes/edit");
    await page.locator("[name=caption0]").fill("Above all");
    await page.locator("[name=caption1]").fill("Below it");
    await page.locator("[data-box='0']").waitFor();
    match(await page.locator("[name=alt]").inputValue(), /Above all.*Below it/);
    const box = await page.locator("[data-box='0']").boundingBox();
    ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 4, y + 150, { steps: 8 });
    await page.mouse.up();
    const dragged = (await documentOf(page)).captions[0]?.place;
    ok(dragged && dragged.y > 250, JSON.stringify(dragged));
    equal(dragged.x + dragged.w / 2, 540, "it snaps to the middle");

    await page.locator("[data-box='0']").focus();
    await page.keyboard.press("ArrowDown");
    equal((await documentOf(page)).captions[0]?.place?.y, dragged.y + 8);
    await page.keyboard.press("Shift+ArrowLeft");
    equal((await documentOf(page)).captions[0]?.place?.w, dragged.w - 8);
    await page.keyboard.press("Delete");
    equal((await documentOf(page)).captions[0]?.place, undefined);
    await page.keyboard.press("Control+z");
    equal((await documentOf(page)).captions[0]?.place?.w, dragged.w - 8);
    for (let steps = 0; steps < 20 && (await documentOf(page)).captions[0]?.text !== ""; steps++)
      await page.keyboard.press("Control+z");
    equal(await page.locator("[name=caption0]").inputValue(), "");
    for (let steps = 0; steps < 20 && (await page.locator("button[aria-label=Redo]").isEnabled()); steps++)
      await page.keyboard.press("Control+Shift+z");
    equal(await page.locator("[name=caption1]").inputValue(), "Below it");
  });

  await t.test("what does not fit is said, with the number of the text", async () => {
    await editor(page, "/memes/edit?format=error-dialog");
    await page.locator("[name=caption1]").fill("Short");
    await page.locator("[name=caption2]").fill("Donaudampfschifffahrtsgesellschaftskapitän ".repeat(4));
    await page.locator(".faults:has-text('Text 3 does not fit')").waitFor();
    await page.locator("[name=caption2]").fill("");
    await page.locator(".faults .notice").waitFor({ state: "detached" });
  });

  await t.test("another format keeps the words", async () => {
    await page.locator("[name=format]").selectOption("dialogue");
    const { format, captions, cast } = await documentOf(page);
    equal(format, "dialogue");
    equal(captions[1]?.text, "Short");
    equal(cast.length, 2);
    await page.locator("[name=mood1]").selectOption("panic");
    equal((await documentOf(page)).cast[1]?.mood, "panic");
  });

  await t.test("a photo of one's own is cropped and published", async () => {
    await page.locator("[data-photo]").setInputFiles(await picture("#2f6b3a"));
    await page.locator(".drawing image").waitFor();
    equal((await documentOf(page)).format, "top-bottom");
    await page.locator("button:has-text('Crop')").click();
    await page.locator(".crop select").selectOption("square");
    const before = (await documentOf(page)).photo?.crop;
    await page.locator("button.photo").focus();
    await page.keyboard.press("ArrowRight");
    const after = (await documentOf(page)).photo?.crop;
    ok(before && after && after.x < before.x, JSON.stringify([before, after]));
    await page.locator("button:has-text('Done cropping')").click();
    await page.locator("button:has-text('Publish')").click();
    await page.waitForURL(/\/@ada\/\d+$/);
    ok((await page.locator("main article img[alt*='Short']").count()) > 0);
  });

  await t.test("a template is offered, approved, and used", async () => {
    const friend = await person(server);
    await signUp(friend.page, "bjoern");
    await friend.page.goto("/memes/templates");
    await friend.page.locator("[name=file]").setInputFiles(await picture("#b3322b"));
    await friend.page.locator("[name=name]").fill("A red wall");
    await friend.page.locator("[name=alt]").fill("Nothing but a red wall");
    await friend.page.locator("[name=licence][value='CC-BY']").check();
    await friend.page.locator("[name=credit]").fill("B. the painter");
    await friend.page.locator("main form button.btn:not([type=button])").click();
    await friend.page.locator("[role=status]:has-text('Thank you')").waitFor();
    equal(await friend.page.locator("main a:has-text('Use it')").count(), 0);
    noFaults(friend.faults);

    await page.goto("/admin/memes");
    await page.locator("button:has-text('Approve')").click();
    await page.locator("[role=status]:has-text('Let in')").waitFor();
    await page.goto("/memes/templates");
    await page.locator("a:has-text('Use it')").click();
    await page.waitForURL(/template=\d+/);
    await page.locator(".drawing image").waitFor();
    await page.locator("[name=caption0]").fill("It is still drying");
    match(await page.locator("[name=status]").inputValue(), /A red wall by B. the painter, CC BY/);
    await page.locator("button:has-text('Publish')").click();
    await page.waitForURL(/\/@ada\/\d+$/);
    match(
      (await page.locator("main article img[alt*='still drying']").first().getAttribute("alt")) ?? "",
      /a red wall/,
    );
  });

  await t.test("one's own words are drawn while they are typed, and finished in the editor", async () => {
    await page.goto("/memes");
    await page.locator("input[name=engine][value=stage]").check();
    await page.locator("[name=prompt]").fill("tea at four vs tea at midnight");
    await page.locator("a[href*='format=two-panel'] .drawing > svg").waitFor();
    equal(await page.locator("form.ask .drawing > svg").count(), 4);
    await page.locator("a[href*='format=two-panel']").click();
    await page.waitForURL(/format=two-panel/);
    equal(await page.locator("[name=caption1]").inputValue(), "Tea at midnight");
  });

  noFaults(owner.faults);
});
