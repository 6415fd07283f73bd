/** Pictures that people offer to everybody as templates: with a licence, and looked at by staff first. */
import { createHash } from "node:crypto";
import { one, run, statement } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Rect } from "#shared/meme/doc.ts";
import type { MemesDeps } from "./deps.ts";
import { moderation } from "./heavy.ts";
import { keepPhoto, readPhoto } from "./photo.ts";
import { refusal } from "./refusal.ts";

export const LICENCES = ["own", "CC0", "CC-BY", "CC-BY-SA"] as const;
export type Licence = (typeof LICENCES)[number];
export type TemplateState = "pending" | "approved" | "refused";

export interface TemplateRow {
  id: bigint;
  account_id: bigint;
  name: string;
  alt: string;
  zones: Rect[];
  licence: Licence;
  credit: string;
  photo_key: string;
  aspect: number;
  state: TemplateState;
  created_at: Date;
}

export interface NewTemplate {
  mediaId: Id;
  name: string;
  /** What can be seen on it. */
  alt: string;
  /** Where captions go, in units of 1080. */
  zones: readonly Rect[];
  licence: Licence;
  /** Who is named beside it; needed for CC-BY and CC-BY-SA. */
  credit: string;
}

export interface Templates {
  /** Offers one's own upload. 422 without what a licence needs, 409 for a picture that is here already. */
  offer(accountId: Id, input: NewTemplate): Promise<TemplateRow>;
  /** Approved ones, newest first. */
  list(before: Id, limit: number): Promise<TemplateRow[]>;
  /** For staff. */
  waiting(before: Id, limit: number): Promise<TemplateRow[]>;
  review(id: Id, by: Id, state: "approved" | "refused"): Promise<TemplateRow>;
  approved(id: Id): Promise<TemplateRow | undefined>;
  /** The picture; what is not approved only for staff. */
  image(id: Id, staff: boolean): Promise<{ bytes: Uint8Array; mime: string }>;
}

const columns = "id, account_id, name, alt, zones, licence, credit, photo_key, aspect, state, created_at";
const insert = statement<
  [
    id: bigint,
    account: bigint,
    name: string,
    alt: string,
    zones: string,
    licence: string,
    credit: string,
    photoKey: string,
    aspect: number,
    sha256: Buffer,
    at: Date,
  ],
  TemplateRow
>(
  "memes.insertTemplate",
  `insert into meme_templates (id, account_id, name, alt, zones, licence, credit, photo_key, aspect, sha256, created_at)
   values ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $9::float8, $10, $11) on conflict (sha256) do nothing returning ${columns}`,
);
const byState = statement<[state: string, before: bigint, limit: number], TemplateRow>(
  "memes.templatesByState",
  `select ${columns} from meme_templates where state = $1 and id < $2 order by id desc limit $3::int`,
);
const byId = statement<[id: bigint], TemplateRow>(
  "memes.templateById",
  `select ${columns} from meme_templates where id = $1`,
);
const setState = statement<[id: bigint, state: string, by: bigint, at: Date], TemplateRow>(
  "memes.reviewTemplate",
  `update meme_templates set state = $2, reviewed_by = $3, reviewed_at = $4 where id = $1 returning ${columns}`,
);

export function createTemplates(deps: MemesDeps): Templates {
  return {
    async offer(accountId, input) {
      const details: Record<string, { error: string; description: string }[]> = {};
      const blank = (field: string, description: string): void => {
        details[field] = [{ error: "ERR_BLANK", description }];
      };
      if (input.name.trim() === "") blank("name", "has to be given");
      if (input.alt.trim() === "") blank("alt", "has to say what can be seen");
      if (input.licence.startsWith("CC-BY") && input.credit.trim() === "")
        blank("credit", "has to name whom the licence wants named");
      if (Object.keys(details).length > 0) throw invalid(details);
      const { screenCaptions } = await moderation();
      const judged = screenCaptions([input.name, input.alt, input.credit]);
      if (!judged.ok) throw refusal(judged, "name", "en");
      const file = await deps.media.file(accountId, input.mediaId);
      const key = await keepPhoto(deps, accountId, file.bytes);
      const row = await deps.tx((db) =>
        one(
          db,
          insert,
          deps.ids.next(),
          accountId,
          input.name.trim(),
          input.alt.trim(),
          JSON.stringify(input.zones),
          input.licence,
          input.credit.trim(),
          key,
          file.width / file.height,
          createHash("sha256").update(file.bytes).digest(),
          deps.clock.now(),
        ),
      );
      if (!row) throw new AppError("conflict", "This picture is a template already", { reason: "template_exists" });
      return row;
    },
    list: (before, limit) => run(deps.readPool, byState, "approved", before, limit),
    waiting: (before, limit) => run(deps.readPool, byState, "pending", before, limit),
    async review(id, by, state) {
      const row = await one(deps.pool, setState, id, state, by, deps.clock.now());
      if (!row) throw notFound();
      return row;
    },
    async approved(id) {
      const row = await one(deps.readPool, byId, id);
      return row?.state === "approved" ? row : undefined;
    },
    async image(id, staff) {
      const row = await one(deps.readPool, byId, id);
      const found = row && (staff || row.state === "approved") ? await readPhoto(deps, row.photo_key) : undefined;
      if (!found) throw notFound();
      return found;
    },
  };
}
