/** The moderators' console, and what people see of decisions about themselves. */
import type { Account, Rule, Status } from "#web/lib/api/types.ts";
import { m } from "#web/lib/paraglide/messages.js";
import type {
  AppealItem,
  AuditLine,
  MediaCase,
  ModCase,
  ModCaseDetail,
  ModSummary,
  NoticeState,
  Restriction,
  Standing,
  Transparency,
} from "#web/lib/api/moderation.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Problem } from "./context.ts";

const API = "/api/skein/v1";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

/** One address serves the whole console: every route is part of what each reader's browser loads first. */
export type ModView = { summary: ModSummary; undo: string[] } & (
  | { view: "queue"; queue: string; state: "open" | "closed"; cases: ModCase[]; more: string | null }
  | { view: "case"; case: ModCaseDetail; rules: Rule[]; next: string | null }
  | { view: "appeals"; state: "open" | "closed"; appeals: AppealItem[] }
  | { view: "media"; cases: MediaCase[] }
  | { view: "audit"; lines: AuditLine[]; verb: string; object: string; more: string | null; whole: AuditVerdict | null }
);
export interface AuditVerdict {
  ok: boolean;
  first_broken: number | null;
  lines?: number;
}

const QUEUES = ["reports", "notices", "automatic", "staff"];
const PAGE = 40;

function staffOnly({ me }: SignedInContext, admins: boolean): void {
  const allowed = admins ? ["owner", "admin"] : ["owner", "admin", "moderator"];
  if (!allowed.includes(me.role)) throw new Problem(403, "Only the moderators of this server may open this page.");
}

/** `/mod` and everything below it. */
export async function console(context: SignedInContext): Promise<ModView> {
  staffOnly(context, false);
  const { api, url, params } = context;
  const [name = "", id = ""] = (params["view"] ?? "").split("/");
  const summary = await api.get<ModSummary>(`${API}/mod/summary`);
  const undo = (url.searchParams.get("undo") ?? "").split(",").filter((part) => /^\d{1,20}$/.test(part));
  const common = { summary, undo };
  const state = url.searchParams.get("state") === "closed" ? "closed" : "open";
  switch (name) {
    case "": {
      const queue = QUEUES.find((q) => q === url.searchParams.get("queue")) ?? "";
      const cases = await api.get<ModCase[]>(`${API}/mod/cases`, {
        state,
        ...(queue === "" ? {} : { queue }),
        cursor: url.searchParams.get("cursor"),
        limit: PAGE,
      });
      return {
        ...common,
        view: "queue",
        queue,
        state,
        cases,
        more: cases.length === PAGE ? (cases.at(-1)?.id ?? null) : null,
      };
    }
    case "cases": {
      const found = await api.get<ModCaseDetail>(`${API}/mod/cases/${encodeURIComponent(id)}`);
      const others = await api.get<ModCase[]>(`${API}/mod/cases`, { limit: 2 });
      const rules = await api.get<Rule[]>("/api/v1/instance/rules");
      return { ...common, view: "case", case: found, rules, next: others.find((c) => c.id !== found.id)?.id ?? null };
    }
    case "appeals":
      return {
        ...common,
        view: "appeals",
        state,
        appeals: await api.get<AppealItem[]>(`${API}/mod/appeals`, { state }),
      };
    case "media": {
      staffOnly(context, true);
      return { ...common, view: "media", cases: await api.get<MediaCase[]>(`${API}/admin/safety/media`) };
    }
    case "audit": {
      staffOnly(context, true);
      const verb = url.searchParams.get("verb") ?? "";
      const object = url.searchParams.get("object") ?? "";
      const lines = await api.get<AuditLine[]>(`${API}/mod/audit`, {
        verb,
        object,
        max_id: url.searchParams.get("max_id"),
        limit: PAGE,
      });
      const whole = url.searchParams.has("verify") ? await api.get<AuditVerdict>(`${API}/mod/audit/verify`) : null;
      return {
        ...common,
        view: "audit",
        lines,
        verb,
        object,
        whole,
        more: lines.length === PAGE ? (lines.at(-1)?.seq ?? null) : null,
      };
    }
    default:
      throw new Problem(404, "There is no such page.");
  }
}

/** Carries out everything that is ticked, as one decision. */
export async function decide({ api }: Context, form: FormData): Promise<string> {
  const posts = form.getAll("post").map(String);
  const onPosts = form.getAll("on_post").map(String);
  const onAccount = form.getAll("on_account").map(String);
  const days = Number(text(form, "days"));
  const ttl = Number.isFinite(days) && days > 0 ? { ttl: Math.round(days * 86_400) } : {};
  const detail = (kind: string): Record<string, string> =>
    kind === "label"
      ? { name: text(form, "label") }
      : kind === "content_warning"
        ? { text: text(form, "warning") }
        : {};
  const actions = [
    ...posts.flatMap((post) => onPosts.map((kind) => ({ kind, post_id: post, ...detail(kind) }))),
    // A warning has no end, and neither has what is only said.
    ...onAccount.map((kind) => ({ kind, ...detail(kind), ...(kind === "warn" ? {} : ttl) })),
  ];
  const id = text(form, "case");
  const done = await api.send<{ actions: { id: string }[] }>(
    "POST",
    `${API}/mod/cases/${encodeURIComponent(id)}/decision`,
    {
      actions,
      ground: text(form, "ground") === "illegal" ? "illegal" : "terms",
      reference: text(form, "reference") || text(form, "rule"),
      facts: text(form, "facts"),
    },
  );
  return `/mod?undo=${done.actions.map((a) => a.id).join(",")}`;
}

