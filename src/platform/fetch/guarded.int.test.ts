import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import { CERTIFICATE, CERTIFICATE_KEY } from "./certificate.fixture.ts";
import { FetchFailed } from "./guarded.ts";
import { client, DOCUMENT, JSON_TYPE, listen, peer, refused } from "./lab.fixture.ts";

test("T18 a document: final URL, fixed user agent, no cookies", async () => {
  const seen: string[] = [];
  const origin = await peer((request, response) => {
    seen.push(
      JSON.stringify([request.headers["user-agent"], request.headers.cookie, request.headers.accept, request.url]),
    );
    response.setHeader("Set-Cookie", "a=b");
    response.setHeader("Content-Type", `${JSON_TYPE}; charset=utf-8`);
    response.end('{"id":1}');
  });
  const fetcher = client();
  for (let n = 0; n < 2; n++) {
    const found = await fetcher.document(`${origin}/a?b=c#d`, DOCUMENT);
    assert.equal(found.body.toString(), '{"id":1}');
    assert.equal(found.url, `${origin}/a?b=c`);
    assert.equal(found.contentType, `${JSON_TYPE}; charset=utf-8`);
  }
  const expected = JSON.stringify(["Skein/1.2.3 (+https://skein.example)", undefined, JSON_TYPE, "/a?b=c"]);
  assert.deepEqual(seen, [expected, expected]);
});

test("T01 T02 loopback is refused with 0 bytes sent, unless loopback peers are allowed", async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    socket.destroy();
  });
  const port = await listen(server);
  const closed = client({ allowLoopback: false });
  for (const host of ["127.0.0.1", "[::1]", "[::]", "0.0.0.0", "2130706433", "0x7f.1"]) {
    const url = `http://${host}:${port}/`;
    await assert.rejects(closed.document(url, DOCUMENT), refused("blocked_address"));
    await assert.rejects(closed.post(url, Buffer.from("x"), {}), refused("blocked_address"));
    await assert.rejects(closed.bytes(url, { accept: "image/*", maxBytes: 10 }), refused("blocked_address"));
  }
  assert.equal(connections, 0);
});

test("T03 T04 a name is refused when any of its addresses is special-use", async () => {
  const answers: Record<string, string[]> = {
    "nat.example": ["100.64.0.1"],
    "mixed.example": ["93.184.216.34", "10.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "loop.example": ["127.0.0.1"],
    "six.example": ["2606:4700::1111", "fd00::1"],
    "none.example": [],
  };
  const fetcher = client({ allowLoopback: false, resolve: async (host) => answers[host] ?? [] });
  for (const host of Object.keys(answers)) {
    const reason = host === "none.example" ? "dns" : "blocked_address";
    await assert.rejects(fetcher.document(`https://${host}/`, DOCUMENT), refused(reason));
  }
  // Where loopback is allowed, nothing else is.
  const loopback = client({ resolve: async () => ["127.0.0.1", "10.0.0.1"] });
  await assert.rejects(loopback.document("http://peer.test:1/", DOCUMENT), refused("blocked_address"));
  assert.equal(fetcher.size.origins, 0);
});

test("T05 rebinding: what was judged is what is dialled, and each connection is judged anew", async () => {
  const origin = await peer((_request, response) => {
    response.setHeader("Content-Type", JSON_TYPE);
    response.setHeader("Connection", "close");
    response.end("{}");
  });
  const asked: string[] = [];
  const answers = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]];
  const fetcher = client({
    resolve: async (host) => {
      asked.push(host);
      return answers.shift() ?? ["10.0.0.1"];
    },
  });
  const url = origin.replace("127.0.0.1", "rebind.test");
  await fetcher.document(`${url}/1`, DOCUMENT);
  // One look-up for judging and dialling: a second answer has no chance.
  assert.deepEqual(asked, ["rebind.test"]);
  await assert.rejects(fetcher.document(`${url}/2`, DOCUMENT), refused("blocked_address"));
  await fetcher.document(`${url}/3`, DOCUMENT);
  assert.equal(asked.length, 3);
});

