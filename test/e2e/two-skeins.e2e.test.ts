/** Two servers and a browser: what people see of each other across them, and what their operators can do about it. */
import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { noFaults, password, person, picture, reloadUntil, setUp, signUp } from "./support.ts";

const PEERS = { env: { SKEIN_ALLOW_LOOPBACK_PEERS: "1" } };
const alt = "A goose in the reeds";
const WITHIN_MS = 5000;

test("people of two servers", { timeout: 300_000 }, async (t) => {
  const [{ server: north, owner: ada }, { server: south }] = [await setUp({}, PEERS), await setUp({}, PEERS)];
  const [here, there] = [new URL(north.url).host, new URL(south.url).host];
  const ann = await person(north);
  const ben = await person(south);
  await signUp(ann.page, "ann");
  await signUp(ben.page, "ben");
  const write = async (text: string): Promise<void> => {
    await ben.page.goto("/compose");
    await ben.page.locator("main [name=status]").fill(text);
    await ben.page.locator("main form.composer button.btn").click();
    await ben.page.waitForURL("**/home");
  };
  const photo = "article:has-text('Early at the lake')";
  await write("Written before anybody looked");

  await t.test("somebody is found by their address and followed", async () => {
    const { page } = ann;
    await page.goto(`/search?q=${encodeURIComponent(`@ben@${there}`)}`);
    const button = page.locator(".line:has-text('ben') form button");
    await button.click();
    await page.locator(".line button[aria-pressed=true]:has-text('Following')").waitFor();
  });

  await t.test("who is not there is said to be not there", async () => {
    const { page } = ann;
    await page.goto(`/search?q=${encodeURIComponent(`@nobody@${there}`)}`);
    match(await page.locator("main .empty").innerText(), new RegExp(`${there} does not know this`));
    const guest = await person(north);
    await guest.page.goto(`/search?q=${encodeURIComponent(`@nobody@${there}`)}`);
    match(await guest.page.locator("main .empty").innerText(), /Log in, and we ask/);
    await guest.context.close();
  });

  await t.test("their profile shows where they live, and their past", async () => {
    const { page } = ann;
    await page.goto(`/@ben@${there}`);
    await reloadUntil(page, "article:has-text('Written before anybody looked')");
    const head = page.locator("header.profile");
    match(await head.innerText(), new RegExp(`@ben lives on ${there}`));
    equal(await head.locator(".afar a").getAttribute("href"), `${south.url}/@ben`);
  });

  await t.test("a post with a photo arrives, and the photo can be seen", async () => {
    const { page } = ben;
    await page.goto("/compose");
    await page.locator("main [name=status]").fill("Early at the lake #geese");
    await page
      .locator("main input[type=file]")
      .first()
      .setInputFiles(await picture());
    await page.locator("main [data-alt]").fill(alt);
    await page.locator("main .thumb:not(.busy)").waitFor();
    await page.locator("main form.composer button.btn").click();
    await page.waitForURL("**/home");
    await ann.page.goto("/home");
    await reloadUntil(ann.page, `${photo} img[alt="${alt}"]`);
    const source = (await ann.page.locator(`${photo} img[alt="${alt}"]`).getAttribute("src")) ?? "";
    ok(source.startsWith(`${north.url}/media/`), source);
    const image = await ann.page.request.get(source);
    equal(image.status(), 200);
    match(image.headers()["content-type"] ?? "", /^image\//);
    equal(await ann.page.locator(`${photo} a.hashtag`).getAttribute("href"), "/tags/geese");
  });

  await t.test("an answer and a like are told to the author", async () => {
    const { page } = ann;
    await page.locator(`${photo} time`).first().click();
    await page.waitForURL(`**/@ben@${there}/*`);
    match(await page.locator("article.focus .meta").first().innerText(), new RegExp(`On ${there}`));
    await page.locator("article.focus button[data-key=like]").click();
    await page.locator("main [data-composer]").click();
    const box = page.locator("form.composer textarea[name=status]");
    await box.waitFor();
    await box.pressSequentially("Were there many?");
    await page.locator("form.composer button.btn").click();
    await page.locator("section.replies article:has-text('Were there many?')").waitFor();
    await ben.page.goto("/notifications");
    await reloadUntil(ben.page, "article:has-text('Were there many?')");
    await reloadUntil(ben.page, "main :text('ann likes your post')");
    const text = await ben.page.locator("main").innerText();
    match(text, /ann replied to you/);
    match(text, /ann follows you/);
    const mention = page.locator("section.replies article:has-text('Were there many?') a.mention");
    equal(await mention.getAttribute("href"), `/@ben@${there}`);
  });

  await t.test("all servers are a list of their own", async () => {
    const { page } = ann;
    await page.goto("/explore/all");
    await page.locator(photo).waitFor();
    await page.goto("/explore/latest");
    equal(await page.locator(photo).count(), 0);
  });

  await t.test("who comes from their own server logs in and finds whom they came for", async () => {
    const guest = await person(north, { javaScriptEnabled: false });
    const { page } = guest;
    await page.goto(`/authorize_interaction?uri=${encodeURIComponent(`acct:ben@${there}`)}`);
    await page.locator("[name=login]").fill("ann");
    await page.locator("[name=password]").fill(password);
    await page.locator("main form button.btn:not([type=button])").click();
    await page.locator(`main .line a[href="/@ben@${there}"]`).first().waitFor();
    await page.goto(`/authorize_interaction?uri=${encodeURIComponent(`${north.url}/@ada`)}`);
    equal(new URL(page.url()).pathname, "/@ada");
    await page.goto(`/authorize_interaction?uri=${encodeURIComponent("javascript:alert(1)")}`);
    match(await page.locator("main .empty").innerText(), /Nothing found there/);
    await guest.context.close();
  });

  await t.test("a stranger is led to their own server, and nowhere else", async () => {
    const guest = await person(north, { javaScriptEnabled: false });
    const { page } = guest;
    await page.route("https://social.example/**", (route) => route.fulfill({ body: "theirs" }));
    await page.goto("/@ada");
    await page.locator("header.profile a[href='/elsewhere?to=/@ada']").click();
    for (const bad of ["localhost", "10.0.0.1", "https://user:x@", "a b", "evil.example/path?x#", "[::1]"]) {
      await page.locator("[name=handle]").fill(bad);
      await page.locator("main form button").click();
      if (bad.startsWith("evil")) break;
      await page.locator("main .error").waitFor();
    }
    await page.goto("/elsewhere?to=/@ada");
    await page.locator("[name=handle]").fill("me@social.example");
    await page.locator("main form button").click();
    await page.waitForURL("https://social.example/authorize_interaction?uri=*");
    equal(new URL(page.url()).searchParams.get("uri"), `${north.url}/@ada`);
    await page.goto(`${north.url}/elsewhere?to=//evil.example`);
    equal(new URL(page.url()).pathname, "/");
    await guest.context.close();
  });

  await t.test("a blocked domain disappears within five seconds, and comes back", async () => {
    const { page } = ada;
    const shown = async (): Promise<boolean> => {
      await ann.page.goto("/home");
      return (await ann.page.locator(photo).count()) > 0;
    };
    const becomes = async (wanted: boolean): Promise<void> => {
      const deadline = Date.now() + WITHIN_MS;
      while ((await shown()) !== wanted)
        ok(Date.now() < deadline, `after ${WITHIN_MS / 1000} s it is still ${wanted ? "gone" : "there"}`);
    };
    equal(await shown(), true);
    await page.goto("/admin/federation");
    await page.locator("details.new summary").click();
    await page.locator("[name=domain]").fill(there);
    await page.locator("details.new [value=suspend]").check();
    await page.locator("details.new [name=public_comment]").fill("Only a test");
    await page.locator("details.new button.btn").click();
    await page.locator(`.rules strong:has-text('${there}')`).waitFor();
    await becomes(false);
    await ann.page.goto(`/@ben@${there}`);
    equal(await ann.page.locator("article").count(), 0);
    await page.locator(`.rules summary:has-text('${there}')`).click();
    await page.locator(".rules details[open] button.danger").click();
    await page.locator(".rules").waitFor({ state: "detached" });
    await becomes(true);
  });

  await t.test("lists of rules come in and go out", async () => {
    const { page } = ada;
    await page.goto("/admin/federation");
    await page.locator("[name=file]").setInputFiles({
      name: "blocks.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("#domain,#severity,#reject_media\nloud.example,silence,true\ncom,suspend,false\n"),
    });
    await page.locator("form:has([name=file]) button").click();
    match(await page.locator("main .notice.good").innerText(), /1 added, 0 replaced, 1 left out/);
    await page.locator(".rules strong:has-text('loud.example')").waitFor();
    const csv = await page.request.get("/api/skein/v1/admin/federation/domain_blocks.csv");
    match(await csv.text(), /^loud\.example,silence,true,/m);
  });

  await t.test("an account moves, and its followers with it", async () => {
    const newBen = await person(north);
    await signUp(newBen.page, "benno");
    await newBen.page.goto("/settings/move");
    await newBen.page.locator("[name=alias]").fill(`@ben@${there}`);
    await newBen.page.locator("form:has([name=alias]) button").click();
    await newBen.page.locator(`li:has-text('@ben@${there}')`).waitFor();
    await ben.page.goto("/settings/move");
    match(await ben.page.locator("main").innerText(), /1 follower would go along/);
    const move = async (secret: string): Promise<void> => {
      await ben.page.locator("[name=target]").fill(`@benno@${here}`);
      await ben.page.locator("[name=current]").fill(secret);
      await ben.page.locator("[name=sure]").check();
      await ben.page.locator("form:has([name=target]) button.danger").click();
    };
    await move("a guess");
    await ben.page.locator("form:has([name=target]) .error").first().waitFor();
    await move(password);
    await ben.page.locator("main :text('You have moved to this account')").waitFor();
    await ann.page.goto(`/@ben@${there}`);
    await reloadUntil(ann.page, "header.profile .notice a[href='/@benno']");
    await newBen.page.goto("/@benno/followers");
    await reloadUntil(newBen.page, "main a[href='/@ann']");
    await newBen.context.close();
  });

  noFaults([...ann.faults, ...ben.faults, ...ada.faults]);
  await Promise.all([north.stop(), south.stop()]);
});
