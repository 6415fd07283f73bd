/**
 * Nothing that another server sends runs in a reader's browser. A peer of this test fills every text that it controls with markup
 * meant to run, and a browser opens every kind of page that shows some of it.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "#test/support/eventually.ts";
import { activity, hostilePeer, send, type Json, type PeerActor } from "#test/support/hostile-peer.ts";
import { noFaults, person, setUp } from "./support.ts";

/** What would be noticed if it ran. */
const RUN = "window.__pwned=(window.__pwned||0)+1";
const MARKUP = [
  `<img src=x onerror="${RUN}">`,
  `<svg/onload=${RUN}>`,
  `<script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `"><img src=x onerror=${RUN}>`,
  `' onmouseover='${RUN}`,
  `<a href="javascript:${RUN}">x</a>`,
  `<a href="java\tscript:${RUN}">x</a>`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
  `<base href="https://evil.example/">`,
  `&lt;img src=x onerror=${RUN}&gt;`,
  `{@html '<img src=x onerror=${RUN}>'}`,
  "\u202eOLLEH\u202c \u2066\u0000",
  // At the end: unclosed, these swallow what follows.
  `<math><mtext></mtext><mglyph><style><img src=x onerror="${RUN}"></style>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
];
const evil = (where: string): string => `${where} ${MARKUP.join(" ")}`;
const short = (where: string, n: number): string => `${where} ${MARKUP[n % MARKUP.length]}`;
const SCRIPT_LINK = `javascript:${RUN}`;

/** Set before any script of the page: what it finds of handlers and refusals is read afterwards. */
const WATCH = `
  window.__pwned = 0;
  window.__refused = [];
  document.addEventListener("securitypolicyviolation", (event) => window.__refused.push(event.violatedDirective + " " + event.blockedURI));
`;
/** What must not be in a document: handlers, script addresses, foreign frames and forms. */
const FIND = `(() => {
  const bad = [];
  for (const node of document.querySelectorAll("*")) {
    for (const attribute of node.attributes) {
      if (/^on/i.test(attribute.name)) bad.push(node.tagName + " " + attribute.name);
      if (/^(href|src|action|formaction|xlink:href|srcdoc|data|poster)$/i.test(attribute.name) && /^[\\s\\u0000-\\u001f]*(javascript|vbscript|data:text)/i.test(attribute.value.replace(/[\\t\\n\\r]/g, "")))
        bad.push(node.tagName + " " + attribute.name + "=" + attribute.value.slice(0, 60));
    }
    if (/^(iframe|object|embed|base|math|template)$/i.test(node.tagName)) bad.push(node.tagName);
    if (/^meta$/i.test(node.tagName) && /refresh/i.test(node.getAttribute("http-equiv") ?? "")) bad.push("META refresh");
    if (/^form$/i.test(node.tagName) && new URL(node.action, location.href).origin !== location.origin) bad.push("FORM " + node.action);
  }
  return { bad, ran: window.__pwned, refused: window.__refused };
})()`;

interface Found {
  bad: string[];
  ran: number;
  refused: string[];
}

/** An account all of whose texts are hostile. */
function hostileActor(make: (name: string, more: Json) => PeerActor, origin: string): PeerActor {
  return make("mallory", {
    name: evil("name"),
    summary: evil("<p>summary</p>"),
    url: SCRIPT_LINK,
    icon: { type: "Image", mediaType: "image/png", url: SCRIPT_LINK, name: evil("icon") },
    image: { type: "Image", mediaType: "image/png", url: `${origin}/"onerror="${RUN}`, summary: evil("image") },
    attachment: MARKUP.slice(0, 4).map((_, n) => ({
      type: "PropertyValue",
      name: short("field", n),
      value: `${short("value", n + 4)} <a href="${SCRIPT_LINK}" rel="me">me</a>`,
    })),
    tag: MARKUP.map((markup, n) => ({
      type: "Emoji",
      name: n === 0 ? ":goose:" : `:${markup}:`,
      icon: { type: "Image", mediaType: "image/png", url: n % 2 === 0 ? SCRIPT_LINK : `${origin}/e" onerror="${RUN}` },
    })),
  });
}

/** Parts of a post, each hostile. */
function hostileNote(origin: string, local: string): Json {
  return {
    content: `${evil("<p>content</p>")} :goose: <a href="${SCRIPT_LINK}" class="mention u-url">@ada</a> <a class="mention hashtag" href="${origin}/tags/x&quot; onclick=&quot;${RUN}">#x</a> <span class="invisible" style="position:fixed" onclick="${RUN}">y</span>`,
    summary: evil("warning :goose:"),
    sensitive: true,
    url: SCRIPT_LINK,
    tag: [
      { type: "Emoji", name: ":goose:", icon: { type: "Image", url: `${origin}/g.png" onerror="${RUN}` } },
      { type: "Emoji", name: `:"onerror=${RUN}:`, icon: { type: "Image", url: SCRIPT_LINK } },
      { type: "Mention", href: local, name: evil("@ada") },
      { type: "Mention", href: SCRIPT_LINK, name: evil("@nobody") },
      { type: "Hashtag", href: SCRIPT_LINK, name: `#${MARKUP[1]}` },
      { type: "Hashtag", href: `${origin}/tags/goose`, name: '#goose"onclick=x' },
    ],
    attachment: [
      { type: "Image", mediaType: "image/png", url: SCRIPT_LINK, name: evil("alt"), blurhash: evil("blur") },
      { type: "Image", mediaType: "image/png", url: `${origin}/p.png" onerror="${RUN}`, name: evil("alt") },
      { type: "Document", mediaType: "video/mp4", url: SCRIPT_LINK, name: evil("film") },
      { type: "Audio", mediaType: "audio/mpeg", url: `${origin}/a.mp3" onclick="${RUN}`, name: evil("sound") },
    ],
  };
}

