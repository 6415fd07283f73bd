import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** The process's Prometheus metrics. */
export interface Metrics {
  request(route: string, method: string, status: number, seconds: number): void;
  job(task: string, seconds: number, ok: boolean): void;
  /** Counts what happened between servers. */
  federation(name: string, outcome: string): void;
  cache(name: string, bytes: () => number): void;
  /** Text in Prometheus' exposition format, and its content type. */
  render(): Promise<{ text: string; contentType: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "skein_" });
  const requests = new Histogram({
    name: "skein_http_request_duration_seconds",
    help: "Time to answer a request, by route and status.",
    labelNames: ["route", "method", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  const series = new Map<string, Histogram.Internal<"route" | "method" | "status">>();
  const jobs = new Histogram({
    name: "skein_job_duration_seconds",
    help: "Run time of background jobs, by task.",
    labelNames: ["task"],
    buckets: [0.005, 0.05, 0.5, 5, 30],
    registers: [registry],
  });
  const failures = new Counter({
    name: "skein_job_failures_total",
    help: "Failed runs of background jobs.",
    labelNames: ["task"],
    registers: [registry],
  });
  const between = new Counter({
    name: "skein_federation_total",
    help: "Activities and deliveries between servers, by kind and outcome.",
    labelNames: ["name", "outcome"],
    registers: [registry],
  });
  return {
    federation(name, outcome) {
      between.inc({ name, outcome });
    },
    request(route, method, status, seconds) {
      // Finding a series by its labels costs more than counting: remember it.
      const key = `${method} ${route} ${status}`;
      let one = series.get(key);
      if (!one) series.set(key, (one = requests.labels({ route, method, status: String(status) })));
      one.observe(seconds);
    },
    job(task, seconds, ok) {
      jobs.observe({ task }, seconds);
      if (!ok) failures.inc({ task });
    },
    cache(name, bytes) {
      const gauge = new Gauge({
        name: `skein_cache_${name}_bytes`,
        help: `Bytes held by the ${name} cache.`,
        registers: [registry],
        collect() {
          gauge.set(bytes());
        },
      });
    },
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
