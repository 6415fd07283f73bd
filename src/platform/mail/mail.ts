import type { Log } from "#platform/log/log.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { one, run, exec, statement } from "#platform/db/sql.ts";
import type { Ids } from "#platform/ids.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Task } from "#platform/jobs/worker.ts";

export interface MailMessage {
  to: string;
  subject: string;
  text: string;
}

export interface StoredMail {
  id: bigint;
  recipient: string;
  subject: string;
  body: string;
  created_at: Date;
  sent_at: Date | null;
  error: string | null;
}

/** Mail goes into a table in the caller's transaction. With an SMTP server a job sends it; without one the owner reads it in the admin pages. */
export interface Mail {
  /** True when an SMTP server is configured. */
  readonly configured: boolean;
  send(db: TxClient, message: MailMessage): Promise<void>;
  outbox(limit: number): Promise<StoredMail[]>;
  readonly tasks: readonly Task[];
}

const insertMail = statement<[id: bigint, to: string, subject: string, body: string], never>(
  "platform.mailInsert",
  `insert into mail (id, recipient, subject, body) values ($1, $2, $3, $4)`,
);
const getMail = statement<[id: bigint], { recipient: string; subject: string; body: string }>(
  "platform.mailGet",
  `select recipient, subject, body from mail where id = $1 and sent_at is null`,
);
const markSent = statement<[id: bigint], never>(
  "platform.mailSent",
  `update mail set sent_at = now(), error = null, body = '' where id = $1`,
);
const markFailed = statement<[id: bigint, error: string], never>(
  "platform.mailFailed",
  `update mail set error = $2 where id = $1`,
);
const listMail = statement<[limit: number], StoredMail>(
  "platform.mailList",
  `select id, recipient, subject, body, created_at, sent_at, error from mail order by id desc limit $1::int`,
);
const sweepMail = statement<[], never>(
  "platform.mailSweep",
  `delete from mail where created_at < now() - interval '30 days'`,
);

export function createMail(deps: {
  smtpUrl: string | undefined;
  from: string;
  pool: Pool;
  ids: Ids;
  publisher: Publisher;
  log: Log;
}): Mail {
  const configured = deps.smtpUrl !== undefined;
  return {
    configured,
    async send(db, message) {
      const id = deps.ids.next();
      await run(db, insertMail, id, message.to, message.subject, message.text);
      if (configured)
        await deps.publisher.enqueue(db, {
          task: "platform.mailSend",
          payload: { id: id.toString() },
          key: `mail:${id}`,
        });
    },
    outbox: (limit) => run(deps.pool, listMail, limit),
    tasks: [
      {
        name: "platform.mailSend",
        timeLimitMs: 60_000,
        async run(payload) {
          const id = BigInt(String(payload["id"]));
          const mail = await one(deps.pool, getMail, id);
          if (!mail || deps.smtpUrl === undefined) return;
          const { createTransport } = await import("nodemailer");
          const transport = createTransport(deps.smtpUrl);
          try {
            // The id makes a repeat after a crash recognisable as the same message.
            await transport.sendMail({
              from: deps.from,
              to: mail.recipient,
              subject: mail.subject,
              text: mail.body,
              messageId: `<${id}@skein>`,
            });
            await exec(deps.pool, markSent, id);
          } catch (error) {
            await exec(deps.pool, markFailed, id, error instanceof Error ? error.message.slice(0, 500) : "unknown");
            throw error;
          } finally {
            transport.close();
          }
        },
      },
      {
        name: "platform.mailSweep",
        cron: "17 3 * * *",
        run: async () => {
          await exec(deps.pool, sweepMail);
        },
      },
    ],
  };
}
