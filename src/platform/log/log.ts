import { pino, type Logger } from "pino";

export type Log = Logger;

/**
 * Structured JSON lines on stdout's sibling stream (stderr), so that stdout stays free for command output. Logs carry request ids and route names, never names, addresses, texts or tokens.
 */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: ["password", "token", "email", "*.password", "*.token", "*.email"], remove: true },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

export const silentLog: Log = pino({ level: "silent" });
