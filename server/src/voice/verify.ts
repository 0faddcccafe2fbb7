import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

const CHECKS: Record<string, string> = {
  'the carrier of each open call is asked about it': `
    select c.workspace_id, format('call %s is %s, its leg %s', c.id, c.status, coalesce(l.state, 'is missing')) as detail
    from calls c left join voice_legs l on l.workspace_id = c.workspace_id and l.call_id = c.id
    where c.carrier is not null and c.status in ('authorized', 'in_conversation')
      and (l.state is null or l.state = 'over' or (l.state <> 'ordered' and l.next_check_at_ms is null))`,

  'a call and its leg are of one carrier': `
    select c.workspace_id, format('call %s goes through %s, its leg through %s', c.id, coalesce(c.carrier, 'none'), l.carrier) as detail
    from voice_legs l join calls c on c.workspace_id = l.workspace_id and c.id = l.call_id
    where c.carrier is distinct from l.carrier`,
}

/** Checks that every open call of a carrier is asked about. Reads one snapshot, also while a server runs. */
export function verifyVoice(db: Queryable): Promise<Difference[]> {
  return runChecks(db, CHECKS)
}
