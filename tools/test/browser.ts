/** Finds a Chromium for the browser tests, and installs one where that is allowed. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Path of an installed Chromium: SKEIN_CHROMIUM, else the first of the usual names. */
export function findChromium(): string | undefined {
  const given = process.env["SKEIN_CHROMIUM"];
  if (given) return isProgram(given) ? given : undefined;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const file = join(folder, name);
      if (isProgram(file)) return file;
    }
  }
  return PLACES.find(isProgram);
}

/** A Chromium, installed with apt-get when there is none and we may. Undefined, with a message, when there is no way. */
export function ensureChromium(): string | undefined {
  const found = findChromium();
  if (found) return found;
  const given = process.env["SKEIN_CHROMIUM"];
  if (given) {
    console.error(`SKEIN_CHROMIUM=${given}: there is no such program.`);
    return undefined;
  }
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("No Chromium found: installing the package chromium with apt-get.");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "-y", "chromium"]]) {
      const done = spawnSync("apt-get", args, { env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
      if (done.status !== 0) {
        console.error(
          `apt-get ${args.join(" ")} failed:\n${(done.stderr || done.stdout).split("\n").slice(-15).join("\n")}`,
        );
        break;
      }
    }
    const installed = findChromium();
    if (installed) return installed;
  }
  console.error(
    "The browser tests need Chromium or Chrome. Install one (Debian: apt-get install chromium), or set SKEIN_CHROMIUM to its path.",
  );
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
