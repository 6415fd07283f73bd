import { statement } from "#platform/db/sql.ts";

export type Severity = "noop" | "silence" | "suspend";

export interface DomainPolicyRow {
  domain: string;
  id: bigint;
  severity: Severity;
  reject_media: boolean;
  reject_reports: boolean;
  private_comment: string;
  public_comment: string;
  obfuscate: boolean;
  created_at: Date;
}
const columns = `domain, id, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate, created_at`;
export const allPolicies = statement<[], DomainPolicyRow>(
  "federation.allPolicies",
  `select ${columns} from domain_policies order by id`,
);
export const policyById = statement<[id: bigint], DomainPolicyRow>(
  "federation.policyById",
  `select ${columns} from domain_policies where id = $1`,
);
export const putPolicy = statement<
  [
    domain: string,
    id: bigint,
    severity: string,
    rejectMedia: boolean,
    rejectReports: boolean,
    privateComment: string,
    publicComment: string,
    obfuscate: boolean,
  ],
  DomainPolicyRow
>(
  "federation.putPolicy",
  `insert into domain_policies (domain, id, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate) values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (domain) do update set severity = excluded.severity, reject_media = excluded.reject_media, reject_reports = excluded.reject_reports,
     private_comment = excluded.private_comment, public_comment = excluded.public_comment, obfuscate = excluded.obfuscate
   returning ${columns}`,
);
export const removePolicy = statement<[domain: string], DomainPolicyRow>(
  "federation.removePolicy",
  `delete from domain_policies where domain = $1 returning ${columns}`,
);

export interface DomainAllowRow {
  domain: string;
  id: bigint;
  created_at: Date;
}
export const allAllows = statement<[], DomainAllowRow>(
  "federation.allAllows",
  `select domain, id, created_at from domain_allows order by id`,
);
export const putAllow = statement<[domain: string, id: bigint], DomainAllowRow>(
  "federation.putAllow",
  `insert into domain_allows (domain, id) values ($1, $2) on conflict (domain) do update set domain = excluded.domain returning domain, id, created_at`,
);
export const removeAllow = statement<[domain: string], DomainAllowRow>(
  "federation.removeAllow",
  `delete from domain_allows where domain = $1 returning domain, id, created_at`,
);
