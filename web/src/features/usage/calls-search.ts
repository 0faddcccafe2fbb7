import type { HistorySearch } from '../calls/index.ts'
import type { Dates } from './usage-search.ts'

/** Filters the call history to the calls behind a number: calls with a conversation that ended on these days. */
export function searchCalls({ from, to }: Dates, agentId: string | null): HistorySearch {
  return { from, to, status: 'ended,lost', ...(agentId !== null && { agent: agentId }) }
}
