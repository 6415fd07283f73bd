import { FetchFailed } from "#platform/fetch/failed.ts";
import type { Signer } from "#platform/fetch/guarded.ts";
import type { Id } from "#platform/ids.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import { signCavage, signRfc9421 } from "#modules/federation/signatures/sign.ts";
import type { IncomingObject } from "#modules/federation/wire/types.ts";
import { parseDocument, ParseProblem } from "#modules/federation/wire/parse.ts";
import { readDocument } from "#modules/federation/wire/jsonld.ts";
import { hostOf, sameOrigin } from "#modules/federation/uris.ts";
import type { Keys } from "./keys.ts";

/** Why a document is not to be had. `gone`: its origin says 410; `absent`: it says 404, which is also what it says of what we may not see. */
export type Missing = "gone" | "absent" | "refused" | "unreachable" | "unreadable" | "foreign";

export interface Documents {
  /**
   * Fetches an object from its origin, signed by the instance, or by somebody here for what only they may read. The answer says who it is by its own `id`; when that is
   * another address than asked for, it is fetched once more from there (safety.md T18). Never throws.
   */
  get(uri: string, as?: Id): Promise<IncomingObject | Missing>;
  /** Raw JSON of a collection page, for embedded items that belong to their origin. */
  readonly types: readonly string[];
}

const ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
const TYPES = ["application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'];
const MAX_BYTES = 1024 * 1024;

export function createDocuments(deps: FederationDeps, keys: Keys, policies: DomainPolicies): Documents {
  async function signer(as: Id, spec: "cavage" | "rfc9421"): Promise<Signer> {
    const key = await keys.own(as);
    const sign = spec === "cavage" ? signCavage : signRfc9421;
    return ({ method, url }) =>
      sign({ method, url, keyId: key.id, privateKey: key.privateKey, date: deps.clock.now() });
  }

  async function once(uri: string, as: Id): Promise<{ object: IncomingObject; url: string } | Missing> {
    const host = hostOf(uri);
    if (host === undefined || !(await policies.mayTalkTo(host))) return "refused";
    for (const spec of ["cavage", "rfc9421"] as const) {
      try {
        const answer = await deps.fetcher.document(uri, {
          accept: ACCEPT,
          types: TYPES,
          maxBytes: MAX_BYTES,
          sign: await signer(as, spec),
        });
        const json = parseDocument(answer.body);
        if (json instanceof ParseProblem) return "unreadable";
        const object = await readDocument(json, deps.clock.now());
        return object ? { object, url: answer.url } : "unreadable";
      } catch (error) {
        if (!(error instanceof FetchFailed)) throw error;
        // Who does not know our signature may know the other form.
        if (spec === "cavage" && (error.status === 401 || error.status === 403)) continue;
        if (error.status === 404) return "absent";
        if (error.status === 410) return "gone";
        if (error.reason === "wrong_type" || error.reason === "too_large") return "unreadable";
        return error.status !== undefined && error.status < 500 ? "refused" : "unreachable";
      }
    }
    return "refused";
  }

  return {
    types: TYPES,
    async get(uri, as = 0n) {
      const first = await once(uri, as);
      if (typeof first === "string") return first;
      const { object, url } = first;
      const id = "id" in object ? object.id : undefined;
      // A key document, or an anonymous collection, speaks for the address it was found under.
      if (id === undefined) return sameOrigin(url, uri) ? object : "foreign";
      // Who is sent elsewhere does not hear the origin any more, whatever the document calls itself.
      if ((id === uri || id === url) && sameOrigin(url, uri)) return object;
      if (object.kind === "key" || object.kind === "collection") return sameOrigin(id, url) ? object : "foreign";
      // Another id: only its own origin may say what stands there.
      const second = await once(id, as);
      if (typeof second === "string") return second;
      return "id" in second.object && second.object.id === id && sameOrigin(second.url, id) ? second.object : "foreign";
    },
  };
}
