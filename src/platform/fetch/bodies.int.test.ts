import assert from "node:assert/strict";
import { createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import { brotliCompressSync, constants, createGzip, gzipSync } from "node:zlib";
import { client, DOCUMENT, JSON_TYPE, listen, peer, refused } from "./lab.fixture.ts";

test("T08 endless bodies and bombs stop at the cap, with little memory", async () => {
  const zeros = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const brotliBomb = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 3 },
  });
  const origin = await peer((request, response) => {
    response.setHeader("Content-Type", JSON_TYPE);
    if (request.url === "/endless") {
      const more = (): void => {
        while (!response.destroyed && response.write(zeros)) sent += zeros.length;
      };
      response.on("drain", more);
      more();
    } else if (request.url === "/gzip") {
      response.setHeader("Content-Encoding", "gzip");
      const gzip = createGzip({ level: 9 });
      gzip.pipe(response);
      response.on("close", () => gzip.destroy());
      const more = (): void => {
        while (!gzip.destroyed && gzip.write(zeros)) sent += zeros.length;
      };
      gzip.on("drain", more);
      more();
    } else if (request.url === "/brotli") {
      response.setHeader("Content-Encoding", "br");
      response.end(brotliBomb);
    } else if (request.url === "/announced") {
      response.setHeader("Content-Length", 5 * 1024 ** 3);
      response.write("x");
    } else {
      response.setHeader("Content-Encoding", "gzip, gzip");
      response.end(gzipSync(gzipSync(zeros)));
    }
  });
  const fetcher = client();
  const before = process.memoryUsage().rss;
  for (const [path, reason] of [
    ["/endless", "too_large"],
    ["/gzip", "too_large"],
    ["/brotli", "too_large"],
    ["/announced", "too_large"],
    ["/twice", "wrong_type"],
  ] as const) {
    await assert.rejects(fetcher.document(origin + path, DOCUMENT), refused(reason));
  }
  // This process is the peer as well; it did not get to send much more than was read.
  assert.ok(sent < 512 * 1024 ** 2, String(sent));
  assert.ok(process.memoryUsage().rss - before < 150 * 1024 ** 2);
});

test("compressed documents arrive whole; damaged and cut-off ones fail", async () => {
  const text = Buffer.from(JSON.stringify({ content: "ä".repeat(100_000) }));
  const origin = await peer((request, response) => {
    response.setHeader("Content-Type", JSON_TYPE);
    const accepts = request.headers["accept-encoding"] ?? "";
    if (request.url === "/br") response.setHeader("Content-Encoding", "br").end(brotliCompressSync(text));
    else if (request.url === "/gzip") response.setHeader("Content-Encoding", "GZIP").end(gzipSync(text));
    else if (request.url === "/cut")
      response.setHeader("Content-Encoding", "gzip").end(gzipSync(text).subarray(0, -20));
    else if (request.url === "/damaged") response.setHeader("Content-Encoding", "gzip").end("no gzip at all");
    else response.end(accepts);
  });
  const fetcher = client();
  for (const path of ["/br", "/gzip"]) assert.deepEqual((await fetcher.document(origin + path, DOCUMENT)).body, text);
  for (const path of ["/cut", "/damaged"])
    await assert.rejects(fetcher.document(origin + path, DOCUMENT), refused("network"));
  assert.equal((await fetcher.document(`${origin}/`, DOCUMENT)).body.toString(), "gzip, br");
  assert.equal((await fetcher.bytes(`${origin}/`, { accept: "*/*", maxBytes: 100 })).body.toString(), "identity");
});

test("T09 a slow drip is ended by the deadline for the whole, before and after the headers, with redirects", async () => {
  const origin = await peer((request, response) => {
    if (request.url === "/never") return;
    if (request.url === "/again") {
      setTimeout(() => response.writeHead(302, { Location: `/never` }).end(), 50);
      return;
    }
    response.setHeader("Content-Type", JSON_TYPE);
    const timer = setInterval(() => response.write("x"), 30);
    response.on("close", () => clearInterval(timer));
  });
  const fetcher = client();
  for (const path of ["/drip", "/never", "/again"]) {
    await assert.rejects(fetcher.document(origin + path, { ...DOCUMENT, timeoutMs: 200 }), refused("timeout"));
  }
  await assert.rejects(fetcher.post(`${origin}/never`, Buffer.from("x"), {}, { timeoutMs: 100 }), refused("timeout"));
  // A server that takes connections and says nothing.
  const silent = createTcpServer(() => undefined);
  const port = await listen(silent);
  const url = `https://peer.test:${port}/`;
  const mute = client({
    trustedOrigins: [`https://peer.test:${port}`],
    resolve: async () => ["127.0.0.1"],
    connectTimeoutMs: 100,
  });
  await assert.rejects(mute.document(url, DOCUMENT), refused("timeout"));
});

test("T17 media types are compared exactly, with profile where one is required", async () => {
  const origin = await peer((request, response) => {
    const type = decodeURIComponent((request.url ?? "/").slice(1));
    if (type) response.setHeader("Content-Type", type);
    response.end("{}");
  });
  const fetcher = client();
  const profile = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
  const as = (type: string) =>
    fetcher.document(`${origin}/${encodeURIComponent(type)}`, { ...DOCUMENT, types: [JSON_TYPE, profile] });
  for (const type of [
    JSON_TYPE,
    "Application/Activity+JSON ;charset=utf-8",
    profile,
    `${profile.slice(0, -1)} https://x.test"`,
  ]) {
    assert.equal((await as(type)).status, 200, type);
  }
  for (const type of [
    "",
    "text/html",
    "application/json",
    "application/ld+json",
    "text/plain; x=application/activity+json",
    "application/activity+json2",
  ]) {
    await assert.rejects(as(type), refused("wrong_type"));
  }
});

test("a sink gets the body in its own time, and the cap holds there too", async () => {
  const origin = await peer((request, response) => {
    response.setHeader("Content-Type", "image/png");
    if (request.url === "/br")
      response.setHeader("Content-Encoding", "br").end(brotliCompressSync(Buffer.alloc(300_000, 7)));
    else response.end(Buffer.alloc(300_000, 7));
  });
  const fetcher = client();
  for (const path of ["/", "/br"]) {
    let bytes = 0;
    let writing = false;
    const sink = async (chunk: Buffer): Promise<void> => {
      assert.equal(writing, false);
      writing = true;
      await new Promise((resolve) => setImmediate(resolve));
      bytes += chunk.length;
      writing = false;
    };
    const found = await fetcher.bytes(origin + path, { accept: "image/*", maxBytes: 300_000, sink });
    assert.equal(bytes, 300_000);
    assert.equal(found.body.length, 0);
    assert.equal(found.contentType, "image/png");
    await assert.rejects(
      fetcher.bytes(origin + path, { accept: "image/*", maxBytes: 299_999, sink }),
      refused("too_large"),
    );
    const broken = (): Promise<void> => Promise.reject(new Error("disk full"));
    await assert.rejects(
      fetcher.bytes(origin + path, { accept: "image/*", maxBytes: 300_000, sink: broken }),
      refused("network"),
    );
  }
});
