import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { createSignals } from "#platform/cache/signals.ts";
import { secretsDir } from "#platform/data-dir.ts";
import { systemClock, type Clock } from "#platform/clock.ts";
import type { Config } from "#platform/config/config.ts";
import { createBreachCheck } from "#platform/breach/check.ts";
import { createPasswords } from "#platform/crypto/secrets.ts";
import { migrationNames } from "#platform/db/migrate.ts";
import { createPool } from "#platform/db/pool.ts";
import { leaseSlot } from "#platform/db/slot.ts";
import { createTx, refuseNested } from "#platform/db/tx.ts";
import { createPublisher } from "#platform/events/publish.ts";
import { createGuardedFetch } from "#platform/fetch/guarded.ts";
import { createHorizon } from "#platform/horizon.ts";
import { allowCors, createHttpApp, mount, type HttpApp, type MountOptions } from "#platform/http/server.ts";
import { createRates } from "#platform/http/rate.ts";
import type { Identity, Route } from "#platform/http/route.ts";
import { createIds, type Ids } from "#platform/ids.ts";
import { createJobs, migrateJobs, type Jobs, type Task } from "#platform/jobs/worker.ts";
import type { Log } from "#platform/log/log.ts";
import { createMail } from "#platform/mail/mail.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { createMetrics } from "#platform/telemetry/metrics.ts";
import { SESSION_COOKIE } from "#shared/web-host.ts";
import { createAccounts, type Accounts } from "#modules/accounts/index.ts";
import { createFederation, type Federation } from "#modules/federation/index.ts";
import { createInstance, type Instance } from "#modules/instance/index.ts";
import { createLedger, type Ledger } from "#modules/ledger/index.ts";
import { createMemes, type Memes } from "#modules/memes/index.ts";
import { createMedia, type Media } from "#modules/media/index.ts";
import { createNotifications, type Notifications } from "#modules/notifications/index.ts";
import { createPosts, type PeoplePort, type Posts } from "#modules/posts/index.ts";
import { createSafety, type Safety } from "#modules/safety/index.ts";
import { createTimelines, type Timelines } from "#modules/timelines/index.ts";
import {
  createHub,
  createStatusPresenter,
  accountEntities,
  credentialAccount,
  mastodonRoutes,
  statusEntity,
  streamingDoor,
  toMastodonError,
  type Hub,
  type MastodonDeps,
} from "#doors/mastodon/index.ts";
import { activityPubDoor, discoveryDoor } from "#doors/activitypub/index.ts";
import { mediaDoor } from "#doors/media/index.ts";
import { appRoutes, oauthRoutes, toOAuthError } from "#doors/oauth/index.ts";
import { skeinRoutes, toSkeinError } from "#doors/skein/index.ts";
import { subscriptions } from "./subscriptions.ts";

export interface AppOptions {
  config: Config;
  /** Connection string of a migrated database. */
  databaseUrl: string;
  log: Log;
  clock?: Clock;
  /** True when only this process writes to the database (embedded, role all). */
  exclusive: boolean;
  setupToken?: () => string | undefined;
  /** Test harness only: sees every JSON answer of the client API. */
  observe?: MountOptions["observe"];
}

