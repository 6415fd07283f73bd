/** Reading and checking alone: from the raw request to the typed activity, without network and database. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { parseDocument, readObject, readSignature, signatureSite, verifySignature } from "#modules/federation/index.ts";
import type { Peer, Signed } from "./fediverse.ts";

/** Microseconds of CPU for one signed activity. Every one has to verify and to be understood. */
export async function readingCost(people: readonly Peer[], samples: readonly Signed[]): Promise<number> {
  const site = signatureSite("http://localhost:3000");
  const keys = new Map<string, KeyObject>(people.map((p) => [p.keyId, createPublicKey(p.pem)]));
  const now = new Date();
  const one = (s: Signed): boolean => {
    const reading = readSignature(
      { method: "POST", target: s.path, header: (name) => s.headers[name], body: s.body },
      site,
      now.getTime(),
    );
    if (!reading.ok) return false;
    const [candidate] = reading.candidates;
    const key = keys.get(candidate.keyId);
    if (!key || !verifySignature(candidate, key)) return false;
    const read = readObject(parseDocument(s.body), now);
    return read?.kind === "activity" && read.object?.kind === "note" && read.object.content !== "";
  };
  for (const s of samples) if (!one(s)) throw new Error("A sample was not understood.");
  // A server is measured as it runs for weeks: with compiled code, which takes some ten thousand calls.
  for (let round = 0; round < 20; round++) for (const s of samples) one(s);
  const ROUNDS = 20;
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) for (const s of samples) one(s);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / (ROUNDS * samples.length);
}
