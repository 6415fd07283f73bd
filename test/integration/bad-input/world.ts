/** A small populated server for the table of bad requests, and a picture of everything it stores. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "#platform/db/pool.ts";
import { createPool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { issueToken, registerProgram } from "#test/support/tokens.ts";
import sharp from "sharp";

export interface World {
  app: TestApp;
  anna: Person;
  ben: Person;
  /** Headers by name of who asks. */
  as: Record<string, Record<string, string>>;
  client: { id: string; secret: string; other: { id: string; secret: string } };
  /** Ids of things by name. */
  id: Record<string, string>;
  /** PKCE: a verifier and its challenge. */
  pkce: { verifier: string; challenge: string };
  code(query?: Record<string, string>): Promise<string>;
  picture: Blob;
  /** Row counts and contents of every table, and the files of the media folder. */
  stored(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Columns that note when somebody was last here: they change by asking alone. */
const NOTED = ["last_used_at", "last_active_on", "touched_at"];

/** Tables the process keeps for itself. */
const OWN = new Set(["process_slots", "pgmigrations"]);

async function tables(pool: Pool): Promise<string[]> {
  const found = await pool.query<{ name: string }>(
    "select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('public', 'graphile_worker') and table_type = 'BASE TABLE' order by 1",
  );
  return found.rows
    .map((r) => r.name)
    .filter((name) => !OWN.has(name.replace("public.", "")) && !name.includes("known_crontabs"));
}

export async function badInputWorld(): Promise<World> {
  const app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  const pool = createPool(app.databaseUrl, silentLog, { max: 2, applicationName: "skein-test" });
  await app.app.accounts.signUp.create({
    username: "owner",
    email: "owner@example.com",
    password: PASSWORD,
    role: "owner",
  });
  const owner = await signIn(app, "owner");
  const [anna, ben, cara, dora] = [
    await signUp(app, "anna"),
    await signUp(app, "ben"),
    await signUp(app, "cara"),
    await signUp(app, "dora"),
  ];

  const program = await registerProgram(app);
  const other = await registerProgram(app);
  const token = (scopes: string, accountId: string | undefined = anna.id): Promise<string> =>
    issueToken(app, program.appId, accountId, scopes);
  const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
  const revoked = await token("read write");
  await app.app.accounts.oauth.revoke({
    clientId: program.clientId,
    clientSecret: program.clientSecret,
    token: revoked,
  });
  const as = {
    nobody: {},
    anna: bearer(await token("read write follow profile")),
    cookie: { cookie: anna.cookie, origin: app.url },
    elsewhere: { cookie: anna.cookie, origin: "https://evil.example" },
    noOrigin: { cookie: anna.cookie },
    ben: bearer(await token("read write follow", ben.id)),
    reader: bearer(await token("read")),
    writer: bearer(await token("write")),
    profile: bearer(await token("profile")),
    follower: bearer(await token("follow")),
    admin: bearer(await token("read write admin:read admin:write")),
    ownerWithoutScope: bearer(await token("read write", owner.id)),
    program: bearer(await issueToken(app, program.appId, undefined, "read write")),
    programReader: bearer(await issueToken(app, program.appId, undefined, "read")),
    unknown: bearer("Zm9yIG5vYm9keSBhdCBhbGwsIHRoaXMgdG9rZW4"),
    short: bearer("x"),
    basic: { authorization: "Basic YW5uYTphbm5h" },
    revoked: bearer(revoked),
    badCookie: { cookie: "skein_session=Zm9yIG5vYm9keSBhdCBhbGwsIHRoaXMgdG9rZW4", origin: app.url },
  };

  const post = async (who: Person, body: Record<string, unknown>): Promise<string> =>
    (await who.ok<{ id: string }>("POST", "/api/v1/statuses", body)).id;
  const id: Record<string, string> = { anna: anna.id, ben: ben.id, cara: cara.id, dora: dora.id, owner: owner.id };
  id["own"] = await post(anna, { status: "Anna's post" });
  id["annaDirect"] = await post(anna, { status: "@cara a word", visibility: "direct" });
  id["annaPrivate"] = await post(anna, { status: "for my followers", visibility: "private" });
  id["public"] = await post(ben, { status: "Ben's post" });
  id["private"] = await post(ben, { status: "for followers", visibility: "private" });
  id["direct"] = await post(ben, { status: "@cara only you", visibility: "direct" });
  id["toAnna"] = await post(ben, { status: "@anna between us", visibility: "direct" });
  id["unquotable"] = await post(ben, { status: "do not quote", quote_approval_policy: "nobody" });
  id["poll"] = await post(ben, { status: "Which?", poll: { options: ["a", "b", "c"], expires_in: 600 } });
  id["voted"] = await post(ben, { status: "And now?", poll: { options: ["a", "b"], expires_in: 600 } });
  await anna.ok("POST", `/api/v1/polls/${id["voted"]}/votes`, { choices: [0] });
  id["ownPoll"] = await post(anna, { status: "Mine?", poll: { options: ["a", "b"], expires_in: 600 } });
  id["endedPoll"] = await post(ben, { status: "Over?", poll: { options: ["a", "b"], expires_in: 600 } });
  await pool.query("update polls set expires_at = now() - interval '1 hour' where post_id = $1", [id["endedPoll"]]);
  for (let i = 0; i < 5; i++) await anna.ok("POST", `/api/v1/statuses/${await post(anna, { status: `pin ${i}` })}/pin`);
  await dora.ok("POST", `/api/v1/accounts/${anna.id}/block`);
  id["blocked"] = await post(dora, { status: "Anna must not read this" });
  const gone = await post(anna, { status: "soon gone" });
  await anna.ok("DELETE", `/api/v1/statuses/${gone}`);
  id["gone"] = gone;

  const picture = new Blob(
    [
      Uint8Array.from(
        await sharp({ create: { width: 16, height: 12, channels: 3, background: "#2f6b3a" } })
          .png()
          .toBuffer(),
      ),
    ],
    { type: "image/png" },
  );
  const upload = async (who: string): Promise<string> => {
    const body = new FormData();
    body.set("file", picture, "picture.png");
    const answer = await app.fetch("/api/v2/media", {
      method: "POST",
      headers: (as as Record<string, Record<string, string>>)[who] ?? {},
      body,
    });
    return ((await answer.json()) as { id: string }).id;
  };
  for (let i = 0; i < 11; i++) id[`picture${i}`] = await upload("anna");
  id["used"] = await upload("anna");
  await post(anna, { status: "with a picture", media_ids: [id["used"]] });
  id["benPicture"] = await upload("ben");
  const [session] = await ben.ok<{ id: string }[]>("GET", "/api/skein/v1/sessions");
  id["benSession"] = session?.id ?? "";
  id["benInvite"] = (await ben.ok<{ id: string }>("POST", "/api/skein/v1/invites", {})).id;
  id["benApp"] = program.appId.toString();
  const noted = await pool.query<{ id: string }>(
    "insert into notifications (id, account_id, type, from_account_id, post_id) values (987654321, $1, 'favourite', $2, $3) returning id::text",
    [ben.id, cara.id, id["public"]],
  );
  id["benNotification"] = noted.rows[0]?.id ?? "";

  const verifier = "a-verifier-that-is-long-enough-for-the-rfc-7636";
  const pkce = { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
  const code = async (query: Record<string, string> = {}): Promise<string> => {
    const request = {
      response_type: "code",
      client_id: program.clientId,
      redirect_uri: "https://client.example/callback",
      scope: "read",
      decision: "allow",
      ...query,
    };
    const { redirect_to } = await anna.ok<{ redirect_to: string }>(
      "POST",
      "/api/skein/v1/oauth/authorization",
      request,
    );
    return new URL(redirect_to).searchParams.get("code") ?? "";
  };

  const stores = await tables(pool);
  return {
    app,
    anna,
    ben,
    as,
    client: {
      id: program.clientId,
      secret: program.clientSecret,
      other: { id: other.clientId, secret: other.clientSecret },
    },
    id,
    pkce,
    code,
    picture,
    async stored() {
      const noted = NOTED.map((column) => `- '${column}'`).join(" ");
      const one = (name: string): string =>
        `select '${name}' as name, count(*) || ' rows ' || coalesce(md5(string_agg(row, ',' order by row)), '') as has from (select (to_jsonb(t) ${noted})::text as row from ${name} t) s`;
      const found = await pool.query<{ name: string; has: string }>(stores.map(one).join(" union all "));
      const files = readdirSync(join(app.dataDir, "media"), { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const names = files.map((entry) => entry.name).sort();
      return {
        ...Object.fromEntries(found.rows.map((r) => [r.name, r.has])),
        files: `${names.length} ${names.join(" ")}`,
      };
    },
    close: () => pool.end(),
  };
}
