/**
 * What an alert is about.
 *
 * - reload_declined: the card declined a reload, and is tried again
 * - reload_failed: auto-reload has stopped, or waits for a confirmation with the bank
 * - reload_capped: another reload would pass the monthly cap
 * - reload_done: auto-reload has bought credits
 * - renewal_failed: the plan could not be charged, and is tried again
 * - plan_ended: the plan was not paid, and the Free plan has begun
 * - balance_low: the balance, live calls included, has dropped below the level that counts as low
 * - balance_zero: there are no credits left
 * - credits_returned: there are credits again after there were none
 * - campaign_paused: a campaign has stopped dialling, and why
 * - campaign_resumed: it dials again
 * - campaign_completed: all its contacts were called as configured
 * - budget_reached: 50, 80 or 100 % of the monthly budget are used
 * - webhook_disabled: a webhook failed for days, and gets nothing any more
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

/** Something that the people of a workspace should hear of. */
export type Alert = {
  readonly workspaceId: string
  readonly id: string
  readonly kind: AlertKind
  readonly atMs: number
  readonly title: string
  /** In sentences, with what to do. */
  readonly detail: string
  /** The page of the dashboard where it is mended: a path. */
  readonly link: string
  /** null: nobody has looked yet. */
  readonly readAtMs: number | null
}

export type NewAlert = Pick<Alert, 'workspaceId' | 'kind' | 'title' | 'detail' | 'link'> & {
  /** Which crossing it tells of, such as the purchase that was declined: there is one alert for each. */
  readonly key: string
}
