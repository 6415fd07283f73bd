import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKind } from "./addresses.ts";
import { FetchFailed } from "./failed.ts";
import { checkTarget, type TargetRules } from "./target.ts";

const RULES: TargetRules = {
  allowLoopback: false,
  ports: [],
  trustedOrigins: new Set(["http://10.0.0.5:9000"]),
  blocked: (host) => host === "blocked.example" || host.endsWith(".blocked.example"),
};
const LOOPBACK_RULES = { ...RULES, allowLoopback: true };

/** Why a URL is refused; "" when it is not. */
function refusal(url: string, rules = RULES): string {
  try {
    checkTarget(url, rules);
    return "";
  } catch (error) {
    assert.ok(error instanceof FetchFailed, String(error));
    return error.reason;
  }
}

test("T01 T02 loopback and the unspecified address are refused, whatever the port", () => {
  for (const host of ["127.0.0.1", "127.255.255.254", "[::1]", "[::]", "0.0.0.0", "[0:0:0:0:0:0:0:1]"]) {
    for (const url of [`http://${host}:5432/`, `https://${host}/`, `http://${host}/`]) {
      assert.equal(refusal(url), "blocked_address", url);
    }
  }
});

test("T03 special-use IPv4: carrier-grade NAT, benchmarking, protocol assignments, multicast, reserved and the rest", () => {
  for (const address of [
    ["100.64.0.0", "100.127.255.255", "198.18.0.0", "198.19.255.255", "192.0.0.1", "192.0.0.255", "224.0.0.1"],
    ["239.255.255.255", "240.0.0.0", "255.255.255.255", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    ["169.254.169.254", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "0.1.2.3"],
  ].flat()) {
    assert.equal(refusal(`https://${address}/`), "blocked_address", address);
  }
  for (const address of ["100.63.255.255", "100.128.0.0", "198.17.255.255", "198.20.0.0", "172.15.0.1", "8.8.8.8"]) {
    assert.equal(refusal(`https://${address}/`), "", address);
  }
});

test("T04 IPv4 inside IPv6, and the other special ranges of IPv6", () => {
  for (const address of [
    ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"],
    ["64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "3fff::1", "100::1", "fc00::1"],
    ["fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "2001:2::1", "2001:10::1", "5f00::1", "4000::1"],
  ].flat()) {
    assert.equal(refusal(`https://[${address}]/`), "blocked_address", address);
    assert.equal(refusal(`http://[${address}]/`, LOOPBACK_RULES), "blocked_address", address);
  }
  for (const address of ["2606:4700::1111", "2a01:4f8::1", "2001:4860:4860::8888"]) {
    assert.equal(refusal(`https://[${address}]/`), "", address);
  }
  assert.equal(addressKind("fe80::1%eth0"), "special");
  assert.equal(addressKind("2606:4700::1111%eth0"), "special");
  assert.equal(addressKind("::ffff:8.8.8.8"), "special");
  assert.equal(addressKind("example.org"), "special");
});

test("odd notations of addresses end up as the address they mean", () => {
  for (const host of [
    "0x7f.1",
    "2130706433",
    "127.1",
    "0177.0.0.1",
    "0x7f000001",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
  ]) {
    assert.match(refusal(`https://${host}/`), /blocked_address|bad_url/, host);
    assert.equal(refusal(`http://${host.replace(/\.$/, "")}/`, LOOPBACK_RULES), "", host);
  }
  assert.equal(refusal("http://0xa000001/", LOOPBACK_RULES), "blocked_address");
});

test("what is no URL to be fetched", () => {
  for (const url of [
    ["", "inbox", "//x.example", "ftp://x.example/", "data:text/plain,x", "file:///etc/passwd", "gopher://x.example/"],
    [
      "https://user@x.example/",
      "https://:pw@x.example/",
      "https://x.example:8443/",
      "https://x.example:80/",
      "https://",
    ],
    ["http://x.example/", "https://x.example./", "https://localhost/", "https://postgres/", "https://x.example:99999/"],
    [
      `https://x.example/${"a".repeat(5000)}`,
      "javascript:1",
      "blob:https://x.example/1",
      "https://[::1/",
      "https://x y/",
    ],
  ].flat()) {
    assert.equal(refusal(url), "bad_url", url.slice(0, 60));
  }
  assert.equal(refusal("https://x.example/?a#b"), "");
  assert.equal(refusal("https://x.example:443/"), "");
  assert.equal(refusal("https://x.example:8443/", { ...RULES, ports: [8443] }), "");
});

test("T07 a private or data: href, as a NodeInfo document may name it", () => {
  assert.equal(refusal("data:application/json,{}"), "bad_url");
  assert.equal(refusal("https://192.168.0.1/nodeinfo/2.1"), "blocked_address");
  assert.equal(refusal("http://x.example/nodeinfo/2.1"), "bad_url");
});

test("blocked domains are refused in every spelling", () => {
  for (const url of [
    "https://blocked.example/",
    "https://BLOCKED.example/",
    "https://a.blocked.example/",
    "https://bl%6fcked.example/",
  ]) {
    assert.equal(refusal(url), "blocked_domain", url);
  }
  assert.notEqual(refusal("https://blocked.example./"), "");
});

test("loopback peers: http to loopback and to names, any port; everything else as always", () => {
  for (const url of ["http://127.0.0.1:3000/", "http://[::1]:1/", "http://localhost:3000/", "http://peer.test:3000/"]) {
    assert.equal(refusal(url, LOOPBACK_RULES), "", url);
  }
  for (const url of [
    "https://127.0.0.1/",
    "https://127.0.0.1:3000/",
    "http://10.0.0.1/",
    "http://8.8.8.8/",
    "http://[::]/",
  ]) {
    assert.notEqual(refusal(url, LOOPBACK_RULES), "", url);
  }
});

test("the operator's own services may live anywhere, but only at the origin that was configured", () => {
  assert.equal(refusal("http://10.0.0.5:9000/bucket"), "");
  assert.equal(refusal("http://10.0.0.5:9001/bucket"), "blocked_address");
});

// ---- an oracle that shares nothing with the code: addresses as numbers, ranges as text

const SPECIAL = [
  ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ["224.0.0.0/3"],
].flat();

function specialV4(address: number): boolean {
  return SPECIAL.some((range) => {
    const [start = "", bits = ""] = range.split("/");
    const base = start.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    return address >= base && address < base + size;
  });
}

/** Groups of 16 bits. */
function specialV6(groups: readonly number[]): boolean {
  const [a = 0, b = 0] = groups;
  if (a < 0x2000 || a > 0x3fff) return true;
  if (a === 0x2002 || a === 0x3ffe) return true;
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return true;
  return a === 0x3fff && b < 0x1000;
}

let state = 42;
function below(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** An address near or inside a special range more often than chance would have it. */
function randomV4(): number {
  if (below(2) === 0) return below(2 ** 16) * 65536 + below(65536);
  const [start = "", bits = "8"] = (SPECIAL[below(SPECIAL.length)] ?? "").split("/");
  const base = start.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const edge = [base - 1, base, base + 2 ** (32 - Number(bits)) - 1, base + 2 ** (32 - Number(bits))][below(4)] ?? 0;
  return Math.min(Math.max(edge, 0), 2 ** 32 - 1);
}

function number(value: number): string {
  const zeros = "0".repeat(below(3));
  return (
    [
      String(value),
      `0x${zeros}${value.toString(16)}`,
      `0X${value.toString(16).toUpperCase()}`,
      `0${zeros}${value.toString(8)}`,
    ][below(4)] ?? ""
  );
}

/** The address in one of the notations that inet_aton and the URL parser understand: one to four parts, three bases. */
function notationV4(address: number): string {
  const parts = 1 + below(4);
  const out: string[] = [];
  for (let n = 0; n < parts - 1; n++) out.push(number(Math.floor(address / 256 ** (3 - n)) % 256));
  out.push(number(address % 256 ** (5 - parts)));
  return out.join(".");
}

function randomV6(): number[] {
  const first = [0x2000, 0x2001, 0x2002, 0x3ffe, 0x3fff, 0x2a01, 0, 0x64, 0xfc00, 0xfe80, 0xfec0, 0xff02][below(13)];
  const second = [0, 0x1ff, 0x200, 0xdb8, 0xfff, 0x1000, 0xff9b][below(8)];
  const groups = Array.from({ length: 8 }, () => (below(3) === 0 ? 0 : below(65536)));
  groups[0] = first ?? below(65536);
  groups[1] = second ?? below(65536);
  return groups;
}

function notationV6(groups: readonly number[]): string {
  const hex = groups.map((group) => {
    const text = group.toString(16).padStart(below(2) * 4, "0");
    return below(2) ? text : text.toUpperCase();
  });
  const tail = (((groups[6] ?? 0) << 16) | (groups[7] ?? 0)) >>> 0;
  const dotted = [24, 16, 8, 0].map((shift) => (tail >>> shift) & 255).join(".");
  const style = below(3);
  if (style === 0) hex.splice(6, 2, dotted);
  // One run of zeros as "::".
  const start = groups.findIndex((group, n) => group === 0 && n < (style === 0 ? 6 : 8));
  if (style === 1 || start < 0) return hex.join(":");
  let end = start;
  while (end < (style === 0 ? 6 : 8) && groups[end] === 0) end++;
  return `${hex.slice(0, start).join(":")}::${hex.slice(end).join(":")}`;
}

test("property: 40,000 random addresses in all notations, against an independent oracle", () => {
  let open = 0;
  for (let n = 0; n < 20_000; n++) {
    const v4 = randomV4();
    const dotted = [24, 16, 8, 0].map((shift) => Math.floor(v4 / 2 ** shift) % 256).join(".");
    assert.equal(addressKind(dotted) !== "public", specialV4(v4), dotted);
    assert.equal(addressKind(dotted) === "loopback", Math.floor(v4 / 2 ** 24) === 127, dotted);
    const odd = `https://${notationV4(v4)}/`;
    assert.equal(refusal(odd) === "blocked_address", specialV4(v4), odd);
    if (!specialV4(v4)) open++;

    const v6 = randomV6();
    const text = notationV6(v6);
    assert.equal(addressKind(text) !== "public", specialV6(v6), text);
    assert.equal(refusal(`https://[${text}]/`) === "blocked_address", specialV6(v6), text);
    if (!specialV6(v6)) open++;
  }
  assert.ok(open > 5000 && open < 35_000, String(open));
});
