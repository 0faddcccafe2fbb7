-- What changed a workspace's credits besides calls, newest first: grants, top-ups, expiries, refunds. Calls are
-- nearly all entries, and are not in this index, so the hot path does not pay for it.
create index ledger_entries_other_than_calls on ledger_entries (workspace_id, seq) where kind <> 'call';
