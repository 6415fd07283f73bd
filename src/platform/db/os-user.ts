import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ConfigError } from "#platform/config/env.ts";

/** The operating system's user PostgreSQL runs as, and how to start a program as that user. */
export interface OsUser {
  name: string;
  /** Undefined when PostgreSQL runs as ourselves. */
  uid: number | undefined;
  gid: number | undefined;
  wrap(file: string, args: string[]): { file: string; args: string[]; ids: { uid?: number; gid?: number } };
}

const CAP_DAC_OVERRIDE = 1n;
const CAP_DAC_READ_SEARCH = 2n;

/**
 * PostgreSQL refuses to run as root. As root it runs as the system user `postgres`, else as `nobody`.
 * The data directory is closed to others (0700) and the program may lie below a closed home, so the process keeps one capability that lets it pass closed folders
 * (`dac_read_search`, else `dac_override` as in containers), given by util-linux `setpriv`. See docs/adr/0016.
 */
export function databaseUser(paths: string[]): OsUser {
  if (process.getuid?.() !== 0) {
    return { name: "this user", uid: undefined, gid: undefined, wrap: (file, args) => ({ file, args, ids: {} }) };
  }
  const account = lookup("postgres") ?? lookup("nobody");
  if (!account)
    throw new ConfigError("Running as root needs a system user named postgres or nobody for the embedded PostgreSQL.");
  const { uid, gid, name } = account;
  const closed = paths.filter(
    (path) => spawnSync("/bin/sh", ["-c", 'test -x "$1"', "sh", path], { uid, gid, cwd: "/" }).status !== 0,
  );
  if (closed.length === 0) return { name, uid, gid, wrap: (file, args) => ({ file, args, ids: { uid, gid } }) };
  const capability = passingCapability();
  if (capability === undefined || spawnSync("setpriv", ["--version"]).status !== 0) {
    throw new ConfigError(
      `The embedded PostgreSQL runs as user ${name}, who may not enter ${closed.join(" and ")}. Run Skein as an ordinary user, or move it to a folder that others may enter (chmod o+x on each parent).`,
    );
  }
  const rights = [`--inh-caps=-all,+${capability}`, `--ambient-caps=-all,+${capability}`];
  return {
    name,
    uid,
    gid,
    wrap: (file, args) => ({
      file: "setpriv",
      // Without that bit access(2), with which PostgreSQL looks at its own files, would ignore the capability.
      args: [
        "--securebits=+no_setuid_fixup",
        `--reuid=${uid}`,
        `--regid=${gid}`,
        "--clear-groups",
        ...rights,
        "--",
        file,
        ...args,
      ],
      ids: {},
    }),
  };
}

function passingCapability(): string | undefined {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    const held = BigInt(`0x${line ?? "0"}`);
    if (held & (1n << CAP_DAC_READ_SEARCH)) return "dac_read_search";
    if (held & (1n << CAP_DAC_OVERRIDE)) return "dac_override";
  } catch {
    // Not Linux.
  }
  return undefined;
}

function lookup(name: string): { name: string; uid: number; gid: number } | undefined {
  try {
    for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
      const [user, , uid, gid] = line.split(":");
      if (user === name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) };
    }
  } catch {
    // No such file: another kind of system.
  }
  return undefined;
}
