/**
 * Reporter of `npm test`: one line per file, details of failures only, and the totals as JSON in the file named by
 * SKEIN_TEST_TOTALS. Runs inside the process of `node --test`.
 */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { inspect } from "node:util";
import type { TestEvent } from "node:test/reporters";

/** What a run of `node --test` amounted to. */
export interface Totals {
  passed: number;
  failed: number;
  /** Names of skipped tests with the reason. */
  skipped: string[];
}

interface FileReport {
  passed: number;
  failed: number;
  skipped: number;
  output: string[];
}

const MAX_OUTPUT_LINES = 60;

/** Consumes the events of the test runner and yields text. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const totals: Totals = { passed: 0, failed: 0, skipped: [] };
  const files = new Map<string, FileReport>();
  const printed = new Set<string>();
  const path: string[] = [];
  const of = (file: string | undefined): FileReport => {
    const key = file ?? "";
    const found = files.get(key) ?? { passed: 0, failed: 0, skipped: 0, output: [] };
    files.set(key, found);
    return found;
  };

  for await (const event of source) {
    switch (event.type) {
      case "test:start":
        path.length = event.data.nesting;
        path[event.data.nesting] = event.data.name;
        break;
      case "test:pass": {
        const { data } = event;
        if (data.details.type === "suite") break;
        if (data.skip !== undefined || data.todo !== undefined) {
          of(data.file).skipped++;
          totals.skipped.push(`${data.name}: ${String(data.skip ?? data.todo)}`);
        } else {
          of(data.file).passed++;
          totals.passed++;
        }
        break;
      }
      case "test:fail": {
        const { data } = event;
        const error = data.details.error;
        // The parent of a failed test fails too; it is one failure, told where it happened.
        if ("failureType" in error && error.failureType === "subtestsFailed") break;
        const file = of(data.file);
        file.failed++;
        totals.failed++;
        if ("exitCode" in error) {
          // Not a test: the whole file broke off. What it printed says why.
          const end = typeof error.exitCode === "number" ? `ended with exit code ${error.exitCode}` : "was killed";
          printed.add(data.file ?? "");
          yield `✗ ${place(data)}: the process ${end}\n${indent(tail(file.output.join("")))}\n`;
          break;
        }
        const names = [...path.slice(0, data.nesting), data.name];
        yield `✗ ${names.join(" › ")}\n  at ${place(data)}\n${indent(describe(error))}\n`;
        break;
      }
      case "test:stdout":
      case "test:stderr":
        of(event.data.file).output.push(event.data.message);
        break;
      case "test:diagnostic":
        // What a test wants to be seen also when it passes starts with "note:".
        if (event.data.message.startsWith("note:")) yield `  ${event.data.message.slice(5)}\n`;
        else if (event.data.file !== undefined) of(event.data.file).output.push(`${event.data.message}\n`);
        break;
      case "test:summary": {
        const { file, success, duration_ms: ms } = event.data;
        if (file === undefined || printed.has(file)) break;
        printed.add(file);
        const { passed, failed, output } = of(file);
        const name = relative(process.cwd(), file);
        yield `${success ? "✓" : "✗"} ${name} (${passed} passed${failed > 0 ? `, ${failed} failed` : ""}, ${seconds(ms)})\n`;
        if (failed > 0 && output.length > 0) yield `${indent(tail(output.join("")))}\n`;
        break;
      }
      default:
        break;
    }
  }
  // Without process isolation there is no summary per file.
  for (const [file, { passed, failed, output }] of files) {
    if (file === "" || printed.has(file) || passed + failed === 0) continue;
    yield `${failed === 0 ? "✓" : "✗"} ${relative(process.cwd(), file)} (${passed} passed${failed > 0 ? `, ${failed} failed` : ""})\n`;
    if (failed > 0 && output.length > 0) yield `${indent(tail(output.join("")))}\n`;
  }
  const target = process.env["SKEIN_TEST_TOTALS"];
  if (target) writeFileSync(target, JSON.stringify(totals));
}

function place(data: { file?: string | undefined; line?: number | undefined }): string {
  return `${data.file === undefined ? "?" : relative(process.cwd(), data.file)}:${data.line ?? 0}`;
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause.stack ?? inspect(cause)).replaceAll(/\n\s+at .*node:internal.*/g, "");
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function tail(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines.length <= MAX_OUTPUT_LINES ? text : `…\n${lines.slice(-MAX_OUTPUT_LINES).join("\n")}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
