/**
 * Judges JSON answers of the Mastodon door against the OpenAPI description of Mastodon's API. Used by tests only; it is
 * never part of the server.
 */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { conformanceFile } from "./conformance.ts";

/** The parts of an OpenAPI document that matter here. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  responses?: Record<string, { content?: Record<string, { schema?: unknown }> }>;
}

/** What the oracle says about one answer. */
export interface Verdict {
  /** False when the description has no JSON schema for this operation and status. */
  checked: boolean;
  /** `METHOD /path/{template} status`; undefined when no operation of the description matches. */
  operation: string | undefined;
  errors: string[];
}

const VERBS = ["get", "post", "put", "patch", "delete"];

/** Operations whose schema is known to be wrong, and why the right answer fails. */
const KNOWN_FAULTS = new Map([
  ["GET /api/v1/filters 200", "the schema says object, Mastodon answers with an array"],
  ["DELETE /api/v2/filters/statuses/{id} 200", "Mastodon answers with an empty object"],
]);

interface Route {
  path: string;
  placeholders: number;
  pattern: RegExp;
  operations: Record<string, Operation>;
}

/** Judges answers and remembers what it saw. */
export class ResponseOracle {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  readonly #routes: Route[];
  readonly #failures = new Map<string, { count: number; errors: Set<string> }>();
  readonly #seen = new Map<string, number>();
  #unchecked = 0;

  constructor(document: OpenApi) {
    this.#ajv.addSchema(document, "api");
    const routes = Object.entries(document.paths).map(([path, operations]) => ({
      path,
      operations,
      placeholders: path.split("{").length - 1,
      pattern: templatePattern(path),
    }));
    // A literal path wins over a template: `/accounts/lookup` is not the account "lookup".
    this.#routes = routes.sort((a, b) => a.placeholders - b.placeholders);
  }

  /** Judges one JSON answer. `pathname` may end with a slash. */
  check(method: string, pathname: string, status: number, body: unknown): Verdict {
    const verdict = this.#judge(method, pathname, status, body);
    if (!verdict.checked) this.#unchecked++;
    else this.#seen.set(verdict.operation ?? "", (this.#seen.get(verdict.operation ?? "") ?? 0) + 1);
    if (verdict.errors.length > 0 && verdict.operation) {
      const entry = this.#failures.get(verdict.operation) ?? { count: 0, errors: new Set<string>() };
      entry.count++;
      for (const error of verdict.errors) entry.errors.add(error);
      this.#failures.set(verdict.operation, entry);
    }
    return verdict;
  }

  /**
   * Judges an answer of `fetch`, whose body stays readable. Answers that are not JSON count as unchecked.
   */
  async checkResponse(method: string, response: Response, pathname = new URL(response.url).pathname): Promise<Verdict> {
    const type = response.headers.get("content-type") ?? "";
    if (!type.includes("application/json")) {
      this.#unchecked++;
      return { checked: false, operation: undefined, errors: [] };
    }
    return this.check(method, pathname, response.status, await response.clone().json());
  }

  /** One line per operation with errors, most frequent first. Empty when every checked answer was right. */
  failures(): string[] {
    return [...this.#failures]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([operation, { count, errors }]) => `${operation} (${count}×): ${[...errors].slice(0, 5).join("; ")}`);
  }

  /** How often each operation was checked, and how many answers could not be. */
  coverage(): { operations: ReadonlyMap<string, number>; unchecked: number } {
    return { operations: this.#seen, unchecked: this.#unchecked };
  }

  #judge(method: string, pathname: string, status: number, body: unknown): Verdict {
    const verb = method.toLowerCase();
    const path = pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
    const route = VERBS.includes(verb)
      ? this.#routes.find((r) => r.operations[verb] !== undefined && r.pattern.test(path))
      : undefined;
    if (!route) return { checked: false, operation: undefined, errors: [] };
    const operation = `${method.toUpperCase()} ${route.path} ${status}`;
    const schema = route.operations[verb]?.responses?.[String(status)]?.content?.["application/json"]?.schema;
    if (schema === undefined) return { checked: false, operation, errors: [] };
    const validate = this.#validator(["paths", route.path, verb, "responses", String(status)]);
    if (validate(body) || KNOWN_FAULTS.has(operation)) return { checked: true, operation, errors: [] };
    const errors = (validate.errors ?? []).map((e) => `${e.instancePath || "/"} ${e.message ?? e.keyword}`);
    if (isDeletedBoost(operation, body)) {
      return { checked: true, operation, errors: errors.filter((e) => !e.startsWith("/reblog")) };
    }
    return { checked: true, operation, errors };
  }

  #validator(steps: string[]): ValidateFunction {
    const pointer = [...steps, "content", "application/json", "schema"]
      .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const found = this.#ajv.getSchema(`api#/${pointer}`);
    if (!found) throw new Error(`The OpenAPI document has no schema at ${pointer}`);
    return found;
  }
}

/** The third known fault: the deleted status is a boost, and the boosted status inside it has no `content` either. */
function isDeletedBoost(operation: string, body: unknown): boolean {
  return (
    operation === "DELETE /api/v1/statuses/{id} 200" &&
    typeof body === "object" &&
    body !== null &&
    "reblog" in body &&
    body.reblog !== null
  );
}

/** An `{id}` is a number, so that a path the description does not know, such as `/notifications/policy`, is not taken for one. */
function templatePattern(path: string): RegExp {
  const source = path
    .split(/(\{[^}]+\})/)
    .map((part, i) => (i % 2 === 0 ? RegExp.escape(part) : part === "{id}" ? "\\d+" : "[^/]+"))
    .join("");
  return new RegExp(`^${source}$`);
}

/** The oracle, when the conformance data is there (see `conformance.ts`). */
export function responseOracle(): ResponseOracle | undefined {
  const file = conformanceFile("mastodon-api/openapi-patched.json");
  return file === undefined ? undefined : new ResponseOracle(JSON.parse(readFileSync(file, "utf8")) as OpenApi);
}
