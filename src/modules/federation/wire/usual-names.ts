/**
 * The slow way for documents that cannot be read by the names of their properties: JSON-LD gives every name its meaning, and what means
 * something to us gets its usual name back.
 */
import activityStreams from "./contexts/activitystreams.json" with { type: "json" };
import usual from "./contexts/usual.json" with { type: "json" };
import { redefines } from "./plain.ts";
import { get, isObject, list, type Json } from "./values.ts";

/** What JSON-LD may cost: expansion takes some µs per node and again per term of every context. */
const MAX_NODES = 3_000;
const MAX_DEPTH = 24;
const MAX_CONTEXTS = 20;
const MAX_TERMS = 300;

const CONTEXTS = new Map<string, unknown>([
  ["https://www.w3.org/ns/activitystreams", activityStreams],
  ["http://www.w3.org/ns/activitystreams", activityStreams],
  ...[
    "https://w3id.org/security/v1",
    "https://w3id.org/security/v2",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/identity/v1",
    "https://www.w3.org/ns/did/v1",
    "https://www.w3.org/ns/cid/v1",
    "http://joinmastodon.org/ns",
    "https://gotosocial.org/ns",
    "https://join-lemmy.org/context.json",
    "https://purl.archive.org/socialweb/webfinger",
    "https://purl.archive.org/miscellany",
    "https://w3id.org/fep/5711",
  ].map((url): [string, unknown] => [url, usual]),
]);

class UnknownContext extends Error {}

/** Gives bundled contexts only. There is no way from here to the network. */
export function bundledContext(url: string): Promise<{ documentUrl: string; document: unknown }> {
  const bare = url.replace(/#$/, "");
  // Pleroma and its relatives serve one and the same vocabulary below the name of each host.
  const document =
    CONTEXTS.get(bare) ?? (/^https:\/\/[^/]+\/schemas\/litepub-[\d.]+\.jsonld$/.test(bare) ? usual : undefined);
  return document === undefined
    ? Promise.reject(new UnknownContext(url))
    : Promise.resolve({ documentUrl: url, document });
}

/**
 * The document with the usual names, without a context.
 *
 * @returns undefined when it is too complex, needs a context that is not bundled, or is no single object; never rejects
 */
export async function usualNames(json: Json): Promise<Json | undefined> {
  // Other meanings for the usual names would be correct JSON-LD, but no honest server sends them; it is done to let two readers see
  // two different things.
  if (redefines(json) || !isAffordable(json)) return undefined;
  try {
    const { default: jsonld } = await import("jsonld");
    const expanded = await jsonld.expand(json, {
      base: "",
      expandContext: activityStreams,
      documentLoader: bundledContext,
    });
    // Several nodes at the top have no order that says which one is meant.
    const [node] = expanded;
    return expanded.length === 1 && isObject(node) ? named(node) : undefined;
  } catch {
    return undefined;
  }
}

function isAffordable(root: Json): boolean {
  let level: object[] = [root];
  let nodes = 0;
  let contexts = 0;
  let terms = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    const next: object[] = [];
    for (const container of level) {
      if (!Array.isArray(container) && Object.hasOwn(container, "@context")) {
        const given = list(get(container as Json, "@context"));
        contexts += given.length;
        for (const entry of given) if (isObject(entry)) terms += Object.keys(entry).length;
      }
      for (const value of Object.values(container)) {
        nodes++;
        if (typeof value === "object" && value !== null) next.push(value as object);
      }
    }
    if (nodes > MAX_NODES || contexts > MAX_CONTEXTS || terms > MAX_TERMS) return false;
    level = next;
  }
  return true;
}

/** Namespaces of which everything is taken. */
const WHOLE = [
  "https://www.w3.org/ns/activitystreams#",
  "http://joinmastodon.org/ns#",
  "https://gotosocial.org/ns#",
  "https://w3id.org/fep/044f#",
  "http://litepub.social/ns#",
  "https://misskey-hub.net/ns#",
  "https://purl.archive.org/socialweb/webfinger#",
];

/** Names of namespaces that also hold names which mean something else there, e.g. schema.org's `image`. */
const SINGLE = new Map([
  ["http://www.w3.org/ns/ldp#inbox", "inbox"],
  ["https://w3id.org/security#Key", "Key"],
  ["https://w3id.org/security#Multikey", "Multikey"],
  ["https://w3id.org/security#owner", "owner"],
  ["https://w3id.org/security#controller", "controller"],
  ["https://w3id.org/security#publicKey", "publicKey"],
  ["https://w3id.org/security#publicKeyPem", "publicKeyPem"],
  ["https://w3id.org/security#publicKeyMultibase", "publicKeyMultibase"],
  ["https://w3id.org/security#assertionMethod", "assertionMethod"],
  ["http://schema.org#PropertyValue", "PropertyValue"],
  ["http://schema.org/PropertyValue", "PropertyValue"],
  ["http://schema.org#value", "value"],
  ["http://schema.org/value", "value"],
  ["https://schema.org/PropertyValue", "PropertyValue"],
  ["https://schema.org/value", "value"],
  ["http://schema.org/inLanguage", "language"],
  ["http://schema.org/identifier", "identifier"],
  ["http://fedibird.com/ns#quoteUri", "quoteUri"],
  ["http://ostatus.org#conversation", "conversation"],
]);

function nameOf(iri: unknown): string | undefined {
  if (typeof iri !== "string") return undefined;
  const single = SINGLE.get(iri);
  if (single !== undefined) return single;
  for (const namespace of WHOLE) {
    if (iri.startsWith(namespace)) {
      const name = iri.slice(namespace.length);
      return /^\w+$/.test(name) ? name : undefined;
    }
  }
  return undefined;
}

/** A node of the expanded form under the usual names. Its depth is bounded by that of the document. */
function named(node: Json): Json {
  const out: Json = {};
  const types = list(get(node, "@type")).map((type) => nameOf(type));
  const known = types.filter((type) => type !== undefined);
  if (known.length > 0) out["type"] = known;
  const id = get(node, "@id");
  if (typeof id === "string") out["id"] = id;
  for (const iri of Object.keys(node)) {
    const name = nameOf(iri);
    // `id` and `type` are no properties, and a name of two namespaces belongs to the first.
    if (name === undefined || Object.hasOwn(out, name) || name === "__proto__") continue;
    const spoken: Json = {};
    const values: unknown[] = [];
    for (const entry of list(node[iri])) {
      const tag = isObject(entry) ? get(entry, "@language") : undefined;
      if (typeof tag === "string" && tag !== "__proto__" && isObject(entry)) spoken[tag] = get(entry, "@value");
      values.push(value(entry));
    }
    out[name] = values.length === 1 ? values[0] : values;
    if (Object.keys(spoken).length > 0) out[`${name}Map`] = spoken;
  }
  return out;
}

function value(entry: unknown): unknown {
  if (!isObject(entry)) return entry;
  if (Object.hasOwn(entry, "@value")) return entry["@value"];
  if (Object.hasOwn(entry, "@list")) return list(entry["@list"]).map(value);
  const keys = Object.keys(entry);
  if (keys.length === 1 && keys[0] === "@id") return entry["@id"];
  return named(entry);
}
