import { statement } from "#platform/db/sql.ts";
import type { RemoteKind } from "./remote.ts";

export const remember = statement<[digests: Buffer[], urls: string[], kinds: string[], hosts: string[]], never>(
  "media.rememberRemote",
  `insert into remote_media (digest, url, kind, host) select x.d, x.u, x.k, x.h from unnest($1::bytea[], $2::text[], $3::text[], $4::text[]) x(d, u, k, h) on conflict do nothing`,
);

/** A file in the cache. */
export interface CachedRow {
  key: string;
  mime: string;
  kind: RemoteKind;
}

export interface RemoteRow {
  url: string;
  kind: RemoteKind;
  host: string;
  /** Null while nothing is cached, with `mime`. */
  key: string | null;
  mime: string | null;
  failures: number;
  retry_at: Date | null;
  used_at: Date | null;
}
export const remoteByDigest = statement<[digest: Buffer], RemoteRow>(
  "media.remote",
  `select url, kind, host, key, mime, failures, retry_at, used_at from remote_media where digest = $1`,
);

/** Answers nothing when another process was faster: its files stay. */
export const keepRemote = statement<
  [digest: Buffer, key: string, mime: string, bytes: bigint, now: Date],
  { kept: boolean }
>(
  "media.keepRemote",
  `update remote_media set key = $2, mime = $3, bytes = $4, failures = 0, retry_at = null, used_at = $5 where digest = $1 and key is null returning true as kept`,
);
export const failRemote = statement<[digest: Buffer, failures: number, retryAt: Date], never>(
  "media.failRemote",
  `update remote_media set failures = $2::int2, retry_at = $3 where digest = $1 and key is null`,
);
export const touchRemote = statement<[digest: Buffer, now: Date, before: Date], never>(
  "media.touchRemote",
  `update remote_media set used_at = $2 where digest = $1 and used_at < $3`,
);
/** The file is gone: the next viewer has it fetched anew. */
export const loseRemote = statement<[digest: Buffer, key: string], never>(
  "media.loseRemote",
  `update remote_media set key = null, mime = null, bytes = 0 where digest = $1 and key = $2`,
);

export const cachedByDigest = statement<[digest: Buffer], CachedRow>(
  "media.cachedRemote",
  `select coalesce(key, '') as key, coalesce(mime, '') as mime, kind from remote_media where digest = $1 and key is not null`,
);
/** Lets go of a file that may not be shown, until `retryAt`. */
export const withholdRemote = statement<[digest: Buffer, retryAt: Date], CachedRow>(
  "media.withholdRemote",
  `with v as (select digest, key, mime, kind from remote_media where digest = $1 and key is not null for update)
   update remote_media m set key = null, mime = null, bytes = 0, failures = 4, retry_at = $2 from v where m.digest = v.digest
   returning coalesce(v.key, '') as key, coalesce(v.mime, '') as mime, v.kind`,
);

// Both in slices, so that none holds many locks; a file that was replaced meanwhile is left alone.
/** Lets go of the least recently used files until the rest fits into `budget` bytes. */
export const evictRemote = statement<[budget: bigint, limit: number], CachedRow>(
  "media.evictRemote",
  `with total as (select sum(bytes) as n from remote_media where key is not null),
     v as (select digest, key, mime, kind, sum(bytes) over (order by used_at, digest) - bytes as before from remote_media where key is not null order by used_at, digest limit $2::int)
   update remote_media m set key = null, mime = null, bytes = 0 from v, total
   where m.digest = v.digest and m.key = v.key and v.before < total.n - $1::int8
   returning coalesce(v.key, '') as key, coalesce(v.mime, '') as mime, v.kind`,
);
/** Lets go of the files of a domain and its subdomains, on every port. Reads what is cached only: that is little. */
export const dropRemoteHost = statement<[domain: string, limit: number], CachedRow>(
  "media.dropRemoteHost",
  `with v as (select m.digest, m.key, m.mime, m.kind from remote_media m cross join lateral (values (m.host), (regexp_replace(m.host, ':[0-9]+$', ''))) h(name)
     where m.key is not null and (h.name = $1 or right(h.name, length($1) + 1) = '.' || $1) limit $2::int)
   update remote_media m set key = null, mime = null, bytes = 0 from v where m.digest = v.digest and m.key = v.key
   returning coalesce(v.key, '') as key, coalesce(v.mime, '') as mime, v.kind`,
);

export const knownRemoteKeys = statement<[keys: string[]], { key: string }>(
  "media.knownRemoteKeys",
  "select coalesce(key, '') as key from remote_media where key = any($1::text[])",
);
