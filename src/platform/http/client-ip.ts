import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { ConfigError } from "#platform/config/env.ts";

/** Finds the client's address: the last one in `X-Forwarded-For` that no trusted proxy added. */
export type ClientIp = (req: IncomingMessage) => string;

/** `trust` is `none`, or a comma-separated list of `loopback`, `private`, addresses and CIDR ranges. */
export function clientIp(trust: string): ClientIp {
  const list = new BlockList();
  for (const entry of trust.split(",").map((e) => e.trim())) {
    if (entry === "" || entry === "none") continue;
    const ranges =
      entry === "loopback"
        ? ["127.0.0.0/8", "::1/128"]
        : entry === "private"
          ? ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
          : [entry];
    for (const range of ranges) {
      const [address = "", bits] = range.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      if (isIP(address) === 0)
        throw new ConfigError(
          `TRUST_PROXY=${trust}: "${entry}" is not loopback, private, none, an address or a range such as 10.0.0.0/8.`,
        );
      list.addSubnet(address, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
    }
  }
  const plain = (ip: string): string => ip.replace(/^::ffff:(?=\d+\.)/, "");
  const trusted = (ip: string): boolean => isIP(ip) !== 0 && list.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");

  return (req) => {
    let ip = plain(req.socket.remoteAddress ?? "127.0.0.1");
    const header = req.headers["x-forwarded-for"];
    if (header === undefined) return ip;
    const forwarded = String(header)
      .split(",")
      .map((p) => plain(p.trim()))
      .filter(Boolean);
    while (trusted(ip)) {
      const next = forwarded.pop();
      if (next === undefined || isIP(next) === 0) break;
      ip = next;
    }
    return ip;
  };
}
