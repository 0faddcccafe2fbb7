import type { CallFacts, ReportSource } from '@talktime/core/calls/call'
import type { Correction } from './call-row.ts'

const NONE: readonly Correction[] = []

/** Finds which reported facts of a call an event replaced. Empty for an event that only added facts. */
export function findCorrections(before: CallFacts, after: CallFacts, nowMs: number): readonly Correction[] {
  if (before.answeredBy === null && before.endedBy === null) return NONE
  return [
    ...correctionOf('answer', readAnswer(before), readAnswer(after), nowMs),
    ...correctionOf('end', readEnd(before), readEnd(after), nowMs),
  ]
}

type Report = { readonly atMs: number | null; readonly by: ReportSource | null }

const readAnswer = (facts: CallFacts): Report => ({ atMs: facts.answeredAtMs, by: facts.answeredBy })
const readEnd = (facts: CallFacts): Report => ({ atMs: facts.endedAtMs, by: facts.endedBy })

function correctionOf(fact: Correction['fact'], from: Report, to: Report, nowMs: number): Correction[] {
  // A presumed end is nobody's word: to replace it corrects nobody.
  if (from.by === null || from.atMs === null || to.by === null || to.atMs === null) return []
  if (from.by === to.by || from.atMs === to.atMs) return []
  return [{ fact, fromMs: from.atMs, fromBy: from.by, toMs: to.atMs, toBy: to.by, atMs: nowMs }]
}
