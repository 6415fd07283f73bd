import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import { after } from "node:test";
import { createGuardedFetch, FetchFailed, type GuardedFetch, type GuardedFetchOptions } from "./guarded.ts";

export const JSON_TYPE = "application/activity+json";
const closing: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
});

export function client(options: Partial<GuardedFetchOptions> = {}): GuardedFetch {
  const made = createGuardedFetch({
    version: "1.2.3",
    publicUrl: "https://skein.example",
    allowLoopback: true,
    limits: { burst: 1000 },
    ...options,
  });
  closing.push(() => made.close());
  return made;
}

export async function listen(server: Server | TcpServer, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address: AddressInfo | string | null = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}

/** A peer over http on loopback. */
export async function peer(listener: RequestListener, host?: string): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener), host)}`;
}

export function refused(reason: string, status?: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FetchFailed, String(error));
    assert.equal(error.reason, reason, error.message);
    if (status !== undefined) assert.equal(error.status, status);
    return true;
  };
}

export const DOCUMENT = { accept: JSON_TYPE, types: [JSON_TYPE], maxBytes: 1024 * 1024 };
