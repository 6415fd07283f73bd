import { createRequire } from "node:module";
import { resolve } from "node:path";
import { ConfigError, readEnv, type Env } from "./env.ts";

export type RegistrationMode = "open" | "approval" | "invite" | "closed";

/** The whole configuration, derived once from the environment and frozen. */
export interface Config {
  version: string;
  port: number;
  host: string;
  /** Public origin without a trailing slash. */
  publicUrl: string;
  /** Host (and port, when not the default one) of the public origin: the part after `@` in handles. */
  domain: string;
  https: boolean;
  trustProxy: string;
  /** Absolute path. */
  dataDir: string;
  databaseUrl: string | undefined;
  smtpUrl: string | undefined;
  mailFrom: string;
  registrations: RegistrationMode;
  test: boolean;
  role: "all" | "web" | "worker";
  logLevel: Env["SKEIN_LOG_LEVEL"];
  /** Bytes for all in-memory caches together. */
  cacheBytes: number;
  /** Bytes of the disk for copies of other servers' pictures. */
  remoteMediaBytes: number;
  maxPostChars: number;
  /** Authors with more local followers than this are merged at read time instead of being written to every home. */
  pullFollowers: number;
  metricsToken: string | undefined;
  /** Federation speaks http with loopback addresses: tests and development. */
  allowLoopbackPeers: boolean;
  /** Where passwords of published leaks are looked up. */
  breach: { filterFile: string | undefined; online: boolean };
  /** Also public documents are shown only to servers that say who they are. */
  authorizedFetch: boolean;
  /** Only listed servers are spoken to. */
  limitedFederation: boolean;
  ai: AiConfig;
  /** Which reports about known pictures are written here: exercises, or real ones. */
  reportEnvironment: "test" | "production";
  /** Days for which sealed evidence is kept at least. */
  evidenceDays: number;
  /** Token presales may be opened. */
  presale: boolean;
  /** Free credits are given only as far as this covers what they cost to serve; micro-euro. Absent: not checked. */
  coverage: { reserve: bigint; costPerCredit: bigint } | undefined;
}

/** Engines of the meme studio that are not part of Skein. Nothing is asked that is not named here. */
export interface AiConfig {
  /** An OpenAI-compatible API, up to and with its `/v1`. */
  baseUrl: string | undefined;
  apiKey: string | undefined;
  /** Absent: the first one the service lists. */
  model: string | undefined;
  imageUrl: string | undefined;
  imageKind: "openai" | "comfyui" | "a1111";
  imageModel: string | undefined;
  /** Path of a model for the optional package node-llama-cpp. */
  ggufPath: string | undefined;
  /** What one engine may cost in a UTC day, in micro-euro; then it rests until midnight. */
  dailyCost: bigint;
  /** What one request for captions costs where the engine does not say, in micro-euro. */
  captionCost: bigint;
  /** The same for one picture. */
  imageCost: bigint;
  /** Whole credits that everybody gets for a day when they use an engine that costs some. */
  dailyCredits: number;
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Derives the configuration. Throws `ConfigError` with a message for the operator. */
export function loadConfig(env: Env = readEnv()): Config {
  const publicUrl = new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).origin;
  const origin = new URL(publicUrl);
  if (env.SKEIN_ALLOW_LOOPBACK_PEERS && origin.protocol === "https:" && env.SKEIN_ENV !== "test") {
    throw new ConfigError(
      "SKEIN_ALLOW_LOOPBACK_PEERS=1 is refused with a public https origin: it would let federation reach this machine's own services.",
    );
  }
  if (env.SKEIN_REPORTS === "production" && env.SKEIN_ENV === "test") {
    throw new ConfigError(
      "SKEIN_REPORTS=production is refused with SKEIN_ENV=test: what is tried out here must not reach an authority. Set SKEIN_REPORTS=test.",
    );
  }
  const pkg: { version: string } = createRequire(import.meta.url)("../../../package.json");
  return Object.freeze({
    version: pkg.version,
    port: env.PORT,
    host: env.HOST,
    publicUrl,
    domain: origin.host,
    https: origin.protocol === "https:",
    trustProxy: env.TRUST_PROXY,
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM ?? `Skein <no-reply@${origin.hostname}>`,
    registrations: env.SKEIN_REGISTRATIONS ?? (loopback.test(origin.hostname) ? "open" : "approval"),
    test: env.SKEIN_ENV === "test",
    role: env.SKEIN_ROLE,
    logLevel: env.SKEIN_LOG_LEVEL,
    cacheBytes: env.SKEIN_CACHE_MB * 1024 * 1024,
    remoteMediaBytes: env.SKEIN_REMOTE_MEDIA_MB * 1024 * 1024,
    maxPostChars: env.SKEIN_MAX_POST_CHARS,
    pullFollowers: env.SKEIN_PULL_FOLLOWERS,
    metricsToken: env.SKEIN_METRICS_TOKEN,
    breach: { filterFile: env.SKEIN_BREACH_FILTER, online: env.SKEIN_BREACH_ONLINE },
    allowLoopbackPeers: env.SKEIN_ALLOW_LOOPBACK_PEERS,
    authorizedFetch: env.SKEIN_AUTHORIZED_FETCH,
    limitedFederation: env.SKEIN_LIMITED_FEDERATION,
    reportEnvironment: env.SKEIN_REPORTS,
    evidenceDays: env.SKEIN_EVIDENCE_DAYS,
    presale: env.SKEIN_PRESALE,
    coverage:
      env.SKEIN_CREDIT_RESERVE === undefined
        ? undefined
        : { reserve: BigInt(env.SKEIN_CREDIT_RESERVE) * 10_000n, costPerCredit: BigInt(env.SKEIN_CREDIT_COST) },
    ai: {
      baseUrl: env.AI_BASE_URL,
      apiKey: env.AI_API_KEY,
      model: env.AI_MODEL,
      imageUrl: env.AI_IMAGE_URL,
      imageKind: env.AI_IMAGE_KIND,
      imageModel: env.AI_IMAGE_MODEL,
      ggufPath: env.AI_GGUF_PATH,
      dailyCost: BigInt(env.SKEIN_AI_DAILY_COST) * 10_000n,
      captionCost: BigInt(env.SKEIN_AI_CAPTION_COST),
      imageCost: BigInt(env.SKEIN_AI_IMAGE_COST),
      dailyCredits: env.SKEIN_MEME_DAILY_CREDITS,
    },
  });
}
