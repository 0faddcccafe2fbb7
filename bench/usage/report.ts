import type { UsageMeasured } from './measure.ts'

const P95_MS_MAX = 50
const ROWS_PER_SECOND_MIN = 200_000

const whole = (value: number) => Math.round(value).toLocaleString('en-US')
const ms = (value: number) => `${value.toFixed(1)} ms`

/** Formats the pages as a Markdown table. */
export function formatUsageTable({ pages }: UsageMeasured): string {
  const rows = pages.map(({ what, first, p50, p95, p99 }) => {
    const verdict = p95 < P95_MS_MAX ? 'holds' : 'ABOVE'
    return `| ${what} | ${[first, p50, p95, p99].map(ms).join(' | ')} | ${verdict} |`
  })
  const heads = ['', 'the first time', 'p50', 'p95', 'p99', `p95 under ${P95_MS_MAX} ms`]
  return [`| ${heads.join(' | ')} |`, '|---|---|---|---|---|---|', ...rows].join('\n')
}

/** Formats everything else that was measured as sentences. */
export function formatUsageNotes({ made, firstReads, file, rollUpsRatio }: UsageMeasured): string[] {
  const { rowsPerSecond, memoryMb, checked } = file
  const verdict = rowsPerSecond >= ROWS_PER_SECOND_MIN ? 'holds' : 'BELOW'
  const tenths = memoryMb.tenths.map((mb) => (mb > 0 ? mb.toFixed(0) : '–')).join(', ')
  return [
    `Made in ${whole(made.seconds)} s: ${whole(made.calls)} calls of a year, ${whole(made.multiEntryCalls)} of them with several ledger entries; ${whole(made.entries)} ledger entries, ${whole(made.grants)} grants, ${whole(made.usageRows)} rows of roll-ups; ${made.gigabytes.toFixed(2)} GB. \`talktime verify\` took ${whole(made.verifySeconds)} s: clean.`,
    `Export of all calls: ${whole(file.rows)} rows, ${(file.bytes / 1e6).toFixed(1)} MB in ${file.seconds.toFixed(1)} s, ${whole(rowsPerSecond)} rows/s (${verdict}: at least ${whole(ROWS_PER_SECOND_MIN)}).`,
    `Memory of the server: ${memoryMb.before.toFixed(0)} MB before, at most ${tenths} MB in the tenths of the file.`,
    `The file matches the screen: its ${whole(checked.calls)} rows add up to ${whole(checked.milliseconds)} ms, like the range.`,
    `On ${whole(firstReads.days)} days the price changed while calls were charged. The server precomputes such a day in ${ms(firstReads.precomputeMs)}. The first request for it after that takes p50 ${ms(firstReads.after.p50)}, p95 ${ms(firstReads.after.p95)}; a request before that, within five seconds of the change, p50 ${ms(firstReads.before.p50)}, p95 ${ms(firstReads.before.p95)}.`,
    `Ended calls a second with roll-ups, as a share of those without, measured in turns: ${rollUpsRatio.toFixed(2)}×.`,
  ]
}
