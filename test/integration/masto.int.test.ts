/** A program that knows Mastodon alone, the npm client `masto`, logs in with PKCE and uses a listening server. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { createOAuthAPIClient, createRestAPIClient, MastoHttpError, type mastodon } from "masto";
import { setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein } from "#test/support/server.ts";

const CALLBACK = "https://client.example/callback?from=skein";
const SCOPES = "read write follow";

/** What a browser does at /oauth/authorize after the log-in: it shows what is asked for, and the person agrees. */
async function agree(person: Person, query: Record<string, string>): Promise<URL> {
  const asked = await person.ok<{ application: { name: string }; scopes: string[]; signed_in: boolean }>(
    "GET",
    `/api/skein/v1/oauth/authorization?${new URLSearchParams(query)}`,
  );
  assert.deepEqual(asked, {
    application: { name: "Masto test", website: "https://client.example" },
    scopes: SCOPES.split(" "),
    redirect_uri: CALLBACK,
    signed_in: true,
  });
  const answer = await person.ok<{ redirect_to: string }>("POST", "/api/skein/v1/oauth/authorization", {
    ...query,
    decision: "allow",
  });
  return new URL(answer.redirect_to);
}

const status = (code: number) => (error: unknown) => error instanceof MastoHttpError && error.statusCode === code;

test("masto: register, log in with PKCE, post, read, page, delete, log out", async () => {
  const server = await startSkein();
  await setUpOwner(server);
  const [anna, ben] = [await signUp(server, "anna"), await signUp(server, "ben")];
  // As a program does it: the name it was given, nothing about loopback addresses.
  const url = server.url;

  const app = await createRestAPIClient({ url }).v1.apps.create({
    clientName: "Masto test",
    redirectUris: CALLBACK,
    scopes: SCOPES,
    website: "https://client.example",
  });
  assert.ok(app.clientId && app.clientSecret);
  const verifier = randomBytes(48).toString("base64url");
  const query = {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: CALLBACK,
    scope: SCOPES,
    state: "remember me",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const oauth = createOAuthAPIClient({ url });
  const grant = async (codeVerifier: string): Promise<mastodon.v1.Token> => {
    const back = await agree(anna, query);
    assert.equal(back.origin + back.pathname, "https://client.example/callback");
    assert.equal(back.searchParams.get("from"), "skein", "the registered address keeps its own query");
    assert.equal(back.searchParams.get("state"), "remember me");
    const request = {
      grantType: "authorization_code" as const,
      clientId: app.clientId ?? "",
      clientSecret: app.clientSecret ?? "",
      redirectUri: CALLBACK,
      code: back.searchParams.get("code") ?? "",
      codeVerifier,
    };
    return oauth.token.create(request);
  };
  await assert.rejects(grant("guessed".repeat(8)), status(400));
  const token = await grant(verifier);
  assert.deepEqual([token.tokenType, token.scope], ["Bearer", SCOPES]);

  const masto = createRestAPIClient({ url, accessToken: token.accessToken });
  assert.equal((await masto.v1.apps.verifyCredentials()).name, "Masto test");
  const me = await masto.v1.accounts.verifyCredentials();
  assert.deepEqual([me.id, me.acct], [anna.id, "anna"]);
  assert.equal((await masto.v2.instance.fetch()).domain, new URL(url).host);

  const first = await masto.v1.statuses.create({
    status: "Hello from #masto, @ben",
    language: "en",
    visibility: "public",
  });
  assert.equal(first.application?.name, "Masto test");
  assert.equal((await masto.v1.timelines.home.list({ limit: 1 }))[0]?.id, first.id, "one reads what one wrote at once");
  await ben.ok("POST", "/api/v1/statuses", { status: "@anna Hello", in_reply_to_id: first.id });
  const liked = await masto.v1.statuses.$select(first.id).favourite();
  assert.deepEqual([liked.favourited, liked.favouritesCount], [true, 1]);
  const context = await masto.v1.statuses.$select(first.id).context.fetch();
  assert.deepEqual([context.ancestors.length, context.descendants.map((s) => s.account.acct)], [0, ["ben"]]);

  const written: string[] = [first.id];
  for (let n = 1; n < 30; n++) {
    const made = await masto.v1.statuses.create(
      { status: `Post ${n}` },
      { requestInit: { headers: { "idempotency-key": `n${n}` } } },
    );
    written.unshift(made.id);
  }
  const pages: string[][] = [];
  for await (const page of masto.v1.timelines.home.list({ limit: 7 })) {
    pages.push(page.map((s) => s.id));
    assert.ok(pages.length <= 10, "the pages end");
    // Somebody posts while one reads: the pages below do not shift.
    if (pages.length === 2) await masto.v1.statuses.create({ status: "In between" });
  }
  assert.deepEqual(pages.flat(), written, "no gap, no duplicate, in order");
  assert.ok(pages.every((page) => page.length <= 7));
  const newer = masto.v1.timelines.home.list({ limit: 7, minId: written[0] ?? "" }).setDirection("prev");
  const [between] = (await newer) ?? [];
  assert.match(between?.content ?? "", /In between/);

  const removed = await masto.v1.statuses.$select(first.id).remove();
  assert.equal(removed.text, "Hello from #masto, @ben");
  await assert.rejects(async () => masto.v1.statuses.$select(first.id).fetch(), status(404));
  assert.ok(!(await masto.v1.timelines.home.list({ limit: 40 })).some((s) => s.id === first.id));

  await oauth.revoke({ clientId: app.clientId, clientSecret: app.clientSecret, token: token.accessToken });
  await assert.rejects(async () => masto.v1.accounts.verifyCredentials(), status(401));
  await assert.rejects(async () => masto.v1.statuses.create({ status: "never" }), status(401));
  assert.equal(await server.stop(), 0, server.output());
});
