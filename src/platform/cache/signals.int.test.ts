import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { silentLog } from "#platform/log/log.ts";
import { eventually } from "#test/support/eventually.ts";
import { testDatabase } from "#test/support/db.ts";
import { createSignals } from "./signals.ts";

test("while the database is away one connection is tried at a time, and the signals come back with it", async () => {
  const database = await testDatabase();
  const target = new URL(database.url.replace("@/", "@localhost/"));
  const socketDir = target.searchParams.get("host") ?? "";
  const { connect } = await import("node:net");
  // A door before the database that can be shut.
  let open = true;
  let tries = 0;
  const sockets = new Set<Socket>();
  const door = createServer((client) => {
    tries++;
    sockets.add(client);
    client.on("error", () => {});
    if (!open) {
      client.destroy();
      return;
    }
    const behind = socketDir.startsWith("/")
      ? connect(`${socketDir}/.s.PGSQL.${target.searchParams.get("port") ?? "5432"}`)
      : connect(Number(target.port || 5432), target.hostname);
    sockets.add(behind);
    behind.on("error", () => {});
    client.pipe(behind).pipe(client);
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  const url = `postgresql://${target.username}:${target.password}@127.0.0.1:${port}${target.pathname}`;

  const signals = createSignals(url, silentLog);
  const heard: string[] = [];
  let lost = 0;
  signals.on("news", (key) => void heard.push(key));
  signals.onLost(() => void lost++);
  try {
    await signals.start();
    await signals.send(database.pool(), "news", "before");
    await eventually("the first signal", async () => heard.includes("before"));
    open = false;
    const before = tries;
    for (const socket of sockets) socket.destroy();
    await eventually("the fifth try", async () => tries - before >= 5);
    open = true;
    const told = lost;
    await eventually("the connection", async () => lost > told);
    await signals.send(database.pool(), "news", "after");
    await signals.send(database.pool(), "news", "last");
    await eventually("the last signal", async () => heard.includes("last"));
    // Were there two tries for each failure, several connections would be listening now, and hear everything several times.
    assert.deepEqual(heard, ["before", "after", "last"]);
  } finally {
    await signals.stop();
    door.close();
    for (const socket of sockets) socket.destroy();
  }
});
