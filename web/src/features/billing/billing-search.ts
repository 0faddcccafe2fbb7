/** What is open on the Billing page stands in its address, so that a reload and a link show the same. */
export type BillingSearch = {
  /** The dialog that buys credits; the id of a package chooses it. */
  buy?: string
  /** The dialog that changes to this plan. */
  plan?: string
  /** The dialog that tells what became of this purchase. */
  purchase?: string
  history?: HistoryTab
}

export const historyTabs = ['payments', 'credits', 'reloads'] as const
export type HistoryTab = (typeof historyTabs)[number]

export function readBillingSearch(search: Record<string, unknown>): BillingSearch {
  const text = (name: string) => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? { [name]: value } : {}
  }
  const history = historyTabs.find((tab) => tab === search.history)
  return { ...text('buy'), ...text('plan'), ...text('purchase'), ...(history && { history }) }
}
