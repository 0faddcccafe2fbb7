import type { HistorySearch } from '../calls/index.ts'
import type { Dates } from './usage-search.ts'

/** The address of the calls behind a number: those with a conversation that ended on these days. */
export function callsOf({ from, to }: Dates, agentId: string | null): HistorySearch {
  return { from, to, status: 'ended,lost', ...(agentId !== null && { agent: agentId }) }
}
