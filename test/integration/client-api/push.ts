import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import type { Place } from "#test/support/people.ts";

const PATH = "/api/v1/push/subscription";

/** Web Push for the program with this token: subscribed, read, changed, ended. What is sent is another test's affair. */
export async function walkPush(place: Place, token: string): Promise<void> {
  const ask = async (method: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await place.fetch(PATH, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Record<string, unknown>;
  };
  const keys = {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  };
  const made = await ask("POST", {
    subscription: { endpoint: "https://push.example/1", keys, standard: true },
    data: { alerts: { mention: true } },
  });
  assert.deepEqual(await ask("GET"), made);
  assert.equal((await ask("PUT", { data: { policy: "follower" } }))["policy"], "follower");
  assert.deepEqual(await ask("DELETE"), {});
}
