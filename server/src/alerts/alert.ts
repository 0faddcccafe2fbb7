/**
 * What an alert is about.
 *
 * - reload_declined: the card declined a reload, and is tried again
 * - reload_failed: auto-reload has stopped, or waits for a confirmation with the bank
 * - reload_capped: another reload would pass the monthly cap
 * - renewal_failed: the plan could not be charged, and is tried again
 * - plan_ended: the plan was not paid, and the Free plan has begun
 */
export const alertKinds = [
  'reload_declined',
  'reload_failed',
  'reload_capped',
  'renewal_failed',
  'plan_ended',
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
