/** The baseline: what Fedify's inbox costs for the same requests, without network and queue. */
import { createFederation, MemoryKvStore } from "@fedify/fedify";
import { Create, Person } from "@fedify/vocab";
import type { Peer, Signed } from "./fediverse.ts";

const SECURITY = "https://w3id.org/security/v1";

/** Microseconds of CPU for one signed activity, keys and contexts cached. */
export async function fedifyCost(people: readonly Peer[], samples: readonly Signed[]): Promise<number> {
  const documents = new Map<string, unknown>(
    people.map((p) => [
      p.id,
      {
        "@context": ["https://www.w3.org/ns/activitystreams", SECURITY],
        id: p.id,
        type: "Person",
        preferredUsername: p.name,
        inbox: `${p.id}/inbox`,
        publicKey: { id: p.keyId, owner: p.id, publicKeyPem: p.pem },
      },
    ]),
  );
  const { getDocumentLoader } = await import("@fedify/vocab-runtime");
  const preloaded = getDocumentLoader();
  const load = async (url: string): Promise<{ contextUrl: null; document: unknown; documentUrl: string }> => {
    const found = documents.get(url.replace(/#.*$/, ""));
    if (found) return { contextUrl: null, document: found, documentUrl: url };
    const context = await preloaded(url);
    return { contextUrl: null, document: context.document, documentUrl: url };
  };
  let received = 0;
  const federation = createFederation<undefined>({
    kv: new MemoryKvStore(),
    documentLoaderFactory: () => load,
    contextLoaderFactory: () => load,
    signatureTimeWindow: false,
  });
  federation.setActorDispatcher(
    "/users/{identifier}",
    (ctx, identifier) => new Person({ id: ctx.getActorUri(identifier) }),
  );
  federation.setInboxListeners("/users/{identifier}/inbox", "/inbox").on(Create, () => {
    received++;
  });
  const fetchOne = async (s: Signed): Promise<void> => {
    const answer = await federation.fetch(
      new Request(`http://localhost:3000${s.path}`, {
        method: "POST",
        headers: s.headers,
        body: new Uint8Array(s.body),
      }),
      { contextData: undefined },
    );
    await answer.arrayBuffer();
  };
  const [warm, measured] = [samples.slice(0, 50), samples.slice(50)];
  for (const s of warm) await fetchOne(s);
  const before = process.cpuUsage();
  for (const s of measured) await fetchOne(s);
  const used = process.cpuUsage(before);
  if (received !== samples.length) throw new Error(`Fedify took ${received} of ${samples.length} activities.`);
  return (used.user + used.system) / measured.length;
}
