/** OAuth tokens for tests that are not about how one gets them. */
import type { TestApp } from "./app.ts";

/** Registers a program that may do everything and returns its ids. */
export async function registerProgram(
  app: TestApp,
): Promise<{ appId: bigint; clientId: string; clientSecret: string }> {
  const made = await app.app.accounts.oauth.registerApp({
    name: "Test program",
    redirectUris: ["https://client.example/callback", "urn:ietf:wg:oauth:2.0:oob"],
    scopes: "read write follow push profile admin:read admin:write",
    website: undefined,
  });
  return { appId: made.app.id, clientId: made.app.client_id, clientSecret: made.clientSecret };
}

/** A bearer token of a person, or of the program itself without one. */
export async function issueToken(
  app: TestApp,
  appId: bigint,
  accountId: string | undefined,
  scopes: string,
): Promise<string> {
  const id = accountId === undefined ? undefined : BigInt(accountId);
  return (await app.app.accounts.oauth.issue(id, appId, scopes.split(" "))).token;
}
