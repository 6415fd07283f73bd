import { AppError } from "#platform/errors.ts";
import { moneyFormat, moneyOf } from "#platform/money.ts";
import { UsageError, withApp, type Command } from "./command.ts";

function whole(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 0) throw new UsageError(`--${name} ${text}: it must be a whole number from 0.`);
  return n;
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing.`);
  return value;
}

/** The books, from the command line. */
export const ledgerCommands: Command[] = [
  {
    words: ["ledger", "verify"],
    usage: "ledger verify [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async ({ ledger }) => {
        const { ok, checks, transfers, seals } = await ledger.verify();
        const lines = checks.flatMap(({ name, faults }) => [
          `${faults.length === 0 ? "ok    " : "BROKEN"}  ${name}`,
          ...faults.map((fault) => `          ${fault}`),
        ]);
        const counted = { ok, transfers: transfers.toString(), seals, checks };
        call.out.result(counted, [...lines, `${transfers} transfers, ${seals} sealed days`].join("\n"));
        if (!ok) throw new AppError("conflict", "The ledger does not hold what it promises: see what is BROKEN.");
      }),
  },
  {
    words: ["ledger", "grant"],
    usage:
      "ledger grant <username> --asset CREDIT|TOKEN --amount <n> --reason <text> [--key <uuid>] [--days <n>] [--json]",
    options: ["asset", "amount", "reason", "key", "days"],
    names: 1,
    async run(call) {
      const [username = ""] = call.names;
      const asset = needed(call.options["asset"], "asset");
      if (asset !== "CREDIT" && asset !== "TOKEN") throw new UsageError(`--asset ${asset}: allowed are CREDIT, TOKEN.`);
      const amount = moneyOf(needed(call.options["amount"], "amount"), asset);
      const reason = needed(call.options["reason"], "reason");
      const days = call.options["days"] === undefined ? undefined : whole(call.options["days"], "days", 0);
      await withApp(call, async ({ accounts, ledger, clock }) => {
        const user = await accounts.profiles.byHandle(username.replace(/^@/, ""), null);
        if (user === undefined) throw new AppError("not_found", `There is no account @${username} here.`);
        const key = call.options["key"] ?? ledger.newKey();
        const expiresAt = days === undefined ? null : new Date(clock.ms() + days * 86_400_000);
        const { entry, replayed } = await ledger.credits.grant({ user, asset, amount, reason, key, expiresAt });
        const wallet = await ledger.credits.wallet(user);
        const available = asset === "CREDIT" ? wallet.credits.available : wallet.tokens.available;
        const [given, balance] = [moneyFormat(amount, asset), moneyFormat(available, asset)];
        call.out.result(
          { entry: entry.toString(), key, username, asset, amount: given, available: balance, replayed },
          `@${username} got ${given} ${asset} and has ${balance} now.`,
        );
      });
    },
  },
  {
    words: ["ledger", "seal"],
    usage: "ledger seal [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async ({ ledger }) => {
        const sealed = (await ledger.closing.sealDays()).map((seal) => ({
          ...{ day: seal.day, root: seal.root, entries: Number(seal.entries), transfers: Number(seal.transfers) },
        }));
        const lines = sealed.map((s) => `${s.day}\t${s.transfers} transfers\t${s.root}`);
        call.out.result({ sealed }, lines.join("\n") || "There is no day to seal.");
      }),
  },
  {
    words: ["ledger", "period", "close"],
    usage: "ledger period close [<YYYY-MM>] [--json]",
    options: [],
    names: 0,
    moreNames: 1,
    run: (call) =>
      withApp(call, async ({ ledger, clock }) => {
        const now = clock.now();
        const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
        const month = call.names[0] ?? last;
        const { period, already } = await ledger.closing.closePeriod(month);
        call.out.result({ period, already }, `${month} is closed${already ? " already" : ""}.`);
      }),
  },
  {
    words: ["ledger", "trial-balance"],
    usage: "ledger trial-balance <from YYYY-MM-DD> <to YYYY-MM-DD> [--json]",
    options: [],
    names: 2,
    async run(call) {
      const [from = "", to = ""] = call.names;
      for (const day of [from, to])
        if (!/^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$/.test(day))
          throw new UsageError(`"${day}" is not a day: YYYY-MM-DD.`);
      await withApp(call, async ({ ledger }) => {
        const rows = (await ledger.statements.trialBalance(from, to)).map((r) => ({
          ...{ code: r.code, name: r.name, asset: r.asset, debits: moneyFormat(r.debits, r.asset) },
          ...{ credits: moneyFormat(r.credits, r.asset), balance: moneyFormat(r.balance, r.asset) },
        }));
        const lines = rows.map((r) => [r.code, r.name, r.asset, r.debits, r.credits, r.balance].join("\t"));
        call.out.result({ from, to, rows }, lines.join("\n") || "There are no entries.");
      });
    },
  },
  {
    words: ["ledger", "staking"],
    usage: "ledger staking [--rate <credits per token and day>] [--budget <credits per day>] [--json]",
    options: ["rate", "budget"],
    names: 0,
    run: (call) =>
      withApp(call, async ({ ledger }) => {
        const { rate, budget } = call.options;
        if ((rate === undefined) !== (budget === undefined))
          throw new UsageError("--rate and --budget belong together: what a token earns, and the most a day may give.");
        // A rate has the decimals of a token: a millionth of a credit per token and day at least.
        if (rate !== undefined && budget !== undefined)
          await ledger.staking.setDaily(moneyOf(rate, "TOKEN"), moneyOf(budget, "CREDIT"));
        const totals = await ledger.staking.totals();
        const pools = totals.pools.map((p) => ({
          ...{
            name: p.name,
            asset: p.asset,
            funded: moneyFormat(p.funded, p.asset),
            paid: moneyFormat(p.paid, p.asset),
          },
        }));
        const lines = pools.map((p) => `${p.name}\t${p.asset}\tfunded ${p.funded}\tpaid ${p.paid}`);
        call.out.result(
          { total_weight: totals.totalWeight.toString(), pools, ...(rate === undefined ? {} : { rate, budget }) },
          [
            rate === undefined ? "" : `From tomorrow: ${rate} credits per token and day, ${budget} a day at most.`,
            ...lines,
          ]
            .filter((line) => line !== "")
            .join("\n") || "Nothing is staked, and no pool was funded.",
        );
      }),
  },
  {
    words: ["ledger", "presale"],
    usage:
      "ledger presale [--open <name> --price <EUR per token> --cap <n> --soft-cap <n> --per-user <n> --days <n> --deliver-days <n>] [--deliver <id>] [--json]",
    options: ["open", "price", "cap", "soft-cap", "per-user", "days", "deliver-days", "deliver"],
    names: 0,
    run: (call) =>
      withApp(call, async ({ ledger, clock }) => {
        const o = call.options;
        if (o["open"] !== undefined) {
          const days = whole(needed(o["days"], "days"), "days", 0);
          const deliver = whole(needed(o["deliver-days"], "deliver-days"), "deliver-days", 0);
          await ledger.presale.open({
            name: o["open"],
            price: moneyOf(needed(o["price"], "price"), "EUR"),
            cap: moneyOf(needed(o["cap"], "cap"), "TOKEN"),
            softCap: moneyOf(needed(o["soft-cap"], "soft-cap"), "TOKEN"),
            perUserCap: moneyOf(needed(o["per-user"], "per-user"), "TOKEN"),
            opensAt: clock.now(),
            closesAt: new Date(clock.ms() + days * 86_400_000),
            deliverBy: new Date(clock.ms() + deliver * 86_400_000),
          });
        }
        if (o["deliver"] !== undefined) {
          if (!/^\d{1,19}$/.test(o["deliver"])) throw new UsageError(`--deliver ${o["deliver"]}: the id of a round.`);
          await ledger.presale.deliver(BigInt(o["deliver"]));
        }
        const rounds = (await ledger.presale.rounds()).map((r) => ({
          ...{ id: r.id.toString(), name: r.name, state: r.state, price: moneyFormat(r.price, "EUR") },
          ...{ cap: moneyFormat(r.cap, "TOKEN"), soft_cap: moneyFormat(r.soft_cap, "TOKEN") },
        }));
        call.out.result(
          { rounds },
          rounds.map((r) => `${r.id}\t${r.name}\t${r.state}\t${r.price} EUR`).join("\n") || "There are no rounds.",
        );
      }),
  },
  {
    words: ["ledger", "simulate"],
    usage: "ledger simulate [--seed N] [--steps M] [--json]",
    options: ["seed", "steps"],
    names: 0,
    async run(call) {
      // Loaded when asked for: it starts a PostgreSQL of its own and never touches this instance's.
      const { simulateAlone } = await import("../../tools/ledger/simulate.ts");
      const seed = whole(call.options["seed"], "seed", 1);
      const steps = whole(call.options["steps"], "steps", 10_000);
      const report = await simulateAlone({ seed, steps }, call.out.say);
      call.out.result(
        report,
        `seed ${seed}, ${steps} steps: ${report.ok ? "ok" : "FAILED"}\n${JSON.stringify(report)}`,
      );
      if (!report.ok) throw new AppError("conflict", `The simulation with seed ${seed} failed: ${report.fault ?? ""}`);
    },
  },
];
