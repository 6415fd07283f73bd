import { run } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import { plainText } from "#platform/text/format.ts";
import type { DecisionsDeps } from "./deps.ts";
import { statementsOf, type ActionRow, type StatementRow } from "./sql.ts";
import { actionText, statementLines, type Language, type Told } from "./text.ts";

/** An action with its statement of reasons, in words. */
export interface Explained {
  action: ActionRow;
  statement: StatementRow;
  told: Told;
}

const EXCERPT = 200;

export interface Explain {
  /** Actions that have a statement, with what it says. */
  explain(actions: readonly ActionRow[]): Promise<Explained[]>;
  sentence(language: Language, told: Told): string;
  lines(language: Language, told: Told): string[];
}

export function createExplain(deps: DecisionsDeps): Explain {
  const urlOf = (action: ActionRow): string => `${deps.publicUrl}/@${action.handle}/${action.post_id ?? ""}`;
  return {
    async explain(actions) {
      if (actions.length === 0) return [];
      const statements = new Map(
        (
          await run(
            deps.pool,
            statementsOf,
            actions.map((a) => a.id),
          )
        ).map((s) => [s.action_id, s]),
      );
      const posts = new Map<Id, string>();
      const ids = [...new Set(actions.flatMap((a) => a.post_id ?? []))];
      for (const post of ids.length === 0 ? [] : await deps.posts.views.contents(ids))
        posts.set(post.id, plainText(post.content));
      return actions.flatMap((action) => {
        const statement = statements.get(action.id);
        if (!statement) return [];
        const words = action.post_id === null ? undefined : posts.get(action.post_id);
        const told: Told = {
          kind: action.kind,
          postUrl: action.post_id === null ? undefined : urlOf(action),
          excerpt: words === undefined ? undefined : [...words].slice(0, EXCERPT).join(""),
          detail: action.params.name ?? action.params.text ?? "",
          expiresAt: action.expires_at ?? undefined,
          ground: statement.ground,
          reference: statement.reference,
          facts: statement.facts,
          automatedDetection: statement.automated_detection,
          automatedDecision: statement.automated_decision,
          appealUntil: statement.appeal_until,
        };
        return [{ action, statement, told }];
      });
    },
    sentence: (language, told) => actionText(language, told),
    lines: (language, told) => statementLines(language, told),
  };
}