/** The whole server without its sockets: modules, HTTP application, jobs. */
export interface App {
  http: HttpApp;
  /** Answers a request in process, as over HTTP. */
  fetch(request: Request, env?: { ip?: string; inProcess?: boolean; requestId?: string }): Promise<Response>;
  routes: readonly Route[];
  jobs: Jobs;
  ids: Ids;
  clock: Clock;
  instance: Instance;
  accounts: Accounts;
  ledger: Ledger;
  memes: Memes;
  media: Media;
  posts: Posts;
  timelines: Timelines;
  notifications: Notifications;
  federation: Federation;
  safety: Safety;
  /** Whoever is connected to a stream. */
  hub: Hub;
  /** Why the server is not ready, or undefined. */
  notReady(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** As long as the console offers to take a decision back. */
const UNDO_GRACE_MS = 10_000;
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/** Builds and wires every module: the only place that knows them all. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const clock = options.clock ?? systemClock;
  const metrics = createMetrics();
  const pool = createPool(options.databaseUrl, log, { max: 12, statementTimeoutMs: 60_000 });
  if (config.test) refuseNested(pool);
  const readPool = createPool(options.databaseUrl, log, {
    max: 4,
    genericPlans: true,
    statementTimeoutMs: 15_000,
    applicationName: "skein read",
  });
  const jobPool = createPool(options.databaseUrl, log, { max: 6, textBigints: true, applicationName: "skein jobs" });
  await migrateJobs(jobPool);
  const slot = await leaseSlot(pool, config.role, log);
  const ids = createIds(clock, slot.number);
  const horizon = createHorizon(ids);
  let epoch = 0;
  const tx = createTx(pool, () => void epoch++);
  const signals = createSignals(options.databaseUrl, log);
  const publisher = createPublisher(subscriptions);
  const mail = createMail({ smtpUrl: config.smtpUrl, from: config.mailFrom, pool, ids, publisher, log });
  const instance = createInstance({
    pool,
    tx,
    ids,
    signals,
    defaults: { registrations: config.registrations, domain: config.domain },
  });
  // Test runs sign in hundreds of people: a cheap cost there, the real one everywhere else.
  const passwords = createPasswords(config.test ? { cost: { memoryKiB: 1024, passes: 1 }, waiting: 1000 } : {});
  const { publicUrl, domain } = config;
  const breach = createBreachCheck({ ...config.breach, fetcher: () => fetcher, log });
  const accounts = createAccounts({
    pool,
    tx,
    ids,
    clock,
    signals,
    publisher,
    passwords,
    mail,
    instance,
    log,
    publicUrl,
    domain,
    newcomer: (email, ip) => safety.blocks.signUp(email, ip),
    breached: (password) => breach.breached(password),
    secretsDir: secretsDir(config.dataDir),
    setupToken: options.setupToken ?? (() => undefined),
  });
  const ledger = createLedger({ pool, tx, ids, clock, log, presale: config.presale, coverage: () => config.coverage });
  const blobs = createFsBlobs(join(config.dataDir, "media"));
  const fetcher = createGuardedFetch({
    version: config.version,
    publicUrl,
    allowLoopback: config.allowLoopbackPeers,
    ...(config.test ? { limits: { burst: 10_000, perSecond: 10_000, parallel: 32, waiting: 10_000 } } : {}),
  });
  const media = createMedia({
    pool,
    tx,
    ids,
    clock,
    blobs,
    log,
    ports: {
      profileImagesInUse: (keys) => accounts.imagesInUse(keys),
      gate: {
        admit: (picture) => safety.media.gate.admit(picture),
        forget: (keys) => safety.media.gate.forget(keys),
      },
    },
    remote: {
      fetcher,
      mayFetch: async (host) => (await federation.policies.of(host)).media,
      budgetBytes: config.remoteMediaBytes,
    },
  });
  // Federation is built on posts; until it is there, nobody elsewhere is known.
  let findPeople: PeoplePort = async () => {};
  const posts = createPosts({
    pool,
    readPool,
    tx,
    ids,
    horizon,
    clock,
    signals,
    publisher,
    accounts,
    publicUrl,
    domain,
    maxChars: config.maxPostChars,
    media,
    findPeople: (handles) => findPeople(handles),
    refusedLink: (urls) => safety.blocks.link(urls),
  });
  const timelines = createTimelines({
    pool,
    readPool,
    tx,
    ids,
    horizon,
    clock,
    signals,
    posts,
    epoch: () => epoch,
    exclusive: options.exclusive,
    pullFollowers: config.pullFollowers,
  });
  const safety = createSafety({
    pool,
    tx,
    ids,
    clock,
    signals,
    log,
    publisher,
    accounts,
    posts,
    media,
    mail,
    secretsDir: secretsDir(config.dataDir),
    publicUrl,
    domain,
    reportEnvironment: config.reportEnvironment,
    evidenceDays: config.evidenceDays,
    graceMs: config.test ? 0 : UNDO_GRACE_MS,
  });
  const federation = createFederation(
    {
      pool,
      tx,
      ids,
      clock,
      signals,
      publisher,
      log,
      fetcher,
      accounts,
      posts,
      publicUrl,
      domain,
      allowLoopback: config.allowLoopbackPeers,
      worker: config.role !== "web",
      cacheBytes: config.cacheBytes,
      dropPictures: (host) => media.remote.dropHost(host),
      complaints: async (complaint) => void (await safety.receive(complaint)),
      count: (name, outcome) => metrics.federation(name, outcome),
    },
    { limited: config.limitedFederation, exclusive: options.exclusive },
  );
  findPeople = (handles) => federation.findPeople(handles);
  const notifications = createNotifications({
    pool,
    readPool,
    tx,
    ids,
    clock,
    signals,
    publisher,
    fetcher,
    accounts,
    posts,
    publicUrl,
    allowLoopback: config.allowLoopbackPeers,
  });
  // A client of its own: what may reach the operator's services must never fetch what strangers name.
  const services = createGuardedFetch({
    version: config.version,
    publicUrl,
    trustedOrigins: [config.ai.baseUrl, config.ai.imageUrl].flatMap((url) =>
      url === undefined ? [] : [new URL(url).origin],
    ),
  });
  const memes = createMemes({
    pool,
    readPool,
    tx,
    ids,
    clock,
    signals,
    publisher,
    log,
    blobs,
    accounts,
    media,
    posts,
    ledger,
    ai: config.ai,
    services,
    secretsDir: secretsDir(config.dataDir),
    publicUrl,
    domain,
    version: config.version,
    unlimited: config.test,
  });
  const present = createStatusPresenter({ posts, accounts, signals, publicUrl, cacheBytes: config.cacheBytes });
  metrics.cache("statuses", present.cacheBytes);

  const mediaTasks: Task[] = [
    {
      name: "media.sweep",
      cron: "11 * * * *",
      timeLimitMs: 600_000,
      run: async () => void (await media.sweepOrphans()),
    },
    {
      name: "media.shrinkRemote",
      cron: "41 * * * *",
      timeLimitMs: 600_000,
      run: async () => void (await media.remote.shrink()),
    },
    {
      name: "media.removeAuthor",
      timeLimitMs: 600_000,
      run: async (payload) => void (await media.removeAllOf(BigInt(String(payload["accountId"])))),
    },
  ];
  const jobs = createJobs({
    pool: jobPool,
    tasks: [
      ...mail.tasks,
      ...accounts.tasks,
      ...posts.tasks,
      ...timelines.tasks,
      ...notifications.tasks,
      ...federation.tasks,
      ...ledger.tasks,
      ...memes.tasks,
      ...safety.tasks,
      ...mediaTasks,
    ],
    log,
    concurrency: 4,
    exclusive: options.exclusive,
    onDone(task, seconds, ok) {
      // Jobs write outside transactions too: whoever answers from memory must look again.
      epoch++;
      metrics.job(task, seconds, ok);
    },
  });

  async function authenticate(
    headerOf: (name: "authorization" | "cookie") => string | undefined,
  ): Promise<Identity & { cookie: boolean }> {
    const header = headerOf("authorization");
    if (header !== undefined) {
      const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
      const found = token === undefined ? undefined : await accounts.access.authenticate(token, "token");
      if (!found) return { viewer: undefined, app: undefined, cookie: false };
      if (found.accountId === undefined) {
        return {
          viewer: undefined,
          app: found.appId === undefined ? undefined : { appId: found.appId, scopes: found.scopes },
          cookie: false,
        };
      }
      return {
        viewer: {
          accountId: found.accountId,
          role: found.role,
          scopes: found.scopes,
          credentialId: found.id,
          kind: "token",
          appId: found.appId,
        },
        app: undefined,
        cookie: false,
      };
    }
    const secret = cookieValue(headerOf("cookie"), SESSION_COOKIE);
    if (secret === undefined) return { viewer: undefined, app: undefined, cookie: false };
    const found = await accounts.access.authenticate(secret, "session");
    if (!found || found.accountId === undefined) return { viewer: undefined, app: undefined, cookie: false };
    return {
      viewer: {
        accountId: found.accountId,
        role: found.role,
        scopes: found.scopes,
        credentialId: found.id,
        kind: "session",
        appId: undefined,
      },
      app: undefined,
      cookie: true,
    };
  }

  const http = createHttpApp();
  const common = {
    refuses: (ip: string) => safety.blocks.refuses(ip),
    authenticate,
    rates: createRates(config.test),
    log,
    metrics,
    publicUrl,
    observe: options.observe,
  };
  const mastodon: MastodonDeps = {
    config,
    clock,
    mail,
    instance,
    accounts,
    media,
    posts,
    timelines,
    notifications,
    federation,
    safety,
    present,
  };
  const clientRoutes = [
    ...mastodonRoutes(mastodon),
    ...appRoutes({ accounts, vapidKey: () => notifications.push.publicKey() }),
  ];
  const ownRoutes = skeinRoutes({
    config,
    tx,
    mail,
    instance,
    accounts,
    timelines,
    notifications,
    federation,
    posts,
    now: () => clock.now(),
    ledger,
    memes,
    safety,
    credentialAccount: (id) => credentialAccount(mastodon, id),
    accountEntities: (ids) => accountEntities(mastodon, ids),
    statusEntity: (viewerId, id) => statusEntity(mastodon, viewerId, id),
  });
  const entryRoutes = oauthRoutes({ accounts, publicUrl });
  allowCors(http, ["/api/*", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/*", "/nodeinfo/*"]);
  const hub = createHub(mastodon, signals, log);
  http.route("/", streamingDoor(accounts, hub));
  mount(http, clientRoutes, { ...common, toError: toMastodonError });
  mount(http, ownRoutes, { ...common, toError: toSkeinError });
  mount(http, entryRoutes, { ...common, toError: toOAuthError });
  http.route("/", mediaDoor(blobs, media.remote));
  http.route("/", discoveryDoor({ federation, accounts, posts, instance, publicUrl, domain, version: config.version }));
  http.route("/", activityPubDoor({ federation, log, publicUrl, authorizedFetch: config.authorizedFetch }));

  async function notReady(): Promise<string | undefined> {
    try {
      const found = await pool.query<{ n: bigint }>("select count(*) as n from schema_migrations");
      if (Number(found.rows[0]?.n ?? 0n) < migrationNames().length) return "migrations";
    } catch {
      return "database";
    }
    const disk = await statfs(config.dataDir).catch(() => undefined);
    if (disk && disk.bavail * disk.bsize < MIN_FREE_BYTES) return "disk";
    return undefined;
  }

  http.get("/healthz", (c) => c.text("ok\n"));
  http.get("/readyz", async (c) => {
    const reason = await notReady();
    return reason === undefined ? c.text("ready\n") : c.text(`not ready: ${reason}\n`, 503);
  });
  http.get("/metrics", async (c) => {
    const ip = c.env?.ip ?? "";
    const bearer =
      c.req.header("authorization") === `Bearer ${config.metricsToken}` && config.metricsToken !== undefined;
    if (!bearer && ip !== "::1" && !ip.startsWith("127."))
      return c.json({ error: "Metrics are for this machine, or with SKEIN_METRICS_TOKEN as bearer token." }, 403);
    const { text, contentType } = await metrics.render();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  http.notFound((c) => c.json({ error: "Not found" }, 404, { "Access-Control-Allow-Origin": "*" }));
  http.onError((error, c) => {
    log.error({ err: error, route: c.req.path }, "unhandled error");
    return c.json({ error: "Something went wrong on our side." }, 500);
  });

  await signals.start();

  return {
    http,
    fetch: async (request, env) => http.fetch(request, env ?? {}),
    routes: [...clientRoutes, ...ownRoutes, ...entryRoutes],
    jobs,
    ids,
    clock,
    instance,
    accounts,
    ledger,
    memes,
    media,
    posts,
    timelines,
    notifications,
    federation,
    safety,
    hub,
    notReady,
    async close() {
      hub.close();
      await federation.stop();
      await ledger.stop();
      // Before the connections end: a picture that is on its way then is not to blame.
      media.close();
      await fetcher.close();
      await services.close();
      breach.close();
      await signals.stop();
      await slot.release();
      await Promise.all([pool.end(), readPool.end(), jobPool.end()]);
    },
  };
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const cut = part.indexOf("=");
    if (part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim();
  }
  return undefined;
}
