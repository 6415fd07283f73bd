import { fork, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Log } from "#platform/log/log.ts";
import { AppError } from "#platform/errors.ts";
import type { Attachment, Emoji, ProfilePicture } from "./codec.ts";
import { refused, type MediaLimits, type ProfileKind } from "./rules.ts";
import type { Scan } from "./scan.ts";
import type { Answer, Work } from "./worker.ts";

/** The picture process as seen from the server. */
export interface Decoder {
  attachment(bytes: Uint8Array): Promise<Attachment>;
  profile(bytes: Uint8Array, kind: ProfileKind): Promise<ProfilePicture>;
  emoji(bytes: Uint8Array): Promise<Emoji>;
  /** Fingerprints only; with `crops` also those of cropped copies. */
  scan(bytes: Uint8Array, crops: boolean): Promise<Scan>;
  /** Process id while one runs. */
  readonly pid: number | undefined;
  /** Refuses what waits and ends the process. */
  close(): void;
}

interface Job {
  work: Work;
  resolve(answer: Exclude<Answer, { type: "ready" | "refused" }>): void;
  reject(error: unknown): void;
}

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
/** A process that has not started by then never will. */
const START_MS = 30_000;

/**
 * Runs the picture process: started at the first picture, one picture at a time, ended when it has been idle, killed when
 * a picture takes too long. A picture that kills it is refused; the next one gets a new process.
 */
export function createDecoder(limits: MediaLimits, log: Log, workerFile = WORKER): Decoder {
  const queue: Job[] = [];
  let waitingBytes = 0;
  let child: ChildProcess | undefined;
  let ready = false;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function start(): void {
    ready = false;
    // The permission model denies writing, child processes and network. An empty environment holds no secrets; few threads and arenas save memory.
    const started = fork(workerFile, [], {
      execArgv: ["--permission", "--allow-fs-read=*", "--allow-addons", "--disable-warning=SecurityWarning"],
      env: { UV_THREADPOOL_SIZE: "2", MALLOC_ARENA_MAX: "2", VIPS_WARNING: "0" },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child = started;
    let complaint = "";
    started.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-2000)));
    started.on("message", (message: Answer) => {
      if (child === started) heard(message);
    });
    started.on("error", (error) => (complaint += error.message));
    started.on("exit", (code, signal) => {
      if (child === started) ended(code, signal, complaint);
    });
    if (started.pid !== undefined) lowerRank(started.pid);
    arm(START_MS, () => kill("start"));
  }

  function arm(ms: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
    if (!current) timer.unref();
  }

  function kill(why: "start" | "slow" | "idle"): void {
    clearTimeout(timer);
    const job = current;
    const dead = child;
    child = undefined;
    current = undefined;
    dead?.kill("SIGKILL");
    if (why === "slow") log.warn({ ms: limits.timeoutMs }, "picture took too long, picture process killed");
    if (job) job.reject(why === "slow" ? refused("too_slow", limits) : unavailable());
    next();
  }

  function heard(message: Answer): void {
    if (message.type === "ready") {
      ready = true;
      give();
      return;
    }
    const job = current;
    current = undefined;
    clearTimeout(timer);
    if (message.type === "refused") {
      log.debug({ refusal: message.refusal, detail: message.detail.slice(0, 200) }, "picture refused");
      job?.reject(refused(message.refusal, limits));
    } else job?.resolve(message);
    next();
  }

  function ended(code: number | null, signal: string | null, complaint: string): void {
    clearTimeout(timer);
    const job = current;
    const hadStarted = ready;
    child = undefined;
    current = undefined;
    if (hadStarted && !job) return;
    log.error(
      { code, signal, stderr: complaint },
      hadStarted ? "picture process ended while decoding" : "picture process did not start",
    );
    job?.reject(hadStarted ? refused("damaged", limits) : unavailable());
    next();
  }

  /** Hands the waiting picture to the process; the clock runs from here on. */
  function give(): void {
    const process = child;
    if (!current || !process) return;
    arm(limits.timeoutMs, () => kill("slow"));
    process.send(current.work, (error) => {
      if (error) log.debug({ err: { message: error.message } }, "picture process is gone");
    });
  }

  function next(): void {
    if (current) return;
    current = queue.shift();
    if (!current) {
      // An idle process must not keep the server alive.
      child?.unref();
      child?.channel?.unref();
      if (child) arm(limits.idleMs, () => kill("idle"));
      return;
    }
    waitingBytes -= current.work.bytes.length;
    if (!child) return start();
    child.ref();
    child.channel?.ref();
    if (ready) give();
  }

  function submit(work: Work): Promise<Exclude<Answer, { type: "ready" | "refused" }>> {
    const size = work.bytes.length;
    if (closed) return Promise.reject(unavailable());
    if (queue.length >= limits.maxWaiting || (queue.length > 0 && waitingBytes + size > limits.maxWaitingBytes)) {
      return Promise.reject(unavailable());
    }
    return new Promise((resolve, reject) => {
      queue.push({ work, resolve, reject });
      waitingBytes += size;
      next();
    });
  }

  return {
    async attachment(bytes) {
      const answer = await submit({ kind: "attachment", bytes, limits });
      if (answer.type !== "attachment") throw new Error("The picture process answered something else");
      return answer.result;
    },
    async profile(bytes, kind) {
      const answer = await submit({ kind, bytes, limits });
      if (answer.type !== "profile") throw new Error("The picture process answered something else");
      return answer.result;
    },
    async emoji(bytes) {
      const answer = await submit({ kind: "emoji", bytes, limits });
      if (answer.type !== "emoji") throw new Error("The picture process answered something else");
      return answer.result;
    },
    async scan(bytes, crops) {
      const answer = await submit({ kind: crops ? "crops" : "scan", bytes, limits });
      if (answer.type !== "scan") throw new Error("The picture process answered something else");
      return answer.result;
    },
    get pid() {
      return child?.pid;
    },
    close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(unavailable());
      waitingBytes = 0;
      kill("idle");
    },
  };
}

function unavailable(): AppError {
  return new AppError("unavailable", "Too many pictures are being processed right now. Please try again in a moment.", {
    reason: "media_busy",
    retryAfter: 10,
  });
}

/** Pictures may wait, readers may not; and when memory runs out, the picture process goes first. Both are best effort. */
function lowerRank(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The process is gone already, or the system has no priorities.
  }
  writeFile(`/proc/${pid}/oom_score_adj`, "800").catch(() => {});
}
