import type { Accounts, Credential } from "#modules/accounts/index.ts";
import { scopeGranted } from "#platform/http/route.ts";
import { tagName } from "#platform/text/format.ts";
import { PERSONAL, STREAMS, type StreamName } from "./hub.ts";

/** Finds the credential of a streaming connection: header, `access_token`, or, as browsers have to send it, the WebSocket's protocol. */
export async function credentialOf(
  accounts: Accounts,
  from: { authorization: string | undefined; query: URLSearchParams; protocol: string | undefined },
): Promise<{ secret: string; credential: Credential } | undefined> {
  const secret =
    /^Bearer\s+(\S+)$/i.exec(from.authorization ?? "")?.[1] ??
    from.query.get("access_token") ??
    from.protocol?.split(",")[0]?.trim();
  if (!secret) return undefined;
  const credential = await accounts.access.authenticate(secret, "token");
  return credential && { secret, credential };
}

/** The stream that is asked for; a sentence when it is unknown or not allowed. */
export function streamOf(
  name: string,
  tag: string | null | undefined,
  credential: Credential | undefined,
): StreamName | { status: 400 | 401 | 403; error: string } {
  if (!STREAMS.has(name)) return { status: 400, error: "Unknown stream type" };
  if (credential === undefined) return { status: 401, error: "Missing access token" };
  if (PERSONAL.has(name) && credential.accountId === undefined)
    return { status: 401, error: "This stream belongs to a person: a token of an application alone is not enough." };
  const needed = name === "user:notification" ? "read:notifications" : "read:statuses";
  if (!scopeGranted(credential.scopes, needed))
    return { status: 403, error: "Access token does not cover required scopes" };
  if (!name.startsWith("hashtag")) return { name };
  const wanted = tag?.replace(/^#/, "").trim();
  return wanted ? { name, tag: tagName(wanted) } : { status: 400, error: "Missing tag name parameter" };
}
