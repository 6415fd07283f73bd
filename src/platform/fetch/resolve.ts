import { lookup, Resolver } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { FetchFailed } from "./failed.ts";
import { checkAddress } from "./target.ts";

/** Gives all addresses of a name, IPv4 and IPv6. */
export type Resolve = (host: string) => Promise<string[]>;

/** Addresses of one name that are tried. */
const MAX_ADDRESSES = 8;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/**
 * Asks the name servers directly instead of through `getaddrinfo`: that takes one of two threads of the pool for as long as a dead name
 * server needs, and a few dead hosts would stop all deliveries. IPv4 comes first, because more servers have it.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: 1500, tries: 2, maxTimeout: 3000 });
  return async (host) => {
    if (host === "localhost" || host.endsWith(".localhost")) return ["127.0.0.1", "::1"];
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length > 0) return found;
    // No name server is configured where c-ares looks for one.
    if (v4.status === "rejected" && codeOf(v4.reason) === "ECONNREFUSED") {
      return (await lookup(host, { all: true })).map((entry) => entry.address);
    }
    return [];
  };
}

/**
 * The look-up of a connection: resolves once, judges **every** address, and hands exactly those to the socket, which therefore cannot be
 * sent elsewhere by a name that answers differently the second time.
 *
 * @param loopback see `checkAddress`; undefined for the operator's own services, whose addresses are not judged.
 */
export function createLookup(resolve: Resolve, loopback: boolean | undefined): LookupFunction {
  const vetted = callbackify((host: string) => vet(resolve, host, loopback));
  return (host, options, callback) => {
    vetted(host, (error: NodeJS.ErrnoException | null, addresses) => {
      if (error) {
        callback(error instanceof FetchFailed ? error : new FetchFailed("dns", "No address", { cause: error }), "");
      } else if (options.all) callback(null, addresses);
      else callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

interface Address {
  address: string;
  family: number;
}

async function vet(resolve: Resolve, host: string, loopback: boolean | undefined): Promise<[Address, ...Address[]]> {
  const addresses = await resolve(host);
  if (loopback !== undefined) for (const address of addresses) checkAddress(address, loopback);
  const [first, ...others] = addresses
    .slice(0, MAX_ADDRESSES)
    .map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  if (!first) throw new FetchFailed("dns", "The name has no address");
  return [first, ...others];
}
