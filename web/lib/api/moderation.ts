/** Entities of Skein's moderation API. */
import type { Account, MediaAttachment } from "./types.ts";

export type ActionKind =
  | "warn"
  | "label"
  | "content_warning"
  | "sensitive"
  | "quarantine"
  | "hold"
  | "remove"
  | "limit"
  | "freeze"
  | "suspend";

export interface ModSummary {
  queues: Partial<Record<string, { open: number; late: number }>>;
  appeals: number;
}

export interface ModCase {
  id: string;
  handle: string;
  account: Account | null;
  queue: string;
  state: "open" | "decided" | "dismissed";
  priority: number;
  assigned: Account | null;
  opened_at: string;
  due_at: string;
  closed_at: string | null;
  reports_count: number;
  notices_count: number;
  actions_count: number;
}

export interface ModAction {
  id: string;
  kind: ActionKind;
  post_id: string | null;
  params: { name?: string; text?: string };
  source: string;
  by: Account | null;
  rule: { id: string; version: number } | null;
  reason: string;
  at: string;
  expires_at: string | null;
  reverses_id: string | null;
  reversed_by: string | null;
  in_case?: boolean;
}

export interface EvidencePost {
  id: string;
  created_at: string;
  visibility: string;
  spoiler_text: string;
  sensitive: boolean;
  content: string;
  language: string | null;
  in_reply_to_id: string | null;
  labels: string[];
  restriction: "none" | "quarantined" | "held" | "removed";
  media_attachments: MediaAttachment[];
  named: boolean;
}

export interface ModCaseDetail extends ModCase {
  user: { email: string; role: string; ip: string | null; confirmed: boolean; disabled: boolean } | null;
  reports: {
    id: string;
    account: Account | null;
    category: string;
    comment: string;
    post_ids: string[];
    closed: boolean;
  }[];
  notices: {
    id: string;
    url: string;
    category: string;
    law: string;
    explanation: string;
    name: string;
    email: string;
    received_at: string;
    outcome: string | null;
  }[];
  posts: EvidencePost[];
  actions: ModAction[];
  strikes: { action_id: string; weight: number; at: string; expires_at: string }[];
  network: { id: string; username: string; via: "device" | "address" | "invitation" }[];
}

export interface Appeal {
  id: string;
  text: string;
  at: string;
  due_at: string;
  outcome: "upheld" | "overturned" | null;
  answer: string;
  decided_at: string | null;
}

export interface AppealItem extends Appeal {
  account: Account | null;
  handle: string;
  action: ModAction;
  reference: string | null;
  facts: string | null;
  post: EvidencePost | null;
  yours: boolean;
}

export interface Restriction {
  id: string;
  kind: ActionKind;
  post_id: string | null;
  at: string;
  expires_at: string | null;
  lifted: boolean;
  statement: { reference: string; facts: string; appeal_until: string; text: string; automated_decision: boolean };
  appeal: Appeal | null;
}

export interface Standing {
  strikes: { action_id: string; weight: number; at: string; expires_at: string }[];
  restrictions: Restriction[];
  reports: {
    id: string;
    account: Account | null;
    category: string;
    outcome: "open" | "acted" | "not_acted";
    closed_at: string | null;
  }[];
}

export interface NoticeState {
  id: string;
  url: string;
  category: string;
  received_at: string;
  answered_at: string | null;
  outcome: "acted" | "not_acted" | null;
}

export interface MediaCase {
  id: string;
  use: string;
  kind: string;
  bank: string;
  match: { algorithm: string; distance: number };
  account: { id: string | null; username: string } | null;
  host: string | null;
  evidence: string;
  state: string;
  opened_at: string;
}

export interface AuditLine {
  seq: string;
  at: string;
  verb: string;
  object: string;
  actor: Partial<Account> | null;
  data: Record<string, unknown>;
}

export interface Share {
  of: number;
  count: number;
  low: number;
  high: number;
}
export interface Transparency {
  from: string;
  to: string;
  actions: { kind: ActionKind; automated: boolean; ground: string; count: number; undone: number }[];
  notices: { category: string; count: number; acted: number; answered: number; median_hours: number | null }[];
  reports: { category: string; count: number; acted: number; median_hours: number | null }[];
  appeals: { filed: number; median_hours: number | null; overturned: Share; overturned_automated: Share };
}
