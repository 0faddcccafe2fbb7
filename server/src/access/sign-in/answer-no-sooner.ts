import { setTimeout as pause } from 'node:timers/promises'

/** Works, and returns or throws at the earliest `ms` milliseconds after it began. */
export async function answerNoSooner<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  const [worked] = await Promise.allSettled([work(), pause(ms)])
  if (worked.status === 'rejected') throw worked.reason
  return worked.value
}
