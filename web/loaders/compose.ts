import type { Instance, MediaAttachment, Status, StatusSource } from "#web/lib/api/types.ts";
import { postPath } from "#web/lib/paths.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Problem } from "./context.ts";

export interface ComposeData {
  instance: Instance;
  key: string;
  replyTo: Status | null;
  quote: Status | null;
  edit: Status | null;
  text: string;
  spoiler: string;
}

/** `/compose?reply=|quote=|edit=|text=` */
export async function compose({ api, url, instance }: SignedInContext): Promise<ComposeData> {
  const find = async (name: string): Promise<Status | null> => {
    const id = url.searchParams.get(name);
    return id ? api.get<Status>(`/api/v1/statuses/${encodeURIComponent(id)}`) : null;
  };
  const [replyTo, quote, edit] = await Promise.all([find("reply"), find("quote"), find("edit")]);
  const source = edit ? await api.get<StatusSource>(`/api/v1/statuses/${edit.id}/source`) : null;
  return {
    instance,
    key: crypto.randomUUID(),
    replyTo,
    quote,
    edit,
    text: source?.text ?? url.searchParams.get("text") ?? "",
    spoiler: source?.spoiler_text ?? "",
  };
}

const maxFiles = 10;

/** The composer's form: uploads the pictures with their descriptions, then writes or changes the post. */
export async function send({ api, flash }: Context, form: FormData): Promise<string> {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const mediaIds = form.getAll("media_id").filter((id): id is string => typeof id === "string");
  const mediaAlts = form.getAll("media_alt").map(String);
  for (let n = 1; n <= maxFiles; n++) {
    const file = form.get(`file_${n}`);
    if (!(file instanceof File) || file.size === 0) continue;
    const body = new FormData();
    body.set("file", file, file.name);
    const alt = text(`alt_${n}`).trim();
    if (alt) body.set("description", alt);
    const media = await api.send<MediaAttachment>("POST", "/api/v2/media", body);
    mediaIds.push(media.id);
  }
  const options = form
    .getAll("poll_option")
    .map((option) => String(option).trim())
    .filter((option) => option !== "");
  if (options.length === 1) throw new Problem(422, "A poll needs at least two answers.");
  const body: Record<string, unknown> = {
    // The small reply form leaves the mentions out of the text field; they are sent beside it.
    status:
      text("mention") && !text("status").includes(text("mention").trim().split(" ")[0] ?? "")
        ? text("mention") + text("status")
        : text("status"),
    spoiler_text: text("spoiler_text"),
    sensitive: text("sensitive") === "on",
    media_ids: mediaIds,
  };
  if (text("language")) body["language"] = text("language");
  if (options.length > 1)
    body["poll"] = {
      options,
      expires_in: Number(text("poll_expires_in")) || 86_400,
      multiple: text("poll_multiple") === "on",
    };
  const editId = text("edit_id");
  if (editId) {
    body["media_attributes"] = mediaIds.map((id, index) => ({ id, description: mediaAlts[index] ?? "" }));
    const status = await api.send<Status>("PUT", `/api/v1/statuses/${encodeURIComponent(editId)}`, body);
    flash("saved");
    return postPath(status);
  }
  if (text("visibility")) body["visibility"] = text("visibility");
  if (text("in_reply_to_id")) body["in_reply_to_id"] = text("in_reply_to_id");
  if (text("quoted_status_id")) body["quoted_status_id"] = text("quoted_status_id");
  const status = await api.send<Status>("POST", "/api/v1/statuses", body, {
    "idempotency-key": text("idempotency_key") || crypto.randomUUID(),
  });
  flash("posted");
  return text("in_reply_to_id") ? postPath(status) : "/home";
}
