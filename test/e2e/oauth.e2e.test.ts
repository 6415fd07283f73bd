import { equal, match, ok } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { password, person, setUp } from "./support.ts";

const outOfBand = "urn:ietf:wg:oauth:2.0:oob";

async function json(response: Response): Promise<Record<string, string>> {
  equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Record<string, string>;
}

for (const javaScriptEnabled of [true, false]) {
  test(`a program asks for access, scripts ${javaScriptEnabled ? "on" : "off"}`, { timeout: 180_000 }, async (t) => {
    const { server, owner } = await setUp({ javaScriptEnabled });
    const form = (body: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(body) });
    const register = async (redirect: string) =>
      json(
        await fetch(
          `${server.url}/api/v1/apps`,
          form({ client_name: "Test Client", redirect_uris: redirect, scopes: "read write follow" }),
        ),
      );
    const address = (query: Record<string, string>) =>
      `/oauth/authorize?${new URLSearchParams({ response_type: "code", scope: "read write", ...query })}`;

    await t.test("sign in on the spot, allow, and copy the code", async () => {
      const app = await register(outOfBand);
      const guest = await person(server, { javaScriptEnabled });
      await guest.page.goto(address({ client_id: app["client_id"] ?? "", redirect_uri: outOfBand }));
      await guest.page.locator("[name=login]").fill("ada");
      await guest.page.locator("[name=password]").fill("wrong wrong wrong");
      await guest.page.locator("main form button").click();
      await guest.page.locator("[role=alert]").waitFor();
      await guest.page.locator("[name=password]").fill(password);
      await guest.page.locator("main form button").click();
      await guest.page.locator("button[value=allow]").waitFor();
      match(await guest.page.locator("main").innerText(), /Test Client wants access/);
      await guest.page.locator("button[value=allow]").click();
      const code = await guest.page.locator("[data-oauth-code]").innerText();
      const token = await json(
        await fetch(
          `${server.url}/oauth/token`,
          form({
            grant_type: "authorization_code",
            code: code.trim(),
            client_id: app["client_id"] ?? "",
            client_secret: app["client_secret"] ?? "",
            redirect_uri: outOfBand,
          }),
        ),
      );
      const account = await json(
        await fetch(`${server.url}/api/v1/accounts/verify_credentials`, {
          headers: { authorization: `Bearer ${token["access_token"]}` },
        }),
      );
      equal(account["username"], "ada");
      await guest.context.close();
    });

    await t.test("allow and deny lead back to the program", async () => {
      const program = createServer((_request, response) => response.end("back in the program"));
      program.listen(0, "127.0.0.1");
      await once(program, "listening");
      const callback = `http://127.0.0.1:${(program.address() as AddressInfo).port}/callback`;
      const app = await register(callback);
      const verifier = randomBytes(32).toString("base64url");
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const query = {
        client_id: app["client_id"] ?? "",
        redirect_uri: callback,
        state: "s 1",
        code_challenge: challenge,
        code_challenge_method: "S256",
      };

      await owner.page.goto(address(query));
      await owner.page.locator("button[value=deny]").click();
      await owner.page.waitForURL(`${callback}**`);
      equal(new URL(owner.page.url()).searchParams.get("error"), "access_denied");

      await owner.page.goto(address(query));
      await owner.page.locator("button[value=allow]").click();
      await owner.page.waitForURL(`${callback}**`);
      const answer = new URL(owner.page.url()).searchParams;
      equal(answer.get("state"), "s 1");
      const token = await json(
        await fetch(
          `${server.url}/oauth/token`,
          form({
            grant_type: "authorization_code",
            code: answer.get("code") ?? "",
            client_id: app["client_id"] ?? "",
            client_secret: app["client_secret"] ?? "",
            redirect_uri: callback,
            code_verifier: verifier,
          }),
        ),
      );
      ok(token["access_token"]);
      program.close();
    });

    await t.test("the program stands under Settings and can be removed", async () => {
      await owner.page.goto("/settings/apps");
      const lines = owner.page.locator("li:has-text('Test Client')");
      const before = await lines.count();
      ok(before > 0);
      await lines.first().locator("button").click();
      await owner.page.locator("[role=status]:has-text('Saved')").waitFor();
      equal(await lines.count(), before - 1);
    });

    await t.test("an unknown program and a foreign address are explained, not followed", async () => {
      for (const query of [
        { client_id: "nobody", redirect_uri: outOfBand },
        { client_id: (await register(outOfBand))["client_id"] ?? "", redirect_uri: "https://elsewhere.example/" },
      ]) {
        await owner.page.goto(address(query));
        equal(new URL(owner.page.url()).pathname, "/oauth/authorize");
        equal(await owner.page.locator("button[value=allow]").count(), 0);
        match(await owner.page.locator("main").innerText(), /cannot be answered/);
      }
    });
    await owner.context.close();
    await server.stop();
  });
}
