/** Where a picture came from, written into the picture: a C2PA manifest, signed last, over the finished file. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as Library from "@contentauth/c2pa-wasm";
import { coseSigner, RESERVE } from "./cose.ts";
import type { SigningIdentity } from "./certificate.ts";

/** Last part of an IPTC digital source type (cv.iptc.org/newscodes/digitalsourcetype). */
export type SourceType =
  | "digitalCreation"
  | "humanEdits"
  | "algorithmicMedia"
  | "compositeWithTrainedAlgorithmicMedia"
  | "trainedAlgorithmicMedia";

export const SOURCE_TYPE_BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/";

export interface Origin {
  sourceType: SourceType;
  /** What made it, e.g. `Joke bank and comic engine` or a model; never a person, never the prompt. */
  agent: string;
  version: string;
  /** Address of the meme it is a remix of. */
  parent?: string | undefined;
  /** A person's own picture is part of it. */
  photo: boolean;
}

export interface Reading {
  /** `valid`: signed and unchanged (whoever signed); `invalid`: changed or damaged; `none`: no manifest. */
  state: "valid" | "invalid" | "none";
  /** Whole IRI, when it says one. */
  sourceType?: string | undefined;
  agent?: string | undefined;
  signer?: string | undefined;
}

export type SignedMime = "image/webp" | "image/jpeg" | "image/png" | "image/gif";

export interface C2pa {
  /** Signs finished bytes; any later change of one byte makes them invalid. */
  sign(bytes: Uint8Array, mime: SignedMime, origin: Origin): Promise<Uint8Array>;
  /** Reads what a file says of itself. Never throws for a damaged file. */
  read(bytes: Uint8Array, mime: SignedMime): Promise<Reading>;
}

// The library is made for browser workers: it reads a Blob synchronously, which needs the bytes at hand.
class SyncBlob extends Blob {
  readonly held: Uint8Array;
  constructor(held: Uint8Array, type: string) {
    super([Uint8Array.from(held)], { type });
    this.held = held;
  }
  override slice(start?: number, end?: number, type = ""): SyncBlob {
    return new SyncBlob(this.held.subarray(start, end), type);
  }
}
class SyncReader {
  readAsArrayBuffer(blob: SyncBlob): ArrayBuffer {
    return Uint8Array.from(blob.held).buffer;
  }
}

let loading: Promise<typeof Library> | undefined;

/** Eight megabytes of WebAssembly: only who needs it pays for it, once. */
function library(): Promise<typeof Library> {
  loading ??= (async () => {
    Object.assign(globalThis, { FileReaderSync: SyncReader });
    const loaded = await import("@contentauth/c2pa-wasm");
    const file = fileURLToPath(import.meta.resolve("@contentauth/c2pa-wasm/c2pa.wasm"));
    await loaded.default({ module_or_path: await WebAssembly.compile(readFileSync(file)) });
    return loaded;
  })();
  return loading;
}

// Thumbnails would cost 140 to 330 kB a file.
const SETTINGS = JSON.stringify({ builder: { thumbnail: { enabled: false } } });

export function createC2pa(identity: () => Promise<SigningIdentity>): C2pa {
  let signer: Promise<(claim: Uint8Array) => Uint8Array<ArrayBuffer>> | undefined;

  return {
    async sign(bytes, mime, origin) {
      const { WasmBuilder } = await library();
      signer ??= identity().then((i) => coseSigner(i.chainPem, i.keyPem));
      const sign = await signer;
      const builder = WasmBuilder.fromJson(JSON.stringify(manifest(origin)), SETTINGS);
      try {
        return await builder.sign(
          { alg: "es256", reserveSize: RESERVE, sign: (claim: Uint8Array) => Promise.resolve(sign(claim)) },
          mime,
          new SyncBlob(bytes, mime),
        );
      } finally {
        builder.free();
      }
    },
    async read(bytes, mime) {
      const { WasmReader } = await library();
      let reader: Library.WasmReader | undefined;
      try {
        reader = await WasmReader.fromBlob(mime, new SyncBlob(bytes, mime));
        return readingOf(JSON.parse(reader.json()));
      } catch (error) {
        const text = String(error);
        return { state: /jumbf.?not.?found|no claim|not found/i.test(text) ? "none" : "invalid" };
      } finally {
        reader?.free();
      }
    },
  };
}

function manifest(origin: Origin): object {
  const what = {
    digitalSourceType: `${SOURCE_TYPE_BASE}${origin.sourceType}`,
    softwareAgent: { name: origin.agent, version: origin.version },
  };
  const ingredients = [
    ...(origin.parent === undefined
      ? []
      : [
          {
            title: origin.parent,
            format: "image/webp",
            relationship: "parentOf",
            label: "parent",
            informational_URI: origin.parent,
          },
        ]),
    ...(origin.photo ? [{ title: "photo", format: "image/webp", relationship: "componentOf", label: "photo" }] : []),
  ];
  const opened = origin.parent !== undefined;
  const actions = [
    opened
      ? { action: "c2pa.opened", ...what, parameters: { ingredientIds: ["parent"] } }
      : { action: "c2pa.created", ...what },
    ...(opened ? [{ action: "c2pa.edited", softwareAgent: what.softwareAgent }] : []),
    ...(origin.photo ? [{ action: "c2pa.placed", parameters: { ingredientIds: ["photo"] } }] : []),
  ];
  return {
    claim_generator_info: [{ name: "Skein", version: origin.version }],
    title: "meme",
    ingredients,
    assertions: [{ label: "c2pa.actions.v2", data: { actions } }],
  };
}

interface Report {
  active_manifest?: string;
  validation_state?: string;
  manifests?: Record<
    string,
    {
      signature_info?: { issuer?: string; common_name?: string };
      assertions?: { label?: string; data?: { actions?: { digitalSourceType?: string; softwareAgent?: unknown }[] } }[];
    }
  >;
}

function readingOf(report: Report): Reading {
  const active = report.active_manifest === undefined ? undefined : report.manifests?.[report.active_manifest];
  if (!active) return { state: "none" };
  const action = (active.assertions ?? [])
    .filter((a) => a.label?.startsWith("c2pa.actions") === true)
    .flatMap((a) => a.data?.actions ?? [])
    .find((a) => a.digitalSourceType !== undefined);
  const agent = action?.softwareAgent;
  return {
    state: report.validation_state === "Valid" || report.validation_state === "Trusted" ? "valid" : "invalid",
    sourceType: action?.digitalSourceType,
    agent:
      typeof agent === "string"
        ? agent
        : typeof agent === "object" && agent !== null && "name" in agent
          ? String(agent.name)
          : undefined,
    signer: active.signature_info?.common_name ?? active.signature_info?.issuer,
  };
}
