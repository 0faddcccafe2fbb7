/**
 * The kinds of alerts.
 *
 * - reload_declined: the card declined a reload, which will be tried again
 * - reload_failed: auto-reload has stopped, or waits for a confirmation by the bank
 * - reload_capped: another reload would exceed the monthly cap
 * - reload_done: auto-reload has bought credits
 * - renewal_failed: the plan could not be charged, which will be tried again
 * - plan_ended: the plan was not paid, and the Free plan has begun
 * - balance_low: the balance, live calls included, has dropped below the low-balance threshold
 * - balance_zero: there are no credits left
 * - credits_returned: there are credits again after there were none
 * - campaign_paused: a campaign has stopped dialing
 * - campaign_resumed: a campaign is dialing again
 * - campaign_completed: all contacts of a campaign were called as configured
 * - budget_reached: 50, 80 or 100% of the monthly budget is used
 * - webhook_disabled: a webhook failed for days and was switched off
 */
export const alertKinds = [
  'reload_declined',
  'reload_failed',
  'reload_capped',
  'reload_done',
  'renewal_failed',
  'plan_ended',
  'balance_low',
  'balance_zero',
  'credits_returned',
  'campaign_paused',
  'campaign_resumed',
  'campaign_completed',
  'budget_reached',
  'webhook_disabled',
] as const

export type AlertKind = (typeof alertKinds)[number]

/** Something that the people of a workspace should know. */
export type Alert = {
  readonly workspaceId: string
  readonly id: string
  readonly kind: AlertKind
  readonly atMs: number
  readonly title: string
  /** Sentences that say what happened and what to do. */
  readonly detail: string
  /** The path of the dashboard page where it is resolved. */
  readonly link: string
  /** null: nobody has read it yet. */
  readonly readAtMs: number | null
}

/** An alert to be raised. */
export type NewAlert = Pick<Alert, 'workspaceId' | 'kind' | 'title' | 'detail' | 'link'> & {
  /** Names the crossing, such as the purchase that was declined. Each crossing raises one alert of a kind. */
  readonly key: string
}
