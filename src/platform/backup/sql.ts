import { statement } from "#platform/db/sql.ts";

// These statements ask the catalogue, so that a new table is part of the next backup without anybody thinking of it.

/** Tables that are left out: who runs at this moment, and the list of migrations, which the restore writes by running them. */
export const LEFT_OUT = ["process_slots", "worker_pools", "schema_migrations"];

export const hasMigrations = statement<[], { found: boolean }>(
  "platform.backupHasMigrations",
  `select to_regclass('public.schema_migrations') is not null as found`,
);

export const hasJobs = statement<[], { found: boolean }>(
  "platform.backupHasJobs",
  `select to_regclass('graphile_worker._private_jobs') is not null as found`,
);

export const listMigrations = statement<[], { name: string }>(
  "platform.backupMigrations",
  `select name::text as name from schema_migrations order by id`,
);

/** Generated columns are left out: PostgreSQL computes them again. */
export const listTables = statement<[leftOut: string[]], { name: string; columns: string[] }>(
  "platform.backupTables",
  `select c.relname::text as name,
     array(select a.attname::text from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
   from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1::text[])
     and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by c.relname`,
);

/** Sequences that were used, those of serial and identity columns too. Sequences know no snapshot: what they say may be ahead of the tables, which is harmless. */
export const listSequences = statement<[leftOut: string[]], { name: string; value: bigint | null }>(
  "platform.backupSequences",
  `select s.sequencename::text as name, s.last_value as value
   from pg_sequences s
   where s.schemaname = 'public' and s.last_value is not null
     and not exists (
       select 1 from pg_depend d join pg_class t on t.oid = d.refobjid
       where d.classid = 'pg_class'::regclass and d.objid = format('public.%I', s.sequencename)::regclass
         and d.deptype in ('a', 'i') and t.relname = any ($1::text[]))
   order by 1`,
);

export const listForeignKeys = statement<[], { table: string; name: string; definition: string }>(
  "platform.backupForeignKeys",
  `select r.relname::text as "table", c.conname::text as name, pg_get_constraintdef(c.oid) as definition
   from pg_constraint c join pg_class r on r.oid = c.conrelid
   where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conparentid = 0
   order by r.relname, c.conname`,
);

/** Indexes that are no constraint's. */
export const listIndexes = statement<[leftOut: string[]], { name: string; definition: string }>(
  "platform.backupIndexes",
  `select c.relname::text as name, pg_get_indexdef(i.indexrelid) as definition
   from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
   where c.relnamespace = 'public'::regnamespace and not c.relispartition and t.relname <> all ($1::text[])
     and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
   order by c.relname`,
);

export const listTriggers = statement<[], { table: string; name: string; enabled: string }>(
  "platform.backupTriggers",
  `select r.relname::text as "table", t.tgname::text as name, t.tgenabled::text as enabled
   from pg_trigger t join pg_class r on r.oid = t.tgrelid
   where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D' and r.relnamespace = 'public'::regnamespace
   order by r.relname, t.tgname`,
);

/** What migrations made in the schema, as the words of a DROP; members of extensions stay, and so does the list of migrations. */
export const listObjects = statement<[], { kind: string; name: string }>(
  "platform.backupObjects",
  `with foreign_objects as (select classid, objid from pg_depend where deptype = 'e')
   select o.kind, o.name from (
     select 1 as pass, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end as kind,
       format('public.%I', c.relname) as name, 'pg_class'::regclass as class, c.oid
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition and c.relname <> 'schema_migrations'
       and not (c.relkind = 'S' and exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
     union all
     select 2, case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, p.oid::regprocedure::text, 'pg_proc'::regclass, p.oid
     from pg_proc p where p.pronamespace = 'public'::regnamespace
     union all
     select 3, case t.typtype when 'd' then 'domain' else 'type' end, format('public.%I', t.typname), 'pg_type'::regclass, t.oid
     from pg_type t left join pg_class c on c.oid = t.typrelid
     where t.typnamespace = 'public'::regnamespace and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
   ) o
   where not exists (select 1 from foreign_objects f where f.classid = o.class and f.objid = o.oid)
   order by o.pass, o.name`,
);

/** Processes whose lease has not run out. */
export const liveProcesses = statement<[], { n: bigint }>(
  "platform.backupLiveProcesses",
  `select count(*) as n from process_slots where lease_until > now()`,
);

export const clearMigrations = statement<[], never>("platform.backupClearMigrations", `delete from schema_migrations`);
export const addMigration = statement<[name: string], never>(
  "platform.backupAddMigration",
  `insert into schema_migrations (name, run_on) values ($1, now())`,
);

/** Jobs know their queue by number, so both are emptied together; names of tasks may stay. */
export const clearJobs = statement<[], never>("platform.backupClearJobs", `delete from graphile_worker._private_jobs`);
export const clearQueues = statement<[], never>(
  "platform.backupClearQueues",
  `delete from graphile_worker._private_job_queues`,
);

/**
 * Jobs that still have to run, as the job library's own public form of a new job (`graphile_worker.job_spec`): its tables
 * are its own affair and change with its versions. A job that runs at this moment counts as waiting; one that failed for good is left out.
 */
export const JOBS_QUERY = `
  select json_strip_nulls(json_build_object(
    'identifier', t.identifier, 'payload', j.payload, 'queue_name', q.queue_name, 'run_at', j.run_at, 'max_attempts', j.max_attempts,
    'job_key', j.key, 'priority', j.priority, 'flags', (select json_agg(f) from jsonb_object_keys(j.flags) f)))
  from graphile_worker._private_jobs j
  join graphile_worker._private_tasks t on t.id = j.task_id
  left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
  where j.attempts < j.max_attempts or j.locked_at is not null
  order by j.id`;
