import type { Id } from "#platform/ids.ts";
import { ACTION_KINDS, type ActionKind, type Safety } from "#modules/safety/index.ts";

/** The nearest of the actions that Mastodon's clients know: docs.joinmastodon.org/entities/AccountWarning. */
const MASTODON_ACTION: Readonly<Record<ActionKind, string>> = {
  warn: "none",
  label: "none",
  content_warning: "mark_statuses_as_sensitive",
  sensitive: "sensitive",
  quarantine: "none",
  hold: "none",
  remove: "delete_statuses",
  limit: "silence",
  freeze: "disable",
  suspend: "suspend",
};

const rank = (kind: ActionKind): number => ACTION_KINDS.indexOf(kind);

/** Mastodon's AccountWarning without `target_account`; undefined for an unknown decision. Of several actions the strongest stands for all, the text names each. */
export async function accountWarning(safety: Safety, decisionId: Id): Promise<Record<string, unknown> | undefined> {
  const explained = await safety.decisions.ofDecision(decisionId);
  const strongest = explained.toSorted((a, b) => rank(a.action.kind) - rank(b.action.kind)).at(-1);
  if (!strongest) return undefined;
  const sentence = safety.decisions.explain.sentence;
  const language = strongest.statement.language === "de" ? "de" : "en";
  return {
    id: strongest.action.id.toString(),
    action:
      strongest.action.kind === "sensitive" && strongest.action.post_id !== null
        ? "mark_statuses_as_sensitive"
        : MASTODON_ACTION[strongest.action.kind],
    text: [...explained.map((e) => sentence(language, e.told)), strongest.statement.facts].filter(Boolean).join("\n"),
    status_ids: explained.flatMap((e) => e.action.post_id?.toString() ?? []),
    appeal: null,
    created_at: strongest.action.at.toISOString(),
  };
}