test("T06 redirects: judged at each hop, three at most, none twice, never to http", async () => {
  const hits: string[] = [];
  const origin = await peer((request, response) => {
    const url = request.url ?? "";
    hits.push(url);
    const hop = /^\/hop\/(\d+)$/.exec(url);
    const to: Record<string, string> = {
      "/private": "http://10.0.0.1/",
      "/metadata": "http://169.254.169.254/latest/meta-data",
      "/file": "file:///etc/passwd",
      "/data": "data:application/activity+json,{}",
      "/gopher": "gopher://127.0.0.1:70/",
      "/loop": "/loop2",
      "/loop2": "/loop",
      "/self": "/self#again",
      "/user": "http://user@127.0.0.1/",
      "/broken": "http://[",
    };
    const location = hop ? (Number(hop[1]) > 0 ? `/hop/${Number(hop[1]) - 1}` : undefined) : to[url];
    if (location === undefined && url !== "/nowhere") {
      response.setHeader("Content-Type", JSON_TYPE);
      response.end("{}");
      return;
    }
    response.writeHead(302, location === undefined ? {} : { Location: location });
    response.end("a body that nobody reads");
  });
  const fetcher = client();
  const signed: string[] = [];
  const found = await fetcher.document(`${origin}/hop/3`, {
    ...DOCUMENT,
    sign: ({ url }) => {
      signed.push(url.pathname);
      return { "X-Signed": url.pathname };
    },
  });
  assert.equal(found.url, `${origin}/hop/0`);
  assert.deepEqual(signed, ["/hop/3", "/hop/2", "/hop/1", "/hop/0"]);
  const fails = async (path: string, reason: string): Promise<void> => {
    hits.length = 0;
    await assert.rejects(fetcher.document(origin + path, DOCUMENT), refused(reason));
  };
  await fails("/hop/6", "redirect");
  assert.equal(hits.length, 4);
  await fails("/private", "blocked_address");
  await fails("/metadata", "blocked_address");
  await fails("/file", "bad_url");
  await fails("/data", "bad_url");
  await fails("/gopher", "bad_url");
  await fails("/user", "bad_url");
  await fails("/broken", "redirect");
  await fails("/nowhere", "redirect");
  await fails("/loop", "redirect");
  assert.deepEqual(hits, ["/loop", "/loop2"]);
  await fails("/self", "redirect");
  assert.deepEqual(hits, ["/self"]);
  // POST does not follow.
  hits.length = 0;
  assert.equal((await fetcher.post(`${origin}/hop/3`, Buffer.from("{}"), {})).status, 302);
  assert.deepEqual(hits, ["/hop/3"]);
});

test("a status that is no success is an error with its headers; for POST it is an answer", async () => {
  const origin = await peer((request, response) => {
    response.writeHead(Number((request.url ?? "").slice(1)), { "Retry-After": "7", "Content-Type": JSON_TYPE });
    response.end(request.method === "POST" ? "y".repeat(100_000) : "{}");
  });
  const fetcher = client();
  for (const status of [401, 404, 410, 500, 503]) {
    await assert.rejects(fetcher.document(`${origin}/${status}`, DOCUMENT), (error) => {
      refused("status", status)(error);
      assert.equal(error instanceof FetchFailed && error.headers?.["retry-after"], "7");
      return true;
    });
    const answer = await fetcher.post(`${origin}/${status}`, Buffer.from("{}"), { "Content-Type": JSON_TYPE });
    assert.equal(answer.status, status);
    assert.equal(answer.headers["retry-after"], "7");
    assert.equal(answer.body.length, 16 * 1024);
  }
});

test("https: the certificate has to be the name's, and a redirect to http is refused", async () => {
  const listener: RequestListener = (request, response) => {
    if (request.url === "/down") response.writeHead(301, { Location: "http://peer.test/" }).end();
    else response.setHeader("Content-Type", JSON_TYPE).end(request.headers.host);
  };
  const port = await listen(createTlsServer({ key: CERTIFICATE_KEY, cert: CERTIFICATE }, listener));
  const origin = (host: string): string => `https://${host}:${port}`;
  const options = {
    allowLoopback: true,
    trustedOrigins: [origin("peer.test"), origin("wrong.test")],
    resolve: async () => ["127.0.0.1"],
  };
  const fetcher = client({ ...options, ca: CERTIFICATE });
  const found = await fetcher.document(`${origin("peer.test")}/`, DOCUMENT);
  assert.equal(found.body.toString(), `peer.test:${port}`);
  await assert.rejects(fetcher.document(`${origin("wrong.test")}/`, DOCUMENT), refused("tls"));
  await assert.rejects(fetcher.document(`${origin("peer.test")}/down`, DOCUMENT), refused("redirect"));
  await assert.rejects(client(options).document(`${origin("peer.test")}/`, DOCUMENT), refused("tls"));
  // Another origin at the same address is not trusted.
  const untrusted = client({ ...options, trustedOrigins: [], ports: [port], ca: CERTIFICATE });
  await assert.rejects(untrusted.document(`${origin("peer.test")}/`, DOCUMENT), refused("blocked_address"));
});

