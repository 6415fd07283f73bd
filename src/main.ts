import { enableCompileCache } from "node:module";

if (Number(process.versions.node.split(".")[0]) < 26) {
  console.error(`Skein needs Node 26; this is ${process.version}. Start it with "npm start", which brings its own.`);
  process.exit(1);
}
enableCompileCache();

const { loadConfig } = await import("#platform/config/config.ts");
const { ConfigError } = await import("#platform/config/env.ts");
const { createLog } = await import("#platform/log/log.ts");
const { start } = await import("./start.ts");

try {
  const config = loadConfig();
  const log = createLog(config.logLevel);
  process.on("unhandledRejection", (err) => {
    log.fatal({ err }, "unhandled rejection");
    process.exit(1);
  });
  const started = performance.now();
  const running = await start(config, log, (line) => console.log(line));
  if (config.role === "worker") console.log("Skein's worker is running.");
  else
    console.log(
      `Skein is ready on ${running.url} (${((performance.now() - started) / 1000).toFixed(1)} s). Stop it with Ctrl-C.`,
    );
  if (running.setupPath !== undefined && config.role !== "worker") {
    console.log(
      `\nThere is no owner yet. Open this link once to create the owner's account:\n\n  ${running.url}${running.setupPath}\n`,
    );
  }
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    console.log("Stopping …");
    running.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.fatal({ err }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error(error);
  process.exit(1);
}
