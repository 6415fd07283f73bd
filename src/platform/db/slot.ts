import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "#platform/log/log.ts";
import { exec, one, statement } from "./sql.ts";
import type { Pool } from "./pool.ts";

const claim = statement<[holder: string, role: string], { slot: number }>(
  "platform.claimSlot",
  `insert into process_slots (slot, holder, role, lease_until)
   select s, $1::uuid, $2, now() + interval '60 s' from generate_series(0, 15) s
   where not exists (select 1 from process_slots p where p.slot = s and p.lease_until > now()) order by s limit 1
   on conflict (slot) do update set holder = excluded.holder, role = excluded.role, lease_until = excluded.lease_until where process_slots.lease_until <= now()
   returning slot`,
);
const renew = statement<[holder: string], never>(
  "platform.renewSlot",
  `update process_slots set lease_until = now() + interval '60 s' where holder = $1::uuid`,
);
const release = statement<[holder: string], never>(
  "platform.releaseSlot",
  `delete from process_slots where holder = $1::uuid`,
);

/** A leased process slot: the bits of every id by which processes differ. */
export interface Slot {
  number: number;
  release(): Promise<void>;
}

/** Leases one of 16 slots; waits for one for up to a minute when all are taken. The lease is renewed until it is released. */
export async function leaseSlot(pool: Pool, role: string, log: Log): Promise<Slot> {
  const holder = randomUUID();
  for (let attempt = 0; attempt < 120; attempt++) {
    const taken = await one(pool, claim, holder, role);
    if (taken) {
      const timer = setInterval(() => {
        exec(pool, renew, holder).catch((err: unknown) => log.warn({ err }, "could not renew the process slot"));
      }, 20_000);
      timer.unref();
      return {
        number: taken.slot,
        async release() {
          clearInterval(timer);
          await exec(pool, release, holder).catch(() => 0);
        },
      };
    }
    await sleep(500);
  }
  throw new Error("All 16 process slots are taken: too many Skein processes use this database.");
}