test("a blocked domain is refused before its name is looked up, as a redirect too", async () => {
  const asked: string[] = [];
  const origin = await peer((_request, response) => {
    response.writeHead(302, { Location: "https://blocked.example/" }).end();
  });
  const fetcher = client({
    blocked: (host) => host === "blocked.example",
    resolve: async (host) => {
      asked.push(host);
      return ["127.0.0.1"];
    },
  });
  await assert.rejects(fetcher.document("https://blocked.example/", DOCUMENT), refused("blocked_domain"));
  await assert.rejects(fetcher.post("https://Blocked.example/inbox", Buffer.from(""), {}), refused("blocked_domain"));
  await assert.rejects(fetcher.document(origin, DOCUMENT), refused("blocked_domain"));
  assert.deepEqual(asked, []);
});

test("one host: eight sockets at most, kept alive; GETs are limited by a budget, POSTs are not", async () => {
  let sockets = 0;
  let most = 0;
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.setHeader("Content-Type", JSON_TYPE).end("{}"), 5);
  });
  server.on("connection", (socket) => {
    sockets++;
    most = Math.max(most, sockets);
    socket.on("close", () => sockets--);
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const fetcher = client({ limits: { burst: 5, perSecond: 0.001 } });
  const body = Buffer.from("{}");
  const answers = await Promise.all(Array.from({ length: 100 }, () => fetcher.post(origin, body, {})));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(most, 8);
  const gets = await Promise.allSettled(Array.from({ length: 9 }, () => fetcher.document(origin, DOCUMENT)));
  assert.equal(gets.filter(({ status }) => status === "fulfilled").length, 5);
  for (const get of gets) if (get.status === "rejected") refused("rate")(get.reason);
  assert.equal(most, 8);
  // Another kind of thing has its own budget.
  assert.equal((await fetcher.bytes(origin, { accept: "*/*", maxBytes: 10 })).status, 200);
});

test("dead hosts leave nothing behind, and living ones are bounded", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  const dead = client({ resolve: async () => ["127.0.0.1"] });
  const all = Array.from({ length: 300 }, (_, n) => dead.post(`http://dead${n}.test:${port}/`, Buffer.from(""), {}));
  for (const result of await Promise.allSettled(all)) {
    assert.equal(result.status, "rejected");
    if (result.status === "rejected") refused("network")(result.reason);
  }
  assert.equal(dead.size.origins, 0);

  const origin = await peer((_request, response) => response.end());
  const alive = client({ resolve: async () => ["127.0.0.1"], maxOrigins: 10 });
  for (let n = 0; n < 40; n++) {
    const answer = await alive.post(origin.replace("127.0.0.1", `host${n}.test`), Buffer.from(""), {});
    assert.equal(answer.status, 200);
  }
  assert.equal(alive.size.origins, 10);
});

test("answers that are no HTTP, too long headers, a connection that ends: network, never a crash", async () => {
  const raw = async (text: string): Promise<string> => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(text));
    });
    return `http://127.0.0.1:${await listen(server)}/`;
  };
  const fetcher = client();
  const type = `Content-Type: ${JSON_TYPE}\r\n`;
  for (const [text, reason] of [
    ["", "network"],
    ["SSH-2.0-OpenSSH\r\n", "network"],
    [`HTTP/1.1 200 OK\r\n${type}Content-Length: 100\r\n\r\n{}`, "network"],
    [`HTTP/1.1 200 OK\r\n${type}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, "network"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`, "too_large"],
  ] as const) {
    await assert.rejects(fetcher.document(await raw(text), DOCUMENT), refused(reason));
  }
  await assert.rejects(fetcher.post(await raw(""), Buffer.from(""), { "Bad Name": "x" }), refused("network"));
});

test("closing ends what is under way", async () => {
  const origin = await peer(() => undefined);
  const fetcher = client();
  const pending = assert.rejects(fetcher.document(origin, DOCUMENT), refused("network"));
  await new Promise((resolve) => setImmediate(resolve));
  await fetcher.close();
  await pending;
});
