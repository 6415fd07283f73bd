/** Posts until it is killed, and prints the key of everything that was acknowledged: `node tools/ledger/post-until-killed.ts <database> <seed>`. */
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { CHART, createLedger, keyFor } from "#modules/ledger/index.ts";

const [url = "", seed = "0"] = process.argv.slice(2);
const pool = createPool(url, silentLog, { max: 4 });
const ledger = createLedger({
  ...{ pool, tx: createTx(pool), ids: createIds(systemClock, 1), clock: systemClock, log: silentLog },
});
const open = (code: number, owner: bigint | null): Promise<bigint> =>
  ledger.accounts.open({ code, asset: "EUR", owner });
const [bank, revenue] = [await open(CHART.bank, null), await open(CHART.advertisingRevenue, null)];
const wallets = await Promise.all(Array.from({ length: 20 }, (_, n) => open(CHART.customerWallet, BigInt(n + 1))));

async function caller(number: number): Promise<never> {
  for (let n = 0; ; n++) {
    const wallet = wallets[(number + n) % wallets.length] ?? bank;
    const key = keyFor("crash", seed, number, n);
    const second = keyFor("crash-second", seed, number, n);
    const [out] = await ledger.post([
      {
        kind: "manual",
        transfers: [
          { key, debit: bank, credit: wallet, amount: 5n },
          { key: second, debit: wallet, credit: revenue, amount: 3n },
        ],
      },
    ]);
    if (out?.ok === true) process.stdout.write(`${key}\n`);
  }
}

await Promise.all(Array.from({ length: 24 }, (_, number) => caller(number)));
