import { z } from "zod";
import { zFile, zFocus, zId, zText } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import { absoluteMedia, type MediaItem } from "#modules/media/index.ts";
import type { MastodonDeps } from "./deps.ts";

const idParam = z.object({ id: zId });

export function mediaRoutes(deps: MastodonDeps): Route[] {
  const present = (item: MediaItem): Record<string, unknown> => ({
    ...absoluteMedia(item.json, deps.config.publicUrl),
  });
  const upload = (path: string): Route =>
    route({
      method: "POST",
      path,
      auth: "user",
      scope: "write:media",
      rate: "media",
      maxBody: deps.media.limits.maxBytes + 1024 * 1024,
      body: z.object({
        file: zFile,
        description: zText(10_000).optional(),
        focus: zFocus.optional(),
        thumbnail: zFile.optional(),
      }),
      async handler({ viewer, ip }, { body }) {
        const bytes = new Uint8Array(await body.file.arrayBuffer());
        return present(
          await deps.media.upload(viewer.accountId, {
            bytes,
            filename: body.file.name,
            description: body.description,
            focus: body.focus,
            ip,
          }),
        );
      },
    });
  return [
    upload("/api/v2/media"),
    upload("/api/v1/media"),
    route({
      method: "GET",
      path: "/api/v1/media/:id",
      auth: "user",
      scope: "write:media",
      params: idParam,
      handler: async ({ viewer }, { params }) => present(await deps.media.get(viewer.accountId, params.id)),
    }),
    route({
      method: "PUT",
      path: "/api/v1/media/:id",
      auth: "user",
      scope: "write:media",
      params: idParam,
      maxBody: 4 * 1024 * 1024,
      body: z.object({ description: zText(10_000).optional(), focus: zFocus.optional() }),
      handler: async ({ viewer }, { params, body }) =>
        present(await deps.media.update(viewer.accountId, params.id, body)),
    }),
    route({
      method: "DELETE",
      path: "/api/v1/media/:id",
      auth: "user",
      scope: "write:media",
      params: idParam,
      async handler({ viewer }, { params }) {
        await deps.media.remove(viewer.accountId, params.id);
        return {};
      },
    }),
  ];
}
