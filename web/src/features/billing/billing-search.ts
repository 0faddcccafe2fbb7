/** What is open on the Billing page. It is part of the address, so that a reload or a link opens it again. */
export type BillingSearch = {
  /** Opens the dialog that buys credits. The id of a package selects it. */
  buy?: string
  /** Opens the dialog that changes to this plan. */
  plan?: string
  /** Opens the dialog that shows the outcome of this purchase. */
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
