import { windowPresets } from '../../design/format/date-window.ts'
import { type PageKey, usePageKeys } from '../shortcuts/index.ts'
import {
  type Dates,
  searchDates,
  stepBack,
  stepForward,
  type UsageSearch,
  usagePresets,
} from './usage-search.ts'

type Window = Pick<UsageSearch, 'window' | 'from' | 'to'>

/** The keyboard shortcuts of the Usage page: numbers for presets, arrows for the windows before and after. */
export function useUsageKeys(page: {
  dates: Dates | null
  today: string
  goTo: (window: Window) => void
  exportCsv: () => void
  custom: () => void
}): void {
  const step = (to: Dates | null) => {
    if (to !== null) page.goTo(searchDates(to, page.today))
  }
  const { dates, today } = page
  const keys: PageKey[] = [
    ...usagePresets.map((window, index) => ({
      keys: [String(index + 1)],
      does: windowPresets[window],
      act: () => page.goTo({ window }),
    })),
    { keys: ['6', 'c'], does: 'Custom dates', act: page.custom },
    { keys: ['ArrowLeft'], does: 'Earlier dates', act: () => step(dates && stepBack(dates)) },
    { keys: ['ArrowRight'], does: 'Later dates', act: () => step(dates && stepForward(dates, today)) },
    { keys: ['e'], does: 'Export as CSV', act: page.exportCsv },
  ]
  usePageKeys(keys)
}
