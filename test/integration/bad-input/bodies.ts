import { form, INVALID, urlencoded, type Case } from "./case.ts";
import type { World } from "./world.ts";

const SURROGATE = '{"status":"half a pair: \\ud83d"}';
const jsonType = { "content-type": "application/json" };

/** Bodies no parser likes. */
export function bodyCases(w: World): Case[] {
  const call = "POST /api/v1/statuses";
  const raw = (
    name: string,
    body: BodyInit,
    status: number,
    error: RegExp,
    headers: Record<string, string> = jsonType,
  ): Case => ({ name, call, body, headers, status, error });
  const multipart = (text: string): Case["body"] => text.replaceAll("\n", "\r\n");
  const boundary = { "content-type": "multipart/form-data; boundary=cut" };
  return [
    raw("JSON cut off", '{"status":"he', 400, /malformed/),
    raw("JSON list", '["status"]', 400, /must be an object/),
    raw("JSON null", "null", 400, /must be an object/),
    raw("JSON text", '"status"', 400, /must be an object/),
    raw("JSON of brackets", "[".repeat(500_000), 400, /nested too deeply/),
    raw("JSON of objects", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000), 400, /nested too deeply/),
    raw("invalid UTF-8", Uint8Array.from([0x7b, 0x22, 0x73, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, /UTF-8/),
    raw("NUL in the text", '{"status":"a\\u0000b"}', 422, /not allowed/),
    raw("half a surrogate pair", SURROGATE, 422, /not allowed/),
    raw("half a surrogate pair in the warning", '{"status":"x","spoiler_text":"\\udc00"}', 422, /not allowed/),
    raw(
      "half a surrogate pair in a poll",
      '{"status":"x","poll":{"options":["a","\\ud800"],"expires_in":600}}',
      422,
      /not allowed/,
    ),
    raw("a body of two megabytes", JSON.stringify({ status: "x".repeat(2 * 1024 * 1024) }), 413, /larger than/),
    raw("a form of two megabytes", `status=${"x".repeat(2 * 1024 * 1024)}`, 413, /larger than/, urlencoded),
    raw("XML", "<status>hello</status>", 400, /not supported/, { "content-type": "application/xml" }),
    raw("plain text", "status=hello", 400, /not supported/, { "content-type": "text/plain" }),
    raw("a form with NUL", "status=a%00b", 422, /not allowed/, urlencoded),
    raw(
      "a form of three thousand fields",
      Array.from({ length: 3000 }, (_, i) => `media_ids[${i}]=1`).join("&"),
      400,
      /fields/,
      urlencoded,
    ),
    raw("a form field nested deeply", `poll${"[a]".repeat(50)}=1`, 400, /nested too deeply/, urlencoded),
    raw("a form whose status is a list", "status[]=a&status[]=b", 422, INVALID, urlencoded),
    raw(
      "multipart cut off",
      multipart('--cut\nContent-Disposition: form-data; name="status"\n\nhel') ?? "",
      400,
      /multipart/,
      boundary,
    ),
    raw("multipart without a boundary", "hello", 400, /multipart/, { "content-type": "multipart/form-data" }),
    raw(
      "multipart with a wrong boundary",
      multipart('--other\nContent-Disposition: form-data; name="status"\n\nhi\n--other--\n') ?? "",
      400,
      /multipart/,
      boundary,
    ),
    {
      name: "upload without a file",
      call: "POST /api/v2/media",
      body: form([["description", "nothing"]]),
      status: 422,
      error: INVALID,
    },
    {
      name: "upload whose file is a text field",
      call: "POST /api/v2/media",
      body: form([["file", "not a file"]]),
      status: 422,
      error: INVALID,
    },
    {
      name: "upload as JSON",
      call: "POST /api/v2/media",
      json: { file: "data:image/png;base64,AAAA" },
      status: 422,
      error: INVALID,
    },
    {
      name: "upload of a text file",
      call: "POST /api/v2/media",
      body: form([["file", new Blob(["Hello"], { type: "image/png" }), "photo.png"]]),
      status: 422,
      error: /not a picture/,
    },
    {
      name: "upload of an empty file",
      call: "POST /api/v2/media",
      body: form([["file", new Blob([]), "photo.png"]]),
      status: 422,
      error: /empty/,
    },
    {
      name: "upload of an SVG",
      call: "POST /api/v1/media",
      body: form([["file", new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'])]]),
      status: 422,
      error: /SVG/,
    },
    {
      name: "upload of half a picture",
      call: "POST /api/v2/media",
      body: form([["file", w.picture.slice(0, 40)]]),
      status: 422,
      error: /damaged/,
    },
    {
      name: "upload of 18 megabytes",
      call: "POST /api/v2/media",
      body: form([["file", new Blob([new Uint8Array(18 * 1024 * 1024)])]]),
      status: 413,
      error: /larger than/,
    },
    {
      name: "upload with a focus outside",
      call: "POST /api/v2/media",
      body: form([
        ["file", w.picture],
        ["focus", "2,0"],
      ]),
      status: 422,
      error: INVALID,
    },
    {
      name: "upload with a focus of words",
      call: "POST /api/v2/media",
      body: form([
        ["file", w.picture],
        ["focus", "left,top"],
      ]),
      status: 422,
      error: INVALID,
    },
    {
      name: "upload with an endless alt text",
      call: "POST /api/v2/media",
      body: form([
        ["file", w.picture],
        ["description", "x".repeat(1501)],
      ]),
      status: 422,
      error: INVALID,
    },
    {
      name: "an avatar that is a text file",
      call: "PATCH /api/v1/accounts/update_credentials",
      body: form([
        ["display_name", "Half saved"],
        ["avatar", new Blob(["Hello"])],
      ]),
      status: 422,
      error: /not a picture/,
    },
    {
      name: "a good avatar and a header that is none",
      call: "PATCH /api/v1/accounts/update_credentials",
      body: form([
        ["avatar", w.picture],
        ["header", new Blob(["Hello"])],
      ]),
      status: 422,
      error: /not a picture/,
    },
    {
      name: "a good avatar and a name that is too long",
      call: "PATCH /api/v1/profile",
      body: form([
        ["avatar", w.picture],
        ["display_name", "x".repeat(51)],
      ]),
      status: 422,
      error: /display_name/,
    },
  ];
}
