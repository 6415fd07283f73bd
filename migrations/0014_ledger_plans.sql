do $$ declare f regprocedure; begin
  for f in select p.oid::regprocedure from pg_proc p where p.proname in ('ledger_post_batch', 'ledger_judge') loop
    execute format('alter function %s set plan_cache_mode = force_generic_plan', f);
  end loop;
end $$;
