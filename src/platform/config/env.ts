import { z } from "zod";

const flag = z
  .enum(["0", "1"])
  .default("0")
  .transform((v) => v === "1");

const serviceUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https address such as http://127.0.0.1:11434/v1" })
  .transform((v) => v.replace(/\/+$/, ""));

/**
 * Every variable Skein reads, with its default. `docs/operate/configuration.md` lists the same names; a test compares both.
 */
export const envSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https origin such as https://example.social" })
    .refine((v) => new URL(v).pathname === "/", "must be an origin without a path")
    .optional(),
  TRUST_PROXY: z.string().default("loopback"),
  DATA_DIR: z.string().min(1).default("./data"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL")
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "must be an smtp:// or smtps:// URL")
    .optional(),
  MAIL_FROM: z.string().min(3).optional(),
  SKEIN_REGISTRATIONS: z.enum(["open", "approval", "invite", "closed"]).optional(),
  SKEIN_ENV: z.enum(["production", "test"]).default("production"),
  SKEIN_ROLE: z.enum(["all", "web", "worker"]).default("all"),
  SKEIN_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  SKEIN_CACHE_MB: z.coerce.number().int().min(8).max(16384).default(64),
  SKEIN_REMOTE_MEDIA_MB: z.coerce.number().int().min(16).max(67_108_864).default(2048),
  SKEIN_MAX_POST_CHARS: z.coerce.number().int().min(100).max(100000).default(500),
  SKEIN_PULL_FOLLOWERS: z.coerce.number().int().min(0).max(10_000_000).default(5000),
  SKEIN_METRICS_TOKEN: z.string().min(16).optional(),
  SKEIN_BREACH_FILTER: z.string().min(1).optional(),
  SKEIN_BREACH_ONLINE: flag,
  SKEIN_ALLOW_LOOPBACK_PEERS: flag,
  SKEIN_AUTHORIZED_FETCH: flag,
  SKEIN_LIMITED_FEDERATION: flag,
  AI_BASE_URL: serviceUrl.optional(),
  AI_API_KEY: z.string().min(1).optional(),
  AI_MODEL: z.string().min(1).optional(),
  AI_IMAGE_URL: serviceUrl.optional(),
  AI_IMAGE_KIND: z.enum(["openai", "comfyui", "a1111"]).default("openai"),
  AI_IMAGE_MODEL: z.string().min(1).optional(),
  AI_GGUF_PATH: z.string().min(1).optional(),
  SKEIN_AI_DAILY_COST: z.coerce.number().int().min(0).max(10_000_000).default(500),
  SKEIN_AI_CAPTION_COST: z.coerce.number().int().min(0).max(1_000_000_000).default(2000),
  SKEIN_AI_IMAGE_COST: z.coerce.number().int().min(0).max(1_000_000_000).default(40_000),
  SKEIN_REPORTS: z.enum(["test", "production"]).default("test"),
  SKEIN_EVIDENCE_DAYS: z.coerce.number().int().min(1).max(36_500).default(365),
  SKEIN_PRESALE: flag,
  SKEIN_CREDIT_RESERVE: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
  SKEIN_CREDIT_COST: z.coerce.number().int().min(0).max(1_000_000_000).default(10_000),
  SKEIN_MEME_DAILY_CREDITS: z.coerce.number().int().min(0).max(100_000).default(20),
});

export type Env = z.infer<typeof envSchema>;

/** A wrong environment. The message names every variable, its value and what is allowed. */
export class ConfigError extends Error {}

/** Reads and validates the environment. Empty values count as absent. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given: Record<string, string> = {};
  for (const name of Object.keys(envSchema.shape)) {
    const value = source[name];
    if (value !== undefined && value !== "") given[name] = value;
  }
  const parsed = envSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "?");
    const secret = /URL|TOKEN|KEY|SECRET|PASSWORD/.test(name) && name !== "PUBLIC_URL";
    return `${name}=${secret ? "(hidden)" : (given[name] ?? "")}: ${issue.message}`;
  });
  throw new ConfigError(`The environment is not valid.\n  ${lines.join("\n  ")}\nSee docs/operate/configuration.md.`);
}

/** Variables of other programs that Skein passes on or looks at, read here so that nothing else touches the environment. */
export function hostEnv(name: "PATH" | "HOME" | "NODE_ENV"): string | undefined {
  return process.env[name];
}

/** Sets a variable for a library that is configured through the environment (the web app's adapter). */
export function setHostEnv(name: `KITWEB_${string}`, value: string): void {
  process.env[name] = value;
}
