import { windowPresets } from '../../design/format/date-window.ts'
import { type PageKey, usePageKeys } from '../shortcuts/index.ts'
import { type Dates, earlier, later, searchOfDates, type UsageSearch, usagePresets } from './usage-search.ts'

type Window = Pick<UsageSearch, 'window' | 'from' | 'to'>

/** The keys of the Usage page: a number for each preset, arrows for the windows before and after. */
export function useUsageKeys(page: {
  dates: Dates | null
  today: string
  goTo: (window: Window) => void
  exportCsv: () => void
  custom: () => void
}): void {
  const step = (to: Dates | null) => {
    if (to !== null) page.goTo(searchOfDates(to, page.today))
  }
  const { dates, today } = page
  const keys: PageKey[] = [
    ...usagePresets.map((window, index) => ({
      keys: [String(index + 1)],
      does: windowPresets[window],
      act: () => page.goTo({ window }),
    })),
    { keys: ['6', 'c'], does: 'Dates of your own', act: page.custom },
    { keys: ['ArrowLeft'], does: 'The days before', act: () => step(dates && earlier(dates)) },
    { keys: ['ArrowRight'], does: 'The days after', act: () => step(dates && later(dates, today)) },
    { keys: ['e'], does: 'Export as CSV', act: page.exportCsv },
  ]
  usePageKeys(keys)
}
