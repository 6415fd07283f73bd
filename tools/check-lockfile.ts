/**
 * The lockfile must name the optional packages of every platform. npm leaves those of other platforms out when it runs
 * beside an installed tree, and then `npm ci` refuses the lockfile on a fresh checkout, or installs no binary elsewhere.
 *
 * Usage: `node tools/check-lockfile.ts [--fix]`. `--fix` writes the missing entries (version, platform), which npm
 * skips on machines they are not for.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  license?: string;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

interface Lockfile {
  packages: Record<string, LockedPackage>;
}

interface Missing {
  of: string;
  name: string;
  version: string;
}

const OS: Record<string, string> = { windows: "win32" };
for (const os of ["darwin", "linux", "win32", "android", "freebsd", "openharmony"]) OS[os] = os;
const CPU = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x"];

/** Optional dependencies with an exact version that the lockfile does not contain. */
export function missingOptional(lock: Lockfile): Missing[] {
  const missing: Missing[] = [];
  for (const [of, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = lock.packages[`node_modules/${name}`] ?? lock.packages[`${of}/node_modules/${name}`];
      if (!found && /^\d/.test(version)) missing.push({ of, name, version });
    }
  }
  return missing;
}

/** Adds an entry for each missing package whose name tells its platform. Returns those it could not add. */
export function addMissing(lock: Lockfile): Missing[] {
  const left: Missing[] = [];
  for (const missing of missingOptional(lock)) {
    const words = (missing.name.split("/").pop() ?? "").split("-");
    const os = words.map((word) => OS[word]).find((found) => found !== undefined);
    const cpu = words.find((word) => CPU.includes(word));
    if (!os || !cpu) {
      left.push(missing);
      continue;
    }
    const owner = lock.packages[missing.of];
    const libc = words.some((w) => w.startsWith("musl")) ? "musl" : words.some((w) => w.startsWith("gnu")) && "glibc";
    lock.packages[`node_modules/${missing.name}`] = {
      version: missing.version,
      cpu: [cpu],
      ...(owner?.dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc] } : {}),
      ...(owner?.license ? { license: owner.license } : {}),
      optional: true,
      os: [os],
    };
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(sorted);
  return left;
}

if (import.meta.main) {
  const file = resolve(import.meta.dirname, "../package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lockfile;
  let missing = missingOptional(lock);
  if (process.argv.includes("--fix") && missing.length > 0) {
    missing = addMissing(lock);
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  }
  for (const { of, name, version } of missing) {
    console.error(`package-lock.json lacks ${name}@${version}, an optional dependency of ${of}`);
  }
  if (missing.length > 0) {
    console.error('Run "node tools/check-lockfile.ts --fix".');
    process.exit(1);
  }
}
