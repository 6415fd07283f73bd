import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * What an address is good for: `public` is global unicast outside every special-purpose range; `loopback` is this machine (127.0.0.0/8 and
 * ::1); `special` is everything else, and what is no address at all.
 */
export type AddressKind = "public" | "loopback" | "special";

function list(family: "ipv4" | "ipv6", subnets: readonly string[]): BlockList {
  const out = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits = ""] = subnet.split("/");
    out.addSubnet(address, Number(bits), family);
  }
  return out;
}

/** IANA's IPv4 special-purpose registry, as far as not globally reachable, and multicast. */
const SPECIAL_V4 = list("ipv4", [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carrier-grade NAT
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, the metadata services of clouds
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // 6to4 relays, given up
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
]);

/**
 * Global unicast, the only IPv6 space anybody is reached in. Everything outside is refused without being listed: unspecified, loopback,
 * IPv4-mapped and -compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard, segment routing, unique-local, link-local, site-local,
 * multicast.
 */
const GLOBAL_V6 = list("ipv6", ["2000::/3"]);
/** Inside of it, the special ranges; those with an IPv4 address in them could lead anywhere. */
const SPECIAL_V6 = list("ipv6", [
  "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4
  "3ffe::/16", // 6bone, given back
  "3fff::/20", // documentation
]);
const LOOPBACK_V4 = list("ipv4", ["127.0.0.0/8"]);
const LOOPBACK_V6 = list("ipv6", ["::1/128"]);

/**
 * Judges an address in the notation of sockets and resolvers (dotted quad, or IPv6 with or without compression, without brackets). An
 * address with a zone (`fe80::1%eth0`) is special. Sources: the IANA special-purpose registries (RFC 6890 and updates).
 */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) {
    if (!SPECIAL_V4.check(address, "ipv4")) return "public";
    return LOOPBACK_V4.check(address, "ipv4") ? "loopback" : "special";
  }
  if (!isIPv6(address) || address.includes("%")) return "special";
  // ::ffff:127.0.0.1 is not taken for loopback: nobody needs to write it so, and two readers may read it differently.
  if (LOOPBACK_V6.check(address, "ipv6") && !address.includes(".")) return "loopback";
  return GLOBAL_V6.check(address, "ipv6") && !SPECIAL_V6.check(address, "ipv6") ? "public" : "special";
}