export async function dismiss({ api }: Context, form: FormData): Promise<string> {
  await api.send("POST", `${API}/mod/cases/${encodeURIComponent(text(form, "case"))}/dismiss`, {});
  return "/mod";
}

export async function assign({ api }: Context, form: FormData): Promise<string> {
  const id = encodeURIComponent(text(form, "case"));
  await api.send("POST", `${API}/mod/cases/${id}/assign`, { to: text(form, "to") === "me" ? "me" : "nobody" });
  return `/mod/cases/${id}`;
}

/** Takes actions back: right after the decision, or later with a reason. */
export async function undo({ api, flash }: Context, form: FormData): Promise<string> {
  for (const id of text(form, "actions").split(",").filter(Boolean))
    await api.send("POST", `${API}/mod/actions/${encodeURIComponent(id)}/undo`, { reason: text(form, "reason") });
  flash("saved");
  const back = text(form, "case");
  return back === "" ? "/mod" : `/mod/cases/${encodeURIComponent(back)}`;
}

export async function reviewAppeal({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", `${API}/mod/appeals/${encodeURIComponent(text(form, "id"))}`, {
    outcome: text(form, "outcome"),
    answer: text(form, "answer"),
  });
  flash("saved");
  return "/mod/appeals";
}

export interface StandingData {
  /** Of somebody who is signed in. */
  standing: Standing | null;
  /** What the key of a letter leads to. */
  letter: { key: string; restriction: Restriction } | null;
}

/** `/standing`: with an account, or with the key of a letter. */
export async function standing({ api, me, url, locale }: Context): Promise<StandingData> {
  const key = url.searchParams.get("key");
  if (key !== null) {
    const restriction = await api.send<Restriction>("POST", `${API}/standing/by_key`, { key, language: locale });
    return { standing: null, letter: { key, restriction } };
  }
  return { standing: me ? await api.get<Standing>(`${API}/standing`, { language: locale }) : null, letter: null };
}

export async function object({ api, flash }: Context, form: FormData): Promise<string> {
  const key = text(form, "key");
  const body = { text: text(form, "text") };
  if (key === "") await api.send("POST", `${API}/standing/${encodeURIComponent(text(form, "id"))}/appeal`, body);
  else await api.send("POST", `${API}/standing/by_key/appeal`, { key, ...body });
  flash("sent");
  return key === "" ? "/standing" : `/standing?key=${encodeURIComponent(key)}`;
}

export interface ReportData {
  receipt: string | null;
  state: NoticeState | null;
  /** Address to be filled into the form for everybody. */
  about: string;
  /** What somebody who is signed in complains of. */
  member: { account: Account; status: Status | null; rules: Rule[]; elsewhere: string | null } | null;
}

/** `/report`: the form for members, the one for everybody, or what became of a notice. */
export async function report({ api, url, me }: Context): Promise<ReportData> {
  const receipt = url.searchParams.get("receipt");
  const state = receipt === null ? null : await api.get<NoticeState>(`${API}/notices/${encodeURIComponent(receipt)}`);
  const statusId = url.searchParams.get("status") ?? "";
  const accountId = url.searchParams.get("account") ?? "";
  const status = statusId === "" ? null : await api.get<Status>(`/api/v1/statuses/${encodeURIComponent(statusId)}`);
  const whose = status?.account.id ?? accountId;
  const account = whose === "" ? null : await api.get<Account>(`/api/v1/accounts/${encodeURIComponent(whose)}`);
  const about =
    url.searchParams.get("url") ?? (account ? `${url.origin}/@${account.acct}${status ? `/${status.id}` : ""}` : "");
  if (!me || !account) return { receipt, state, about, member: null };
  const rules = await api.get<Rule[]>("/api/v1/instance/rules");
  const elsewhere = account.acct.includes("@") ? (account.acct.split("@")[1] ?? null) : null;
  return { receipt, state, about, member: { account, status, rules, elsewhere } };
}

/** Files a member's complaint. */
export async function complain({ api, flash }: Context, form: FormData): Promise<string> {
  const status = text(form, "status");
  const rules = form.getAll("rule").map(String);
  await api.send("POST", "/api/v1/reports", {
    account_id: text(form, "account"),
    status_ids: status === "" ? [] : [status],
    category: text(form, "category") || (rules.length > 0 ? "violation" : "other"),
    rule_ids: rules,
    comment: text(form, "comment"),
    forward: form.get("forward") === "on",
  });
  flash("sent");
  return "/standing";
}

export async function sendNotice({ api, locale }: Context, form: FormData): Promise<string> {
  const { receipt } = await api.send<{ receipt: string }>("POST", `${API}/notices`, {
    url: text(form, "url"),
    category: text(form, "category"),
    law: text(form, "law"),
    explanation: text(form, "explanation"),
    name: text(form, "name"),
    email: text(form, "email"),
    good_faith: form.get("good_faith") === "on",
    language: locale,
  });
  return `/report?receipt=${encodeURIComponent(receipt)}`;
}

/** `/transparency` */
export async function numbers({ api, url, head }: Context): Promise<Transparency> {
  const year = url.searchParams.get("year");
  head({ title: m.trans_title(), description: m.trans_lead(), canonical: "/transparency" });
  return api.get<Transparency>(`${API}/transparency`, year === null ? {} : { year });
}
