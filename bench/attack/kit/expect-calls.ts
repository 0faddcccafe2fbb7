import type { Database } from '../../../server/src/platform/database/database.ts'
import { uuidFrom } from '../../../server/src/public-ids.ts'
import type { Report } from './attack.ts'
import type { AcknowledgedCall, CallLoadResult } from './call-load.ts'
import { readStoredCalls } from './stored-call-store.ts'

/** Reports that every call is as a server acknowledged it: there, answered, ended and charged what was said. */
export async function expectNothingLost(
  report: Report,
  database: Database,
  acknowledged: readonly AcknowledgedCall[],
): Promise<void> {
  const stored = await readStoredCalls(
    database,
    acknowledged.map(({ id }) => uuidFrom('call', id)),
  )
  const lost = acknowledged.filter(({ id, answered, chargedMs }) => {
    const row = stored.get(uuidFrom('call', id) ?? '')
    return !row || (answered && !row.isAnswered) || (chargedMs !== null && row.chargedMs !== chargedMs)
  })
  report.expect('acknowledged and lost', lost.length === 0, `${lost.length} of ${acknowledged.length} calls`)
}

/** Reports the latency of the authorizations that were admitted, and what became of the others. */
export function expectQuickAuthorizations(report: Report, load: CallLoadResult, p99MsMax: number): void {
  const { count, p50, p99, max } = load.authorizeMs
  const figures = `${count} calls, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, at most ${max.toFixed(0)} ms`
  const msMax = report.withinMs(p99MsMax)
  report.expect(`authorizations p99 < ${msMax} ms`, count > 0 && p99 < msMax, figures)
  report.figure('authorizations by status', JSON.stringify(load.starts))
}
