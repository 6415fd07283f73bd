/** Compares the server's routes with the list of endpoints that Mastodon's clients call. */
import { readFileSync } from "node:fs";
import { conformanceFile } from "./conformance.ts";

/** A route of the server. `path` may hold `:name` or `{name}` segments. */
export interface ServedRoute {
  method: string;
  path: string;
}

/** A row of the endpoint list. */
export interface Endpoint extends ServedRoute {
  priority: string;
  entity: string;
  calledBy: string;
}

/** Rows of the endpoint list; undefined where the conformance data is absent. */
export function endpoints(): Endpoint[] | undefined {
  const file = conformanceFile("mastodon-api/endpoints.tsv");
  if (file === undefined) return undefined;
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = header.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return {
      method: cell("method"),
      path: cell("path"),
      entity: cell("entity"),
      calledBy: cell("called_by"),
      priority: cell("priority"),
    };
  });
}

/** A path with every parameter alike and without query and trailing slash, for comparing. */
export function pathShape(path: string): string {
  const [bare = ""] = path.split("?");
  return bare.replace(/(?<=.)\/$/, "").replaceAll(/\/(:[^/]+|\{[^}]+\})/g, "/:");
}

/** Endpoints of one priority that the server has no route for, as `METHOD /path`. */
export function missingEndpoints(
  routes: readonly ServedRoute[],
  wanted: readonly Endpoint[],
  priority = "P0",
): string[] {
  const served = new Set(routes.map((r) => `${r.method.toUpperCase()} ${pathShape(r.path)}`));
  return wanted
    .filter((row) => row.priority === priority && !served.has(`${row.method} ${pathShape(row.path)}`))
    .map((row) => `${row.method} ${row.path}`);
}
