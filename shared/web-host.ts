/**
 * The one object through which the web app reaches the server it runs in.
 *
 * The server sets it before it imports the built web app; the web app reads it in `web/hooks.server.ts`. A global symbol is used because the web app is a separate bundle: an import would
 * give it a second copy of every module.
 */
export interface WebHost {
  /**
   * Answers an API request in process, exactly as over HTTP. The request's `cookie` header decides who is asking. The origin check for unsafe methods is skipped: the caller is the server
   * itself, which has checked the origin of the page's own request.
   */
  fetch(request: Request): Promise<Response>;
  /** The public origin without a trailing slash, e.g. `https://example.social`. */
  readonly publicUrl: string;
  /** Skein's version. */
  readonly version: string;
}

/** Key of the host object on `globalThis`. */
export const WEB_HOST = Symbol.for("skein.webHost");

/** Name of the session cookie. */
export const SESSION_COOKIE = "skein_session";

type Globals = typeof globalThis & { [WEB_HOST]?: WebHost };

/** Makes the host object known to the web app. */
export function setWebHost(host: WebHost): void {
  (globalThis as Globals)[WEB_HOST] = host;
}

/** The host object; throws when the web app runs outside Skein's server. */
export function webHost(): WebHost {
  const host = (globalThis as Globals)[WEB_HOST];
  if (!host) throw new Error("The web app runs only inside Skein's server: no host object was set.");
  return host;
}