test("nothing of another server's runs here", { timeout: 400_000 }, async (t) => {
  const { server, owner } = await setUp({}, { env: { SKEIN_ALLOW_LOOPBACK_PEERS: "1" } });
  const { page } = owner;
  const peer = await hostilePeer("127.0.0.4");
  const actor = hostileActor((name, more) => peer.actor(name, more), peer.origin);
  const api = { headers: { origin: server.url } };
  const get = async <T>(path: string): Promise<T> => (await page.request.get(path)).json() as Promise<T>;

  const found = await get<{ accounts: { id: string; acct: string }[] }>(
    `/api/v2/search?q=${encodeURIComponent(`@mallory@${peer.host}`)}&resolve=true&type=accounts`,
  );
  const account = found.accounts[0];
  ok(account, "the hostile account was not found");
  await page.request.post(`/api/v1/accounts/${account.id}/follow`, api);
  const asked = await eventually("the follow", async () =>
    peer.seen.map((s): Json => (s.body === "" ? {} : (JSON.parse(s.body) as Json))).find((a) => a["type"] === "Follow"),
  );
  const deliver = async (what: Json): Promise<void> => equal(await send(server, what, { by: actor }), 202);
  await deliver(activity(actor, "Accept", asked));
  const me = await get<{ id: string }>("/api/v1/accounts/verify_credentials");
  const local = `${server.url}/ap/actors/${me.id}`;
  const parts = hostileNote(peer.origin, local);
  const notes = [
    peer.note(actor, "bare", { ...parts, summary: null, sensitive: false, cc: [actor.followers, local] }),
    peer.note(actor, "warned", { ...parts, cc: [actor.followers, local] }),
    peer.note(actor, "markdown", {
      ...parts,
      mediaType: "text/markdown",
      content: `[x](${SCRIPT_LINK}) ${evil("md")}`,
    }),
    peer.note(actor, "article", { ...parts, type: "Article", name: evil("title"), summary: evil("excerpt") }),
    peer.note(actor, "poll", {
      ...parts,
      type: "Question",
      summary: null,
      oneOf: MARKUP.slice(0, 4).map((_, n) => ({
        type: "Note",
        name: short("option :goose:", n),
        replies: { type: "Collection", totalItems: 1 },
      })),
      endTime: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  ];
  for (const note of notes) await deliver(activity(actor, "Create", note, { cc: [local] }));
  const own = (await (
    await page.request.post("/api/v1/statuses", {
      data: { status: "A quiet post", quote_approval_policy: "public" },
      ...api,
    })
  ).json()) as { id: string; uri: string };
  const answer = peer.note(actor, "answer", { ...parts, summary: null, inReplyTo: own.uri, cc: [local] });
  await deliver(activity(actor, "Create", answer, { cc: [local] }));
  await deliver(activity(actor, "Like", own.uri));
  await deliver(activity(actor, "EmojiReact", own.uri, { content: MARKUP[0] }));
  await deliver(
    activity(actor, "EmojiReact", own.uri, {
      content: ":goose:",
      tag: [{ type: "Emoji", name: ":goose:", icon: { type: "Image", url: `${peer.origin}/r" onerror="${RUN}` } }],
    }),
  );
  await deliver(activity(actor, "Announce", own.uri, { cc: [local] }));
  await deliver(activity(actor, "Follow", local));
  const posts = await eventually("the hostile posts", async () => {
    const list = await get<{ id: string; uri: string }[]>(`/api/v1/accounts/${account.id}/statuses?limit=40`);
    return notes.every((n) => list.some((s) => s.uri === n.id)) ? list : undefined;
  });
  await eventually("the answer", async () => {
    const { descendants } = await get<{ descendants: unknown[] }>(`/api/v1/statuses/${own.id}/context`);
    return descendants.length > 0 || undefined;
  });
  await page.request.post("/api/v1/admin/domain_blocks", {
    data: { domain: "loud.example", severity: "noop", public_comment: MARKUP[0], private_comment: MARKUP[4] },
    ...api,
  });

  const handle = `/@${account.acct}`;
  const paths = [
    "/home",
    "/notifications",
    "/explore",
    "/explore/all",
    "/explore/tags",
    "/explore/people",
    "/tags/goose",
    handle,
    `${handle}/replies`,
    `${handle}/media`,
    `${handle}/followers`,
    "/@ada/followers",
    "/@ada/following",
    ...posts.map((post) => `${handle}/${post.id}`),
    `${handle}/${posts[0]?.id}/options`,
    `${handle}/${posts[0]?.id}/history`,
    `/@ada/${own.id}`,
    `/@ada/${own.id}/likes`,
    `/@ada/${own.id}/boosts`,
    `/compose?reply=${posts[0]?.id}`,
    `/compose?quote=${posts[0]?.id}`,
    "/follow-requests",
    `/search?q=${encodeURIComponent(`@mallory@${peer.host}`)}`,
    `/search?q=${encodeURIComponent(`${peer.origin}/notes/bare`)}`,
    `/search?q=${encodeURIComponent(MARKUP[0] ?? "")}`,
    `/authorize_interaction?uri=${encodeURIComponent(`${peer.origin}/notes/bare`)}`,
    `/authorize_interaction?uri=${encodeURIComponent(MARKUP[4] ?? "")}`,
    `/elsewhere?to=${encodeURIComponent(`/@ada"onclick=${RUN}`)}`,
    "/settings/blocks",
    "/admin/federation",
    "/admin/accounts",
  ];

  /** Opens a page as a reader does: everything that can be unfolded is, and the pointer passes over it. */
  async function look(reader: Page, path: string): Promise<string[]> {
    await reader.goto(path);
    await reader.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })");
    for (const box of (await reader.locator("main article, main header.profile").all()).slice(0, 12))
      await box.hover({ position: { x: 40, y: 60 }, timeout: 1500, force: true }).catch(() => {});
    const { bad, ran, refused } = await reader.evaluate<Found>(FIND);
    return [...bad, ...(ran > 0 ? [`${ran} scripts ran`] : []), ...refused.map((what) => `refused: ${what}`)].map(
      (what) => `${path}: ${what}`,
    );
  }

  await owner.context.addInitScript(WATCH);
  for (const javaScriptEnabled of [true, false]) {
    await t.test(`in every page, scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
      const member = await person(server, { javaScriptEnabled, storageState: await owner.context.storageState() });
      const guest = await person(server, { javaScriptEnabled });
      const problems: string[] = [];
      const seen = new Set<string>();
      for (const reader of [member, guest]) {
        await reader.context.addInitScript(WATCH);
        for (const path of paths) {
          if (javaScriptEnabled) problems.push(...(await look(reader.page, path)));
          else {
            const answered = await reader.context.request.get(path, { headers: { accept: "text/html" } });
            const html = await answered.text();
            seen.add(path);
            problems.push(...inSource(html).map((what) => `${path}: ${what}`));
          }
        }
      }
      deepEqual(problems, []);
      if (javaScriptEnabled) noFaults([...member.faults, ...guest.faults]);
      else equal(seen.size, paths.length);
      await member.context.close();
      await guest.context.close();
    });
  }

  await t.test("the page shows the texts, as texts", async () => {
    await page.goto(handle);
    ok((await page.locator("header.profile h1").innerText()).startsWith("name"));
    const warned = posts.find((post) => post.uri === `${peer.origin}/notes/warned`);
    await page.goto(`${handle}/${warned?.id}`);
    ok((await page.locator("article.focus summary").first().innerText()).startsWith("warning"));
    equal(await page.locator(`article.focus a[href^="javascript"]`).count(), 0);
  });
  await server.stop();
});

/** Hostile things in the source of a page: elements and attributes that no text may become. */
function inSource(html: string): string[] {
  const found: string[] = [];
  const scripts = [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script/g)];
  for (const [, code = ""] of scripts)
    if (/^\s*window\.__pwned/.test(code)) found.push(`a script: ${code.slice(0, 60)}`);
  // Outside of scripts and of quoted attributes.
  const rest = html.replace(/<script\b[\s\S]*?<\/script>/g, "");
  for (const [tag] of rest.matchAll(/<[a-zA-Z][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>/g)) {
    const bare = tag.replace(/="[^"]*"|='[^']*'/g, "=");
    if (/\son\w+\s*=/i.test(bare)) found.push(tag.slice(0, 120));
    if (/\s(?:href|src|action|formaction|content)="\s*javascript:/i.test(tag)) found.push(tag.slice(0, 120));
    if (/^<(?:iframe|object|embed|base|svg\/)/i.test(tag)) found.push(tag.slice(0, 120));
  }
  return found;
}
