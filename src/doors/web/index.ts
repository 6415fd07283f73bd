import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants } from "node:zlib";
import compression from "compression";
import { setHostEnv } from "#platform/config/env.ts";
import { SESSION_COOKIE, setWebHost, type WebHost } from "#shared/web-host.ts";
import { WEB_HANDLER } from "./build.ts";

export { buildWeb, webIsBuilt } from "./build.ts";

type NodeHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

export interface WebDoor {
  /** Answers a page, form action or asset. */
  handle(req: IncomingMessage, res: ServerResponse, from: { ip: string; requestId: string }): void;
}

export interface WebDoorOptions {
  publicUrl: string;
  domain: string;
  version: string;
  fetch(request: Request, from: { ip: string; requestId: string }): Promise<Response>;
}

const MAX_FORM_BYTES = 200 * 1024 * 1024;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * Mounts the built web app. It is loaded at the first page, so that an API server stays small. Its three private request headers are overwritten here: what the client sent in them is
 * never believed.
 */
export function createWebDoor(options: WebDoorOptions): WebDoor {
  const origin = new URL(options.publicUrl);
  const current = new AsyncLocalStorage<{ ip: string; requestId: string }>();
  let loading: Promise<NodeHandler> | undefined;

  const host: WebHost = {
    publicUrl: options.publicUrl,
    version: options.version,
    fetch: (request) => options.fetch(request, current.getStore() ?? { ip: "127.0.0.1", requestId: "" }),
  };

  async function load(): Promise<NodeHandler> {
    setWebHost(host);
    setHostEnv("KITWEB_PROTOCOL_HEADER", "x-skein-proto");
    setHostEnv("KITWEB_HOST_HEADER", "x-skein-host");
    setHostEnv("KITWEB_ADDRESS_HEADER", "x-skein-address");
    setHostEnv("KITWEB_BODY_SIZE_LIMIT", String(MAX_FORM_BYTES));
    const built: { handler: NodeHandler } = await import(WEB_HANDLER);
    return built.handler;
  }

  const compress = compression({ threshold: 1024, brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } } });

  return {
    handle(req, res, from) {
      const method = req.method ?? "GET";
      const safe = method === "GET" || method === "HEAD";
      // localhost and 127.0.0.1 are the same machine but not the same origin: forms would be refused.
      const asked = req.headers.host ?? "";
      if (
        safe &&
        asked !== options.domain &&
        LOOPBACK.test(asked) &&
        LOOPBACK.test(options.domain) &&
        (req.headers.accept ?? "").includes("text/html")
      ) {
        res.writeHead(307, { Location: options.publicUrl + (req.url ?? "/") }).end();
        return;
      }
      if (!safe && !fromOurPages(req, options.publicUrl)) {
        res.writeHead(403, { "Content-Type": "text/plain; charset=utf-8" });
        res.end(
          `This form was sent from another address than ${options.publicUrl}, so it was not accepted. Nothing was changed. Open the page there and try again.\n`,
        );
        return;
      }
      req.headers["x-skein-proto"] = origin.protocol.slice(0, -1);
      req.headers["x-skein-host"] = origin.host;
      req.headers["x-skein-address"] = from.ip;
      req.headers["x-request-id"] = from.requestId;
      loading ??= load();
      loading.then(
        (handler) => {
          current.run(from, () => {
            // The types of both packages describe Express requests; they use nothing beyond node:http.
            compress(req as Parameters<typeof compress>[0], res as Parameters<typeof compress>[1], () => {
              handler(req, res, () => {
                res.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found\n");
              });
            });
          });
        },
        (error: unknown) => {
          loading = undefined;
          res
            .writeHead(500, { "Content-Type": "text/plain; charset=utf-8" })
            .end("The web app could not be loaded. Details are in the server's log.\n");
          throw error;
        },
      );
    },
  };
}

/**
 * Origin check for form posts (OWASP "Verifying origin with standard headers"): `Origin`, else `Sec-Fetch-Site`, else `Referer`. Text browsers send none of the first two; without any of the
 * three only requests without a session are accepted, which can do nothing in anybody's name.
 */
export function fromOurPages(req: IncomingMessage, publicUrl: string): boolean {
  const { origin, referer, cookie } = req.headers;
  if (origin !== undefined && origin !== "null") return origin === publicUrl;
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  if (referer !== undefined) return referer === publicUrl || referer.startsWith(`${publicUrl}/`);
  return !(cookie ?? "").includes(`${SESSION_COOKIE}=`);
}
