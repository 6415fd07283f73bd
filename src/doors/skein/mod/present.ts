import { idTime, type Id } from "#platform/ids.ts";
import { absoluteMedia, type MediaJson } from "#modules/media/index.ts";
import { RESTRICTIONS, visibilityName, type PostRow } from "#modules/posts/index.ts";
import type { ActionRow, AppealRow, Explained, ModCaseRow, NoticeRow, StrikeRow } from "#modules/safety/index.ts";

/** What moderators see. Nothing here is meant for the person whom it concerns. */

const text = (id: Id | null): string | null => id?.toString() ?? null;
const time = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentModCase(c: ModCaseRow, accounts: ReadonlyMap<Id, unknown>): Record<string, unknown> {
  return {
    id: c.id.toString(),
    handle: c.handle,
    account: c.account_id === null ? null : (accounts.get(c.account_id) ?? null),
    queue: c.queue,
    state: c.state,
    priority: c.priority,
    assigned: c.assigned_id === null ? null : (accounts.get(c.assigned_id) ?? null),
    opened_at: time(c.opened_at),
    due_at: time(c.due_at),
    closed_at: time(c.closed_at),
    reports_count: Number(c.reports),
    notices_count: Number(c.notices),
    actions_count: Number(c.actions),
  };
}

export function presentAction(a: ActionRow, accounts: ReadonlyMap<Id, unknown>): Record<string, unknown> {
  return {
    id: a.id.toString(),
    decision_id: a.decision_id.toString(),
    kind: a.kind,
    post_id: text(a.post_id),
    params: a.params,
    source: a.source,
    by: a.decided_by === null ? null : (accounts.get(a.decided_by) ?? null),
    rule: a.rule === null ? null : { id: a.rule, version: a.rule_version },
    reason: a.reason,
    at: time(a.at),
    expires_at: time(a.expires_at),
    reverses_id: text(a.reverses_id),
    reversed_by: text(a.reversed_by),
  };
}

export function presentNotice(n: NoticeRow): Record<string, unknown> {
  return {
    id: n.id.toString(),
    url: n.url,
    post_id: text(n.post_id),
    category: n.category,
    law: n.law,
    explanation: n.explanation,
    name: n.name,
    email: n.email,
    received_at: time(n.received_at),
    answered_at: time(n.answered_at),
    outcome: n.outcome,
  };
}

export const presentStrike = (s: StrikeRow): Record<string, unknown> => ({
  action_id: s.action_id.toString(),
  weight: s.weight,
  at: time(s.at),
  expires_at: time(s.expires_at),
});

export function presentEvidence(p: PostRow, publicUrl: string): Record<string, unknown> {
  return {
    id: p.id.toString(),
    created_at: idTime(p.id).toISOString(),
    visibility: visibilityName(p.visibility),
    spoiler_text: p.spoiler_text,
    sensitive: p.sensitive,
    content: p.content,
    language: p.language,
    in_reply_to_id: text(p.in_reply_to_id),
    labels: p.labels,
    restriction: RESTRICTIONS[p.restriction],
    media_attachments: p.media.filter(isMedia).map((m) => absoluteMedia(m, publicUrl)),
  };
}

const isMedia = (m: unknown): m is MediaJson => typeof m === "object" && m !== null && "preview_url" in m;

/** An objection without the name of anybody who decided. */
export const presentAppeal = (a: AppealRow): Record<string, unknown> => ({
  id: a.id.toString(),
  text: a.text,
  at: time(a.at),
  due_at: time(a.due_at),
  outcome: a.outcome,
  answer: a.answer,
  decided_at: time(a.decided_at),
});

/** A restriction as the person sees it whom it concerns. Names of moderators are not part of it. */
export function presentRestriction(
  e: Explained & { appeal: AppealRow | undefined },
  lines: readonly string[],
): Record<string, unknown> {
  return {
    id: e.action.id.toString(),
    kind: e.action.kind,
    post_id: text(e.action.post_id),
    at: time(e.action.at),
    expires_at: time(e.action.expires_at),
    lifted: e.action.reversed_by !== null,
    statement: {
      puid: e.statement.puid,
      ground: e.statement.ground,
      reference: e.statement.reference,
      facts: e.statement.facts,
      automated_detection: e.statement.automated_detection,
      automated_decision: e.statement.automated_decision,
      appeal_until: time(e.statement.appeal_until),
      text: lines.join("\n"),
    },
    appeal: e.appeal ? presentAppeal(e.appeal) : null,
  };
}
