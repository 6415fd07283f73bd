/** The services of the meme studio's engines on a loopback port: they speak the protocols, and fail on demand. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the next answers go wrong. */
export type Fault =
  | "500"
  | "hang"
  | "bad-json"
  | "truncated"
  | "401"
  | "429"
  | "slow-drip"
  | "prose"
  | "unfit"
  | "no-schema";

export interface AiServices {
  /** For `AI_BASE_URL`. */
  chatUrl: string;
  /** For `AI_IMAGE_URL`: of the kinds a1111 and comfyui. */
  url: string;
  /** Applies until it is set to undefined again. */
  fault: Fault | undefined;
  /** Bodies of what was asked, by path. */
  readonly asked: { path: string; body: unknown }[];
  /** What the chat model answers; by default one variant per wanted one, about the topic. */
  answer: ((topic: string, n: number) => unknown) | undefined;
  /** Bytes of the pictures it makes. */
  picture: Buffer;
  close(): Promise<void>;
}

interface ChatBody {
  model: string;
  messages: { role: string; content: string }[];
  response_format: { type: string };
}

/** A red pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const LINES = [
  ["it worked on my machine", "so we shipped the machine"],
  ["a short walk", "now there are mountains"],
  ["nobody asked", "and yet there are slides"],
  ["step one: breathe", "step two was never found"],
  ["the plan was simple", "the plan had opinions"],
  ["one more minute", "said the hour"],
  ["quiet please", "the kettle disagrees"],
  ["tiny change", "very large feelings"],
];

function usual(topic: string, n: number): unknown {
  return {
    variants: LINES.slice(0, n).map(([setup, punchline]) => ({
      format: "top-bottom",
      captions: [`${topic.slice(0, 24)}: ${setup}`, punchline],
      moods: ["smug"],
      scene: "office",
      altScene: "Somebody stands in an office",
      mechanism: "betrayed-expectation",
    })),
  };
}

export async function aiServices(): Promise<AiServices> {
  const asked: AiServices["asked"] = [];
  const open = new Set<ServerResponse>();

  function fail(response: ServerResponse, fault: Fault): boolean {
    switch (fault) {
      case "500":
        response.writeHead(500).end("oh no");
        return true;
      case "401":
        response.writeHead(401, { "content-type": "application/json" }).end(`{"error":{"message":"bad key"}}`);
        return true;
      case "429":
        response.writeHead(429, { "retry-after": "7" }).end();
        return true;
      case "hang":
        return true;
      case "bad-json":
        response.writeHead(200, { "content-type": "application/json" }).end(`{"choices":[{"message":`);
        return true;
      case "slow-drip": {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 50);
        response.on("close", () => clearInterval(timer));
        return true;
      }
      case "truncated":
      case "prose":
      case "unfit":
      case "no-schema":
        return false;
    }
  }

  const base64 = (): string => {
    const whole = services.picture.toString("base64");
    return services.fault === "truncated" ? whole.slice(0, whole.length - 3) : whole;
  };

  function chat(body: ChatBody): [number, unknown] {
    if (services.fault === "no-schema" && body.response_format.type === "json_schema")
      return [400, { error: "unknown response_format" }];
    const topic =
      body.messages
        .find((m) => m.role === "user")
        ?.content.replace(/^Topic: /, "")
        .split("\n")[0] ?? "";
    const n = Number(/exactly (\d+) variants/.exec(body.messages[0]?.content ?? "")?.[1] ?? "4");
    const content =
      services.fault === "unfit"
        ? JSON.stringify({
            variants: [
              { format: "no-such", captions: ["x"] },
              { format: "top-bottom", captions: ["only one"] },
            ],
          })
        : services.fault === "prose"
          ? `Sure! Here are your memes:\n\`\`\`json\n${JSON.stringify((services.answer ?? usual)(topic, n))}\n\`\`\`\nEnjoy!`
          : JSON.stringify((services.answer ?? usual)(topic, n));
    return [
      200,
      {
        model: body.model,
        choices: [{ message: { role: "assistant", content } }],
        usage: { prompt_tokens: 700, completion_tokens: 90 },
      },
    ];
  }

  function reply(path: string, body: unknown): [number, unknown] | Buffer {
    if (path === "/v1/models") return [200, { data: [{ id: "tiny-model" }, { id: "other" }] }];
    if (path === "/v1/chat/completions") return chat(body as ChatBody);
    if (path === "/v1/images/generations") return [200, { data: [{ b64_json: base64() }] }];
    if (path === "/sdapi/v1/options" || path === "/system_stats") return [200, {}];
    if (path === "/sdapi/v1/txt2img" || path === "/sdapi/v1/img2img") return [200, { images: [base64()] }];
    if (path === "/prompt") return [200, { prompt_id: "job-1" }];
    if (path === "/history/job-1")
      // The first look finds it still at work.
      return asked.filter((a) => a.path === "/history/job-1").length < 2
        ? [200, {}]
        : [
            200,
            {
              "job-1": {
                status: { status_str: "success" },
                outputs: { "7": { images: [{ filename: "skein_1.png", subfolder: "", type: "output" }] } },
              },
            },
          ];
    if (path === "/view") return services.fault === "truncated" ? Buffer.from("not a picture") : services.picture;
    return [404, { error: "not found" }];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    open.add(response);
    response.on("close", () => open.delete(response));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    asked.push({ path, body });
    if (services.fault && fail(response, services.fault)) return;
    const made = reply(path, body);
    if (Buffer.isBuffer(made)) response.writeHead(200, { "content-type": "image/png" }).end(made);
    else response.writeHead(made[0], { "content-type": "application/json" }).end(JSON.stringify(made[1]));
  }

  const server: Server = createServer(
    (request, response) => void handle(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const services: AiServices = {
    chatUrl: `${url}/v1`,
    url,
    fault: undefined,
    asked,
    answer: undefined,
    picture: PIXEL,
    async close() {
      for (const response of open) response.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return services;
}
