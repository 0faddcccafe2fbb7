-- The entries of a workspace form a chain: the hash of an entry is the SHA-256 of a text that begins with the hash of
-- the entry before it and continues with everything the entry says (server/src/ledger/entry-hash.ts). The line keeps the
-- hash of the last entry. verify recomputes the chain, so that a change of the past shows (docs/decisions/0019).
alter table balance_lines
  add column entry_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000';
alter table ledger_entries add column hash bytea;

-- The entries that exist are chained here. The table is rewritten once: allow a minute for ten million entries.
create function chain_entry(head bytea, content text) returns bytea language sql immutable
  as $$ select sha256(convert_to(encode(head, 'hex') || ' ' || content, 'UTF8')) $$;
create aggregate chain_entries(text) (
  sfunc = chain_entry, stype = bytea,
  initcond = '\x0000000000000000000000000000000000000000000000000000000000000000'
);
alter table ledger_entries disable trigger ledger_entries_append_only;
update ledger_entries e set hash = c.hash
from (select workspace_id, seq,
            chain_entries(concat_ws(' ', workspace_id, seq, id, at_ms, recorded_at_ms, kind,
                                     amount_ms, balance_after_ms, drawn_after_ms,
                                     coalesce(call_id::text, '-'), coalesce(grant_id::text, '-'),
                                     coalesce(purchase_id::text, '-'),
                                     case when reason is null then '-' else '+' || reason end))
               over (partition by workspace_id order by seq rows unbounded preceding) as hash
      from ledger_entries) c
where e.workspace_id = c.workspace_id and e.seq = c.seq;
alter table ledger_entries enable trigger ledger_entries_append_only;
alter table ledger_entries alter column hash set not null;

update balance_lines l set entry_hash = e.hash
from ledger_entries e where e.workspace_id = l.workspace_id and e.seq = l.entry_seq;

drop aggregate chain_entries(text);
drop function chain_entry(bytea, text);
