import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { noFaults, person, picture, setUp, signUp } from "./support.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const result = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`,
  );
  return result.violations.map(
    (item) => `${item.id}: ${item.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
}

/** Writes a post with a picture, a poll, a warning and a reply, so that the pages have something to show. */
async function fill(page: Page): Promise<{ post: string; account: string; meme: string; generation: string }> {
  const write = async (data: Record<string, unknown>): Promise<{ id: string }> => {
    const response = await page.request.post("/api/v1/statuses", {
      data,
      headers: { origin: new URL(page.url()).origin },
    });
    equal(response.status(), 200, await response.text());
    return (await response.json()) as { id: string };
  };
  const upload = await page.request.post("/api/v2/media", {
    multipart: { file: await picture(), description: "A blue surface" },
    headers: { origin: new URL(page.url()).origin },
  });
  const media = (await upload.json()) as { id: string };
  const first = await write({
    status: "Look at this #blue, as https://example.org/very/long/address says.",
    media_ids: [media.id],
    language: "en",
  });
  await write({ status: "Behind a warning", spoiler_text: "Garlic", language: "en" });
  await write({ status: "Which?", poll: { options: ["one", "two"], expires_in: 3600 }, language: "en" });
  const reply = await write({ status: "A first answer", in_reply_to_id: first.id });
  await write({ status: "and one more", in_reply_to_id: reply.id });
  await write({ status: "Eine zweite Antwort", in_reply_to_id: first.id, language: "de" });
  const own = async (
    path: string,
    data: object,
  ): Promise<{ id: string; variants: { id: string; captions: string[] }[] }> => {
    const response = await page.request.post(`/api/skein/v1/memes${path}`, {
      data,
      headers: { origin: new URL(page.url()).origin },
    });
    equal(response.status(), 200, await response.text());
    return (await response.json()) as never;
  };
  const generation = await own("/generations", { prompt: "waiting for the kettle" });
  const whole = generation.variants.find((v) => v.captions.every((c) => c !== "")) ?? generation.variants[0];
  const meme = await own("", { variant_id: whole?.id });
  await own(`/${meme.id}/publish`, { status: "Every morning" });
  return { post: `/@ada/${first.id}`, account: "/@ada", meme: `/memes/${meme.id}`, generation: generation.id };
}

test("pages", { timeout: 400_000 }, async (t) => {
  const { server, owner } = await setUp();
  const paths = await fill(owner.page);
  const friend = await person(server);
  await signUp(friend.page, "bjoern");
  const publicPaths = [
    "/",
    "/explore",
    "/explore/latest",
    "/explore/all",
    "/elsewhere?to=/@ada",
    "/explore/tags",
    "/explore/people",
    "/tags/blue",
    paths.account,
    `${paths.account}/replies`,
    `${paths.account}/media`,
    `${paths.account}/followers`,
    paths.post,
    "/signup",
    "/login",
    "/password",
    "/about",
    "/privacy",
    "/terms",
    "/search?q=blue",
    "/settings/appearance",
    "/memes/wall",
    "/memes/check",
    "/memes/templates",
    paths.meme,
    "/report",
    "/standing",
    "/transparency",
  ];
  const memberPaths = [
    "/home",
    "/notifications",
    "/compose",
    `/compose?reply=${paths.post.split("/")[2]}`,
    "/search?q=ada",
    "/bookmarks",
    "/favourites",
    "/follow-requests",
    `${paths.post}/options`,
    `${paths.post}/history`,
    ...["profile", "privacy", "account", "sessions", "appearance", "language", "apps", "invites", "blocks", "move"].map(
      (name) => `/settings/${name}`,
    ),
    "/memes",
    `/memes?g=${paths.generation}`,
    "/memes/wall?sort=top",
    "/memes/edit",
    "/memes/edit?format=dialogue&t=one&t=two",
    "/memes/templates",
    `/memes/edit?remix=${paths.meme.split("/")[2]}`,
    "/wallet",
    "/admin",
    "/admin/accounts",
    "/admin/federation",
    "/admin/invites",
    "/admin/memes",
    "/admin/mail",
    "/mod",
    "/mod/appeals",
    "/mod/media",
    "/mod/audit?verify=1",
    "/standing",
    `/authorize_interaction?uri=${encodeURIComponent("https://nobody.invalid/@x")}`,
    paths.post,
    paths.account,
  ];

  // Each width once, each set of colours once: colours do not depend on the width.
  for (const [colorScheme, width] of [
    ["light", 390],
    ["dark", 1280],
  ] as const) {
    await t.test(`nothing is in the way: ${colorScheme}, ${width} px`, async () => {
      const viewport = { width, height: 900 };
      const guest = await person(server, { colorScheme, viewport, bypassCSP: true });
      const member = await person(server, {
        colorScheme,
        viewport,
        bypassCSP: true,
        storageState: await owner.context.storageState(),
      });
      const found: string[] = [];
      for (const [who, list] of [
        [guest, publicPaths],
        [member, memberPaths],
      ] as const) {
        for (const path of list) {
          await who.page.goto(path);
          for (const line of await violations(who.page)) found.push(`${path} ${line}`);
          const wide = await who.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
          if (wide > 0) found.push(`${path} is ${wide} px too wide`);
        }
      }
      deepEqual(found, []);
      noFaults([...guest.faults, ...member.faults]);
      await guest.context.close();
      await member.context.close();
    });
  }

  await t.test("both languages: by the browser's wish, by cookie, by preference", async () => {
    const german = await person(server, { locale: "de-DE" });
    for (const path of publicPaths) {
      await german.page.goto(path);
      equal(await german.page.locator("html").getAttribute("lang"), "de", path);
    }
    await german.page.goto("/login");
    match(await german.page.locator("main").innerText(), /Anmelden/);
    await german.page.goto("/settings/language");
    await german.page.locator("input[value=en]").check();
    await german.page.locator("main form button").click();
    await german.page.locator("[role=status]:has-text('Saved')").waitFor();
    await german.page.goto("/login");
    match(await german.page.locator("main").innerText(), /Log in/);
    await german.context.close();

    await friend.page.goto("/settings/language");
    await friend.page.locator("input[name=locale][value=de]").check();
    await friend.page.locator("main form button").click();
    await friend.page.locator("[role=status]:has-text('Gespeichert')").waitFor();
    await friend.page.goto("/home");
    match(await friend.page.locator("h1").innerText(), /Start/);
    const elsewhere = await person(server, {
      storageState: await friend.context.storageState(),
      javaScriptEnabled: false,
    });
    await elsewhere.page.goto("/home");
    match(await elsewhere.page.locator("h1").innerText(), /Start/);
    await elsewhere.context.close();
  });

  await t.test("the chosen colours are in the page as the server sends it", async () => {
    const guest = await person(server, { javaScriptEnabled: false });
    await guest.page.goto("/settings/appearance");
    equal(await guest.page.locator("html").getAttribute("data-theme"), "auto");
    await guest.page.locator("input[value=dark]").check({ force: true });
    await guest.page.locator("main form button").click();
    equal(await guest.page.locator("html").getAttribute("data-theme"), "dark");
    await guest.context.close();
  });

  await t.test("forms keep what was typed and say what is wrong", async () => {
    const guest = await person(server, { javaScriptEnabled: false });
    await guest.page.goto("/signup");
    await guest.page.locator("[name=username]").fill("ada");
    await guest.page.locator("[name=email]").fill("second@example.org");
    await guest.page.locator("[name=password]").fill("a long enough sentence");
    await guest.page.locator("[name=agreement]").check();
    await guest.page.locator("main form button.btn:not([type=button])").click();
    equal(await guest.page.locator("[name=username]").getAttribute("aria-invalid"), "true");
    match(await guest.page.locator("main").innerText(), /already taken/);
    equal(await guest.page.locator("[name=email]").inputValue(), "second@example.org");
    equal(await guest.page.locator("[name=password]").inputValue(), "");
    await guest.context.close();
  });

  await t.test("what is typed before the scripts arrive stays", async () => {
    const guest = await person(server);
    const scripts = Promise.withResolvers<void>();
    await guest.page.route("**/_app/**/*.js", async (route) => {
      await scripts.promise;
      await route.continue();
    });
    await guest.page.goto("/signup", { waitUntil: "commit" });
    await guest.page.locator("[name=username]").fill("early");
    await guest.page.locator("[name=agreement]").check();
    scripts.resolve();
    await guest.page.locator(".shell[data-keys=on]").waitFor();
    equal(await guest.page.locator("[name=username]").inputValue(), "early");
    equal(await guest.page.locator("[name=agreement]").isChecked(), true);
    noFaults(guest.faults);
    await guest.context.close();
  });

  await t.test("the keyboard alone: move, like, open, write and send", async () => {
    const { page } = friend;
    await page.goto(paths.account);
    await page.locator("article").first().waitFor();
    await page.locator(".shell[data-keys=on]").waitFor();
    await page.keyboard.press("j");
    const id = await page.evaluate<string>("document.activeElement.dataset.id");
    ok(id);
    const liked = page.waitForResponse((response) => response.url().endsWith(`/statuses/${id}/favourite`));
    await page.keyboard.press("l");
    equal((await liked).status(), 200);
    await page.keyboard.press("n");
    await page.locator("dialog textarea[name=status]:focus").waitFor();
    await page.keyboard.type("Written without a mouse");
    const sent = page.waitForResponse((response) => response.url().endsWith("/api/v1/statuses"));
    await page.keyboard.press("Control+Enter");
    equal((await sent).status(), 200);
    await page.locator("dialog").waitFor({ state: "detached" });
    ok(await page.evaluate<boolean>("document.activeElement !== document.body"), "the focus is not lost");
  });

  await t.test("a refused like is taken back with a sentence", async () => {
    const { page } = friend;
    await page.goto(paths.post);
    await page.route("**/api/v1/statuses/*/favourite", (route) =>
      route.fulfill({ status: 422, json: { error: "The author does not want that." } }),
    );
    const like = page.locator("article.focus button[data-key=like]");
    await like.click();
    await page.locator(".toasts:has-text('The author does not want that.')").waitFor();
    equal(await like.getAttribute("aria-pressed"), "false");
  });

  await t.test("new posts wait in a pill and push nothing", async () => {
    const { page } = friend;
    await page.goto("/explore/latest");
    const before = await page.locator("main article").count();
    await fill(owner.page);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    const pill = page.locator("button.pill");
    await pill.waitFor();
    equal(await page.locator("main article").count(), before);
    await pill.click();
    ok((await page.locator("main article").count()) > before);
  });

  noFaults([...owner.faults, ...friend.faults]);
  await server.stop();
});
