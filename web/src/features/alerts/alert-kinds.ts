import {
  IconArrowBackUp,
  IconBatteryOff,
  IconChartPie,
  IconCircleCheck,
  IconCircleX,
  IconCreditCardOff,
  IconHandStop,
  IconPlayerPause,
  IconPlayerPlay,
  IconReceiptOff,
  IconShoppingCartCheck,
  IconShoppingCartX,
  IconTrendingDown,
  IconWebhookOff,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { AlertKind } from '../../api/types.ts'
import type { Tone } from '../../design/ui/StatusIcon.tsx'

type Kind = {
  icon: TablerIcon
  tone: Tone
  /** What happened. */
  name: string
  /** When the alert is sent. */
  when: string
}

export const kinds: Record<AlertKind, Kind> = {
  balance_low: {
    icon: IconTrendingDown,
    tone: 'warn',
    name: 'Credits are low',
    when: 'When the balance, including live calls, drops below the low balance level',
  },
  balance_zero: {
    icon: IconBatteryOff,
    tone: 'bad',
    name: 'Out of credits',
    when: 'When the balance reaches zero and new calls are refused',
  },
  credits_returned: {
    icon: IconArrowBackUp,
    tone: 'good',
    name: 'Credits are back',
    when: 'When there are credits again after running out',
  },
  reload_done: {
    icon: IconShoppingCartCheck,
    tone: 'good',
    name: 'Auto-reload bought credits',
    when: 'After each purchase',
  },
  reload_declined: {
    icon: IconCreditCardOff,
    tone: 'warn',
    name: 'Auto-reload declined',
    when: 'The first time a card is declined. Auto-reload will retry',
  },
  reload_failed: {
    icon: IconShoppingCartX,
    tone: 'bad',
    name: 'Auto-reload stopped',
    when: 'When it gives up, or needs a confirmation with the bank',
  },
  reload_capped: {
    icon: IconHandStop,
    tone: 'warn',
    name: 'Auto-reload reached its cap',
    when: 'When another purchase would exceed the monthly spending cap',
  },
  renewal_failed: {
    icon: IconReceiptOff,
    tone: 'bad',
    name: 'Plan payment past due',
    when: 'When a renewal fails. It will be retried',
  },
  plan_ended: {
    icon: IconCircleX,
    tone: 'bad',
    name: 'Plan ended',
    when: 'When the plan was not paid and the workspace moved to Free',
  },
  budget_reached: {
    icon: IconChartPie,
    tone: 'warn',
    name: 'Budget',
    when: 'At 50%, 80% and 100% of the monthly budget',
  },
  campaign_paused: {
    icon: IconPlayerPause,
    tone: 'warn',
    name: 'Campaign paused',
    when: 'When it pauses on its own: out of credits, agent disabled or failing calls',
  },
  campaign_resumed: {
    icon: IconPlayerPlay,
    tone: 'good',
    name: 'Campaign resumed',
    when: 'When it resumes on its own because credits returned',
  },
  campaign_completed: {
    icon: IconCircleCheck,
    tone: 'good',
    name: 'Campaign completed',
    when: 'When all contacts have been called',
  },
  webhook_disabled: {
    icon: IconWebhookOff,
    tone: 'warn',
    name: 'Webhook turned off',
    when: 'After it failed for days. It gets no more messages',
  },
}

/** The kinds in groups, for choosing among them. */
export const kindGroups: readonly { name: string; about: string; kinds: readonly AlertKind[] }[] = [
  {
    name: 'Credits',
    about: 'About your balance and budget. Sent once each time.',
    kinds: ['balance_low', 'balance_zero', 'credits_returned', 'budget_reached'],
  },
  {
    name: 'Auto-reload',
    about: 'About automatic purchases, and what prevents them.',
    kinds: ['reload_done', 'reload_declined', 'reload_failed', 'reload_capped'],
  },
  {
    name: 'Plan',
    about: 'About payments for your plan.',
    kinds: ['renewal_failed', 'plan_ended'],
  },
  {
    name: 'Campaigns',
    about: 'About what campaigns do on their own. Actions of members send no alerts.',
    kinds: ['campaign_paused', 'campaign_resumed', 'campaign_completed'],
  },
  {
    name: 'Webhooks',
    about: 'About deliveries to your own systems.',
    kinds: ['webhook_disabled'],
  },
]

/** The label of an alert's link, by where it leads. */
export function labelLink(link: string): string {
  if (link.startsWith('/campaigns/')) return 'Open campaign'
  if (link.startsWith('/settings/webhooks')) return 'Open Webhooks'
  if (link.startsWith('/settings')) return 'Open Settings'
  if (link.startsWith('/usage')) return 'Open Usage'
  return link.startsWith('/billing') ? 'Open Billing' : 'View details'
}
