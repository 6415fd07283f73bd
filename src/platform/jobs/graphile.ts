// graphile-worker is a CommonJS package: this is the one place that imports it.
export { parseCronItems, run, runMigrations, runOnce, Logger } from "graphile-worker";
export type { Runner, TaskList } from "graphile-worker";
export type WorkerPreset = GraphileConfig.Preset;
