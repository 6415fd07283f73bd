/** How people protect their accounts, in a real browser: authenticator app, recovery codes, passkeys with Chromium's virtual authenticator. */
import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { codeOf } from "#platform/crypto/totp.ts";
import { smtpSink } from "#test/support/smtp-sink.ts";
import { noFaults, password, person, setUp, signUp } from "./support.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
function unbase32(text: string): Buffer {
  const bits = [...text.replaceAll(" ", "")].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
}
const step = (): bigint => BigInt(Math.floor(Date.now() / 30_000));

async function logIn(page: Page, username: string): Promise<void> {
  await page.goto("/login");
  await page.locator("[name=login]").fill(username);
  await page.locator("[name=password]").fill(password);
  await page.locator("main form button.btn:not([type=button])").click();
}

for (const javaScriptEnabled of [true, false])
  test(`an app is set up, asked for at the log-in, and a recovery code helps once; scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const { server } = await setUp({}, { env: { SKEIN_REGISTRATIONS: "open" } });
    const anna = await person(server, { javaScriptEnabled });
    const { page } = anna;
    await signUp(page, "anna");
    await page.goto("/settings/account");
    await page.locator("form[action='?/totp'] [name=current]").fill(password);
    await page.locator("form[action='?/totp'] button").click();
    await page.locator("svg.qr").waitFor();
    const secret = unbase32(await page.locator("code.secret").innerText());
    const confirm = page.locator("form[action='?/totp_confirm']");
    await confirm.locator("[name=code]").fill("000000");
    await confirm.locator("button").click();
    await page.locator(".error, [role=alert]").first().waitFor();
    const used = step();
    await confirm.locator("[name=code]").fill(codeOf(secret, used));
    await confirm.locator("button").click();
    await page.locator(".codes li").nth(9).waitFor();
    const codes = await page.locator(".codes li").allInnerTexts();

    await page.context().clearCookies();
    await logIn(page, "anna");
    await page.locator("[name=code]").fill(codeOf(secret, used));
    await page.locator("main form button.btn:not([type=button])").click();
    await page.locator("[role=alert]").waitFor();
    match(await page.locator("[role=alert]").innerText(), /not right|used/);
    await page.locator("[name=code]").fill(codeOf(secret, used + 1n));
    await page.locator("main form button.btn:not([type=button])").click();
    await page.waitForURL("**/home");

    await page.context().clearCookies();
    await logIn(page, "anna");
    await page.locator("[name=code]").fill(codes[0] ?? "");
    await page.locator("main form button.btn:not([type=button])").click();
    await page.waitForURL("**/home");
    await page.goto("/settings/account");
    match(await page.locator("main").innerText(), /9 recovery codes are left[\s\S]*Recovery code used/);
    noFaults(anna.faults);
    await server.stop();
  });

async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id };
}

test("T46 a passkey logs in by itself; a copied, removed or unverified one does not", async () => {
  const { server } = await setUp({}, { env: { SKEIN_REGISTRATIONS: "open" } });
  const ben = await person(server);
  const { page } = ben;
  await signUp(page, "ben");
  const { cdp, id } = await authenticator(page);
  await page.goto("/settings/account");
  await page.locator("#passkey-name").fill("My laptop");
  await page.locator("#passkey-current").fill("wrong password");
  await page.locator("#passkey-add").click();
  await page.locator("[role=alert]").waitFor();
  await page.locator("#passkey-current").fill(password);
  await page.locator("#passkey-add").click();
  await page.locator("summary", { hasText: "My laptop" }).waitFor();

  const byPasskey = async (): Promise<void> => {
    await page.context().clearCookies();
    await page.goto("/login");
    await page.locator("main button[type=button]").click();
  };
  await byPasskey();
  await page.waitForURL("**/home");
  ok((await page.content()).includes("@ben"));

  // The same answer again, an answer to a question of somebody else's, and one for another place.
  const replay = await page.evaluate(async () => {
    const send = async (path: string, body: object): Promise<Response> =>
      fetch(`/api/skein/v1/sessions/passkey${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const question = async (): Promise<PublicKeyCredentialRequestOptionsJSON> =>
      (await (await send("/question", {})).json()) as PublicKeyCredentialRequestOptionsJSON;
    const answer = async (options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> => {
      const found = await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
      });
      return found instanceof PublicKeyCredential ? found.toJSON() : undefined;
    };
    const good = await answer(await question());
    const first = await send("", { passkey: good as object });
    const again = await send("", { passkey: good as object });
    const unasked = await send("", {
      passkey: (await answer({
        ...(await question()),
        challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      })) as object,
    });
    const lazy = await send("", { passkey: (await answer(await question())) as object, extra: 1 });
    const foreign = await send("", { passkey: { ...(good as { response: object }), id: "bm9ib2R5" } as object });
    return [first.status, again.status, unasked.status, lazy.status, foreign.status];
  });
  equal(replay.join(), "200,401,401,200,401");

  // A device that does not check its user is not enough.
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: false });
  await byPasskey();
  await page.waitForTimeout(500);
  match(page.url(), /\/login/);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: true });

  // A counter that runs back is a copy.
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: id });
  const [credential] = credentials;
  ok(credential);
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId: id });
  await cdp.send("WebAuthn.addCredential", { authenticatorId: id, credential: { ...credential, signCount: 0 } });
  await byPasskey();
  await page.locator("[role=alert]").waitFor();
  match(page.url(), /\/login/);

  // Removed here, it is nothing any more.
  await logIn(page, "ben");
  await page.waitForURL("**/home");
  await page.goto("/settings/account");
  await page.locator("summary", { hasText: "My laptop" }).click();
  await page.locator("form[action='?/passkey_remove'] [name=current]").fill(password);
  await page.locator("form[action='?/passkey_remove'] button").click();
  await page.locator("summary", { hasText: "My laptop" }).waitFor({ state: "detached" });
  await byPasskey();
  await page.locator("[role=alert]").waitFor();
  noFaults(ben.faults);
  await server.stop();
});

test("a change of the address waits, and the link in the letter to the old one stops it", async () => {
  const sink = await smtpSink();
  const { server, owner } = await setUp({}, { env: { SMTP_URL: sink.url, MAIL_FROM: "skein@localhost" } });
  const { page } = owner;
  const link = (message: string, name: string): string =>
    new RegExp(`/confirm\\?${name}=[A-Za-z0-9_-]+`).exec(message)?.[0] ?? "";
  await page.goto("/settings/account");
  await page.locator("form[action='?/email'] [name=email]").fill("new@example.org");
  await page.locator("form[action='?/email'] [name=current]").fill(password);
  await page.locator("form[action='?/email'] button").click();
  const confirmation = await sink.next();
  await page.goto(link(confirmation, "token"));
  await page.locator("main form button.btn:not([type=button])").click();
  await page.waitForURL("**/settings/account");
  match(await page.locator("main").innerText(), /Your address becomes new@example\.org/);
  const letter = await sink.next();
  match(letter, /ada@example\.org[\s\S]*new@example\.org/);
  const stranger = await person(server);
  await stranger.page.goto(link(letter, "cancel"));
  await stranger.page.locator("main form button.btn:not([type=button])").click();
  await stranger.page.waitForURL("**/login");
  await page.goto("/settings/account");
  match(page.url(), /\/login/);
  await logIn(page, "ada");
  await page.waitForURL("**/home");
  await page.goto("/settings/account");
  const shown = await page.locator("main").innerText();
  ok(shown.includes("ada@example.org") && !shown.includes("new@example.org"));
  for (const who of [owner, stranger]) noFaults(who.faults);
  await server.stop();
});
