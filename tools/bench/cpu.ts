/** CPU time and memory of process trees, read from /proc (Linux only). */
import { readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";

const TICKS_PER_SECOND = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout) || 100;

interface Stat {
  pid: number;
  parent: number;
  /** Own ticks plus those of ended children that were waited for. */
  ticks: number;
}

function stats(): Stat[] {
  const out: Stat[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let text: string;
    try {
      text = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      continue; // ended in the meantime
    }
    // The second field is the program's name in parentheses and may contain anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const field = (n: number): number => Number(fields[n - 3]);
    out.push({ pid: Number(name), parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) });
  }
  return out;
}

/** Milliseconds of CPU the processes and all their descendants have used so far. Resolution: one clock tick, 10 ms. */
export function cpuMs(roots: readonly number[]): number {
  const all = stats();
  const tree = new Set(roots);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = all.filter(({ pid }) => tree.has(pid)).reduce((sum, stat) => sum + stat.ticks, 0);
  return (ticks * 1000) / TICKS_PER_SECOND;
}

/** The same for one process alone, without its children. */
export function ownCpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Resident memory of one process in megabytes. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb ?? Number.NaN) / 1024;
}
