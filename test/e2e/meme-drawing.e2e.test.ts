/** What the studio draws in a browser is what the server publishes: the same SVG, and nearly the same pixels. */
import { equal, ok } from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { chromium, type Browser, type Page } from "playwright-core";
import sharp from "sharp";
import { build } from "vite";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import { openRenderer } from "#modules/memes/index.ts";
import { ssim } from "#test/support/ssim.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PX = 540;
/** Rasterisers differ in how they smooth edges, not in where they are. */
const LIKE = 0.98;

const renderer = await openRenderer();
let site: { server: Server; url: string; dir: string };
let browser: Browser;
let page: Page;

before(async () => {
  site = await serve();
  browser = await chromium.launch({
    executablePath: process.env["SKEIN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  page = await browser.newPage({ viewport: { width: PX, height: PX }, deviceScaleFactor: 1 });
  await page.goto(site.url);
  await page.waitForFunction("window.ready");
});

after(async () => {
  await browser.close();
  site.server.close();
  await rm(site.dir, { recursive: true, force: true });
});

const TEXTS: Record<string, { lang: string; texts: readonly string[] }> = {
  plain: { lang: "en", texts: ["Only one more episode", "It's bright outside", "Oh no", "Fine"] },
  german: {
    lang: "de",
    texts: ["Straßenüberführung gesperrt", "Ärger über Öl", "Grundstücksverkehrsgenehmigung", "Übrigens"],
  },
  mixed: { lang: "ar", texts: ["هذا مجرد سطر (Skein)", "猫がコーヒーを飲む。", "שלום 100% 🐑", "Ещё ❤️ один"] },
};

for (const [name, { lang, texts }] of Object.entries(TEXTS)) {
  test(`all formats with ${name} text`, async () => {
    for (const format of FORMATS) {
      const doc = defaultDoc(
        format.id,
        format.boxes.map((_, n) => texts[n % texts.length] ?? ""),
        lang,
        31,
      );
      const here = await renderer.svg(doc, { px: PX });
      const there = await drawIn(page, doc);
      equal(there, here, `${format.id}: the browser draws another SVG`);
      const [mine, its] = [
        await grey(await renderer.render(doc, { format: "png", px: PX })),
        await grey(await page.screenshot()),
      ];
      const likeness = ssim(mine, its, PX);
      ok(likeness >= LIKE, `${format.id}, ${name}: SSIM ${likeness.toFixed(4)}`);
    }
  });
}

async function drawIn(where: Page, doc: MemeDoc): Promise<string> {
  return where.evaluate(`window.draw(${JSON.stringify(doc)}, ${PX})`) as Promise<string>;
}

async function grey(picture: Uint8Array): Promise<Buffer> {
  return sharp(picture).flatten({ background: "#fff" }).greyscale().raw().toBuffer();
}

/** A page with the studio's drawing code, bundled as the web app is, and the fonts beside it. */
async function serve(): Promise<typeof site> {
  const dir = await mkdtemp(join(tmpdir(), "skein-drawing-"));
  const entry = "virtual:drawing";
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: {
      outDir: dir,
      emptyOutDir: true,
      rolldownOptions: { input: entry, output: { entryFileNames: "drawing.js" } },
    },
    plugins: [
      {
        name: "drawing-entry",
        resolveId: (id: string) => (id === entry ? join(ROOT, "drawing-entry.ts") : undefined),
        load: (id: string) => (id === join(ROOT, "drawing-entry.ts") ? ENTRY : undefined),
      },
    ],
  });
  const files = new Map((await readdir(dir, { recursive: true })).map((file) => [`/${file}`, join(dir, file)]));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    void answer(path, files).then(([type, body]) => {
      response.writeHead(body === undefined ? 404 : 200, { "content-type": type });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, dir, url: `http://127.0.0.1:${port}/` };
}

async function answer(path: string, files: Map<string, string>): Promise<[string, string | Uint8Array | undefined]> {
  const [, kind = "", name = ""] = path.split("/");
  if (path === "/")
    return [
      "text/html",
      '<!doctype html><style>body{margin:0}svg{display:block}</style><body></body><script type="module" src="/drawing.js"></script>',
    ];
  if (kind === "fonts.json") return ["application/json", JSON.stringify({ files: renderer.fonts.files })];
  if (kind === "fonts") return ["font/woff", await renderer.fonts.file(name)];
  if (kind === "emoji") return ["image/svg+xml", await renderer.fonts.emoji(name)];
  const file = files.get(path);
  return ["text/javascript", file === undefined ? undefined : await readFile(file)];
}

const ENTRY = `
import { openFaces } from "#web/lib/memes/faces.ts";
import { svg, textsOf } from "#shared/meme/svg.ts";
const faces = await openFaces({ catalogue: "/fonts.json", file: (id) => "/fonts/" + id, emoji: (name) => "/emoji/" + name });
window.draw = async (doc, px) => {
  await faces.prepare(textsOf(doc), doc.lang);
  const drawn = svg(doc, faces, { px }).svg;
  document.body.innerHTML = drawn;
  return drawn;
};
window.ready = true;
`;
