/** A real browser on the real server: what the end-to-end tests share. */
import { deepEqual } from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { startSkein } from "#test/support/server.ts";
import type { StartOptions, TestServer } from "#test/support/server.ts";

const executablePath = process.env["SKEIN_CHROMIUM"] ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const patience = 30_000;
export const password = "a long enough sentence";

let shared: Promise<Browser> | undefined;
after(async () => {
  if (shared) await (await shared).close();
});

/** A person's browser: its own cookies, in English unless told otherwise. Errors of the page's scripts are collected. */
export async function person(
  server: TestServer,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  shared ??= chromium.launch({ executablePath, args });
  const browser = await shared;
  const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|hydrat/i.test(message.text()))
      faults.push(message.text());
  });
  return { context, page, faults };
}

/** A fresh server whose owner has been created through the set-up page, in the given browser page. */
export async function setUp(
  options: BrowserContextOptions = {},
  start: StartOptions = {},
): Promise<{
  server: TestServer;
  owner: { context: BrowserContext; page: Page; faults: string[] };
}> {
  const server = await startSkein(start);
  const owner = await person(server, options);
  const { page } = owner;
  await page.goto(`/setup?token=${server.setupToken() ?? ""}`);
  await page.locator("[name=username]").fill("ada");
  await page.locator("[name=email]").fill("ada@example.org");
  await page.locator("[name=password]").fill(password);
  await page.locator("[name=title]").fill("Thread and Flight");
  await page.locator("[name=description]").fill("A small place.");
  await page.locator("main form button.btn:not([type=button])").click();
  await page.waitForURL("**/home");
  return { server, owner };
}

/** Signs somebody up through the page. */
export async function signUp(page: Page, username: string): Promise<void> {
  await page.goto("/signup");
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=email]").fill(`${username}@example.org`);
  await page.locator("[name=password]").fill(password);
  await page.locator("[name=agreement]").check();
  await page.locator("main form button.btn:not([type=button])").click();
  await page.waitForURL("**/home");
}

/** Reloads until the page shows it: for what the server does a moment after it has answered. */
export async function reloadUntil(page: Page, selector: string): Promise<void> {
  const deadline = Date.now() + patience;
  while ((await page.locator(selector).count()) === 0) {
    if (Date.now() > deadline) throw new Error(`"${selector}" did not appear on ${page.url()}`);
    await page.reload();
  }
}

/** A picture as a camera would give it. */
export async function picture(color = "#17566e"): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const buffer = await sharp({ create: { width: 640, height: 480, channels: 3, background: color } })
    .jpeg()
    .toBuffer();
  return { name: "geese.jpg", mimeType: "image/jpeg", buffer };
}

/** The page's scripts have raised no error. */
export function noFaults(faults: string[]): void {
  deepEqual(faults, []);
}
