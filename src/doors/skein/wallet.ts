import { z } from "zod";
import { zId, zInt, zText } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import { MAX_ID } from "#platform/ids.ts";
import { moneyFormat, moneyOf } from "#platform/money.ts";
import { keyFor } from "#modules/ledger/index.ts";
import type { SkeinDeps } from "./deps.ts";

/** One's own credits and tokens. Amounts are decimal strings in the asset's unit. */
export function walletRoutes(deps: SkeinDeps): Route[] {
  const { credits, statements, staking } = deps.ledger;
  const presentStake = (s: Awaited<ReturnType<typeof staking.startUnbonding>>): Record<string, unknown> => ({
    id: s.id.toString(),
    amount: moneyFormat(s.amount, "TOKEN"),
    lock_days: s.lockDays,
    state: s.state,
    unlocks_at: s.unlocksAt.toISOString(),
    releases_at: s.releasesAt?.toISOString() ?? null,
    created_at: s.createdAt.toISOString(),
  });
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
      path: "/api/skein/v1/wallet/stakes",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) => (await staking.stakes(viewer.accountId)).map(presentStake),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/wallet/stakes",
      auth: "user",
      scope: "write:accounts",
      body: z.object({ amount: zText(40).default(""), lock_days: zInt(1, 3650) }),
      async handler(ctx, { body }) {
        const given = ctx.request.headers.get("idempotency-key");
        return presentStake(
          await staking.stake({
            user: ctx.viewer.accountId,
            amount: moneyOf(body.amount, "TOKEN"),
            lockDays: body.lock_days,
            key: given === null ? deps.ledger.newKey() : keyFor("stake", ctx.viewer.accountId, given),
          }),
        );
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/wallet/stakes/:id",
      auth: "user",
      scope: "write:accounts",
      params: z.object({ id: zId }),
      handler: async ({ viewer }, { params }) =>
        presentStake(await staking.startUnbonding({ user: viewer.accountId, stake: params.id })),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/wallet/stakes/audit",
      auth: "user",
      scope: "read:accounts",
      handler: async () =>
        (await staking.audit("daily", 60)).map((d) => ({
          day: d.day,
          amount: moneyFormat(d.amount, "CREDIT"),
          total_weight: d.totalWeight.toString(),
          rate: d.rate.toString(),
          budget: moneyFormat(d.budget, "CREDIT"),
        })),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/transparency/tokens",
      auth: "public",
      async handler() {
        const totals = await staking.totals();
        return {
          total_weight: totals.totalWeight.toString(),
          pools: totals.pools.map((p) => ({
            name: p.name,
            asset: p.asset,
            funded: moneyFormat(p.funded, p.asset),
            paid: moneyFormat(p.paid, p.asset),
          })),
        };
      },
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
