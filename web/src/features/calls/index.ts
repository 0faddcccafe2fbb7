export {
  type CallPages,
  callsKey,
  openCallsKey,
  openCallsQuery,
  receiptKey,
  receiptQuery,
  receiptsKey,
} from './call-queries.ts'
export { type HistorySearch, readHistorySearch } from './history-search.ts'
export { describeRefusal } from './labels.ts'
export { applyCallEvents, isOpen, LINGER_MS, updateCalls } from './live-calls.ts'
export { CallCredits, CallTimer } from './TickingCall.tsx'
