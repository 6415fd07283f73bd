import { digest, newToken } from "#platform/crypto/secrets.ts";
import { one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { claimEvent } from "#platform/events/publish.ts";
import type { DecisionsDeps } from "./deps.ts";
import { actionById, actionsOfDecision, claimUnsent, type ActionRow } from "./sql.ts";
import { lockAppeal } from "./sql-redress.ts";
import { appealLetter, decisionLetter, languageOf, undoneLetter } from "./text.ts";
import type { Explain } from "./told.ts";

/** Tells people what was decided about them: a letter in their language and a notification. Jobs, each told once. */
export function tellTasks(deps: DecisionsDeps, explain: Explain): Task[] {
  /** Name and address of somebody of this instance; others are told by nobody. */
  async function addressOf(accountId: Id | null): Promise<{ email: string; username: string } | undefined> {
    if (accountId === null) return undefined;
    const [person] = await deps.accounts.profiles.get([accountId]);
    if (person?.domain !== null) return undefined;
    const user = await deps.accounts.profiles.user(accountId);
    return { email: user.email, username: person.username };
  }

  const notify = (db: TxClient, accountId: Id, decisionId: Id): Promise<void> =>
    deps.publisher.publish(db, {
      id: deps.ids.next().toString(),
      type: "safety.decided",
      accountId: accountId.toString(),
      decisionId: decisionId.toString(),
    });

  async function tellAction(action: ActionRow): Promise<void> {
    // Taken back before anybody was told: nothing happened.
    if (action.reversed_by !== null || action.reverses_id !== null || action.account_id === null) return;
    const accountId = action.account_id;
    const to = await addressOf(accountId);
    if (!to) return;
    const [explained] = await explain.explain([action]);
    if (!explained || explained.statement.sent_at !== null) return;
    const secret = newToken();
    const letter = decisionLetter(
      languageOf(explained.statement.language),
      { handle: to.username, domain: deps.domain, url: `${deps.publicUrl}/standing?key=${secret}` },
      explained.told,
    );
    await deps.tx(async (db) => {
      if (!(await one(db, claimUnsent, action.id, deps.clock.now(), digest(secret)))) return;
      await deps.mail.send(db, { to: to.email, ...letter });
      await notify(db, accountId, action.decision_id);
    });
  }

  return [
    {
      name: "safety.tellDecision",
      async run(payload) {
        const decisionId = BigInt(String(payload["decisionId"]));
        for (const action of await run(deps.pool, actionsOfDecision, decisionId)) await tellAction(action);
      },
    },
    {
      name: "safety.tellUndone",
      async run(payload) {
        const action = await one(deps.pool, actionById, BigInt(String(payload["actionId"])));
        if (!action || action.reversed_by === null) return;
        const [explained] = await explain.explain([action]);
        const to = await addressOf(action.account_id);
        // Whoever was never told need not hear that it is over.
        if (!explained || explained.statement.sent_at === null || !to) return;
        const language = languageOf(explained.statement.language);
        const letter = undoneLetter(language, { handle: to.username, domain: deps.domain }, explained.told);
        await deps.tx(async (db) => {
          if (await claimEvent(db, "safety.tellUndone", action.id))
            await deps.mail.send(db, { to: to.email, ...letter });
        });
      },
    },
    {
      name: "safety.tellAppeal",
      async run(payload) {
        const id = BigInt(String(payload["appealId"]));
        const appeal = await deps.tx((db) => one(db, lockAppeal, id));
        if (!appeal?.outcome) return;
        const { outcome } = appeal;
        const action = await one(deps.pool, actionById, appeal.action_id);
        const [explained] = action ? await explain.explain([action]) : [];
        const to = await addressOf(appeal.account_id);
        if (!explained || !to) return;
        const letter = appealLetter(
          languageOf(explained.statement.language),
          { handle: to.username, domain: deps.domain },
          explained.told,
          outcome,
          appeal.answer,
        );
        await deps.tx(async (db) => {
          if (await claimEvent(db, "safety.tellAppeal", id)) await deps.mail.send(db, { to: to.email, ...letter });
        });
      },
    },
  ];
}
