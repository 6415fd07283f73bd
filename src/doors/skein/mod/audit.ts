import { z } from "zod";
import { zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { route, type Route } from "#platform/http/route.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";

/** The audit log, for admins and the owner. */
export function auditRoutes(deps: SkeinDeps): Route[] {
  const { audit } = deps.safety;
  return [
    route({
      method: "GET",
      path: "/api/skein/v1/mod/audit",
      auth: "admin",
      scope: "admin:read",
      query: z.object({ verb: zText(80).optional(), object: zText(200).optional(), ...pageQuery(40, 200) }),
      async handler(ctx, { query }) {
        const rows = await audit.list(pageOf(query), {
          verb: query.verb || undefined,
          object: query.object || undefined,
        });
        const ids = { first: rows[0]?.seq, last: rows.at(-1)?.seq };
        const link = linkHeader(ctx.url, deps.config.publicUrl, ids, rows.length === query.limit);
        if (link !== undefined) ctx.headers.set("Link", link);
        const people = await deps.accountEntities([...new Set(rows.flatMap((r) => r.actor_id ?? []))]);
        return rows.map((row) => ({
          ...{ seq: row.seq.toString(), at: row.at.toISOString(), verb: row.verb, object: row.object },
          actor: row.actor_id === null ? null : (people.get(row.actor_id) ?? { id: row.actor_id.toString() }),
          data: JSON.parse(row.data) as unknown,
          hash: row.hash.toString("hex"),
        }));
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/mod/audit/verify",
      auth: "admin",
      scope: "admin:read",
      rate: "login",
      async handler() {
        const found = await audit.verify();
        return found.ok
          ? { ok: true, first_broken: null, lines: Number(found.lines) }
          : { ok: false, first_broken: Number(found.firstBroken), reason: found.why };
      },
    }),
  ];
}
