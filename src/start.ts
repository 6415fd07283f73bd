import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Config } from "#platform/config/config.ts";
import { ConfigError } from "#platform/config/env.ts";
import { forgetSetupSecret, lockDataDir, setupSecret } from "#platform/data-dir.ts";
import { startEmbedded, type Embedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { clientIp } from "#platform/http/client-ip.ts";
import { newRequestId, type RequestEnv } from "#platform/http/server.ts";
import type { Log } from "#platform/log/log.ts";
import { wantsActivityPub } from "#doors/activitypub/index.ts";
import { attachStreaming } from "#doors/mastodon/index.ts";
import { buildWeb, createWebDoor } from "#doors/web/index.ts";
import { createApp, type App } from "./app.ts";

export interface Running {
  app: App;
  url: string;
  /** Path and query of the set-up page while no owner exists. */
  setupPath: string | undefined;
  /** Ends requests, jobs and database, in this order. */
  stop(): Promise<void>;
}

// What Hono answers; everything else belongs to the web app.
const API =
  /^\/(api\/|media\/|ap\/|actor(\/|\?|$)|inbox\/?(\?|$)|\.well-known\/|nodeinfo\/|oauth\/(token|revoke|userinfo)\/?(\?|$)|(healthz|readyz|metrics|health)\/?(\?|$))/;

// Pages of people and posts, which answer ActivityPub by `Accept`, too.
const PAGE = /^\/@[A-Za-z0-9_]+(\/\d+)?\/?(\?|$)/;

/** Starts everything the role asks for. Throws `ConfigError` with a sentence for the operator. */
export async function start(config: Config, log: Log, say: (line: string) => void): Promise<Running> {
  const lock = lockDataDir(config.dataDir);
  const undo: (() => Promise<void> | void)[] = [() => lock.release()];
  const unwind = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    if (config.role !== "worker") await buildWeb(say);
    let embedded: Embedded | undefined;
    if (config.databaseUrl === undefined) {
      embedded = await startEmbedded({ dataDir: config.dataDir, log });
      undo.push(() => embedded?.stop());
    }
    const databaseUrl = config.databaseUrl ?? embedded?.url ?? "";
    await migrate(databaseUrl, log).catch((error: unknown) => {
      if (config.databaseUrl !== undefined && isConnectionError(error))
        throw new ConfigError(
          "The database in DATABASE_URL does not answer. Is it running, and are user and password right?",
          { cause: error },
        );
      throw error;
    });
    const secret = setupSecret(config.dataDir);
    const app = await createApp({
      config,
      databaseUrl,
      log,
      exclusive: embedded !== undefined,
      setupToken: () => secret,
    });
    undo.push(() => app.close());
    if (config.role !== "web") {
      await app.jobs.start();
      await app.federation.start();
      undo.push(() => app.jobs.stop());
    }
    let url = config.publicUrl;
    if (config.role !== "worker") {
      const server = await listen(app, config);
      const endStreams = attachStreaming(server, app.accounts, app.hub);
      undo.push(() => {
        endStreams();
        return close(server);
      });
      if (config.port === 0) url = `http://localhost:${(server.address() as AddressInfo).port}`;
    }
    const needed = await app.accounts.signUp.setupNeeded();
    if (!needed) forgetSetupSecret(config.dataDir);
    return { app, url, setupPath: needed ? `/setup?token=${secret}` : undefined, stop: unwind };
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function listen(app: App, config: Config): Promise<Server> {
  const ipOf = clientIp(config.trustProxy);
  const door = createWebDoor({
    publicUrl: config.publicUrl,
    domain: config.domain,
    version: config.version,
    fetch: (request, from) => app.fetch(request, { ...from, inProcess: true }),
  });
  const api = getRequestListener(
    (request, bindings) => {
      // Only HTTP/1.1 is spoken here, so these are node:http's own objects.
      const { incoming, outgoing } = bindings as { incoming: IncomingMessage; outgoing: ServerResponse };
      const env: RequestEnv = { ip: ipOf(incoming), incoming, outgoing };
      return app.http.fetch(request, env);
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    if (API.test(req.url ?? "/") || (PAGE.test(req.url ?? "/") && wantsActivityPub(req.headers.accept)))
      void api(req, res);
    else door.handle(req, res, { ip: ipOf(req), requestId: newRequestId() });
  });
  server.requestTimeout = 120_000;
  server.headersTimeout = 20_000;
  server.keepAliveTimeout = 20_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new ConfigError(
              `PORT=${config.port}: another program listens there already. Stop it, or set PORT to a free one.`,
            )
          : error,
      );
    });
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

/** Lets requests in flight finish, for up to ten seconds. */
async function close(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  // Those that were busy a moment ago are idle soon, and would be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 10_000);
  await done;
  clearTimeout(timer);
  clearInterval(idle);
}

function isConnectionError(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ECONNREFUSED", "ENOENT", "ENOTFOUND", "ETIMEDOUT", "28P01", "28000", "3D000"].includes(code);
}
