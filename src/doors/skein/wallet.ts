import { z } from "zod";
import { zId, zInt } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import { MAX_ID } from "#platform/ids.ts";
import { moneyFormat } from "#platform/money.ts";
import type { SkeinDeps } from "./deps.ts";

/** One's own credits and tokens. Amounts are decimal strings in the asset's unit. */
export function walletRoutes(deps: SkeinDeps): Route[] {
  const { credits, statements } = deps.ledger;
  return [
    route({
      method: "GET",
      path: "/api/skein/v1/wallet",
      auth: "user",
      scope: "read:accounts",
      async handler({ viewer }) {
        // Today's free credits come when somebody looks, or when they are needed.
        await deps.memes.generating.prices.daily(viewer.accountId);
        const w = await credits.wallet(viewer.accountId);
        return {
          credits: {
            available: moneyFormat(w.credits.available, "CREDIT"),
            held: moneyFormat(w.credits.held, "CREDIT"),
            next_expiry: w.credits.next_expiry?.toISOString() ?? null,
          },
          tokens: {
            available: moneyFormat(w.tokens.available, "TOKEN"),
            staked: moneyFormat(w.tokens.staked, "TOKEN"),
            unbonding: moneyFormat(w.tokens.unbonding, "TOKEN"),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/wallet/entries",
      auth: "user",
      scope: "read:accounts",
      query: z.object({ limit: zInt(1, 80).default(40), max_id: zId.optional() }),
      handler: async ({ viewer }, { query }) =>
        (await statements.entries(viewer.accountId, { before: query.max_id ?? MAX_ID, limit: query.limit })).map(
          (e) => ({
            id: e.id.toString(),
            at: e.at.toISOString(),
            asset: e.asset,
            amount: moneyFormat(e.amount, e.asset),
            balance: moneyFormat(e.balance, e.asset),
            kind: e.kind,
            reference: e.reference,
          }),
        ),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/wallet/lots",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        (await credits.lots(viewer.accountId)).map((l) => ({
          id: l.id.toString(),
          kind: l.kind,
          granted: moneyFormat(l.granted, "CREDIT"),
          remaining: moneyFormat(l.remaining, "CREDIT"),
          reason: l.reason,
          effective_at: l.effective_at.toISOString(),
          expires_at: l.expires_at?.toISOString() ?? null,
        })),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/wallet/holds",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        (await credits.holds(viewer.accountId)).map((h) => ({
          id: h.id.toString(),
          amount: moneyFormat(h.amount, "CREDIT"),
          reference: h.reference,
          expires_at: h.expiresAt?.toISOString() ?? null,
          created_at: h.createdAt.toISOString(),
        })),
    }),
  ];
}
