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
  /** What happened, in a few words. */
  name: string
  /** When it is told. */
  when: string
}

export const kinds: Record<AlertKind, Kind> = {
  balance_low: {
    icon: IconTrendingDown,
    tone: 'warn',
    name: 'Credits are low',
    when: 'The balance, live calls included, drops below the low level',
  },
  balance_zero: {
    icon: IconBatteryOff,
    tone: 'bad',
    name: 'Out of credits',
    when: 'The balance reaches zero: new calls are refused',
  },
  credits_returned: {
    icon: IconArrowBackUp,
    tone: 'good',
    name: 'Credits are back',
    when: 'There are credits again after there were none',
  },
  reload_done: {
    icon: IconShoppingCartCheck,
    tone: 'good',
    name: 'Auto-reload bought credits',
    when: 'Each time it has bought',
  },
  reload_declined: {
    icon: IconCreditCardOff,
    tone: 'warn',
    name: 'A card declined a reload',
    when: 'The first time; it is tried again',
  },
  reload_failed: {
    icon: IconShoppingCartX,
    tone: 'bad',
    name: 'Auto-reload has stopped',
    when: 'It gave up, or waits for a confirmation with the bank',
  },
  reload_capped: {
    icon: IconHandStop,
    tone: 'warn',
    name: 'Auto-reload has reached its cap',
    when: 'Another reload would pass the monthly spending cap',
  },
  renewal_failed: {
    icon: IconReceiptOff,
    tone: 'bad',
    name: 'The plan is not paid',
    when: 'A renewal failed; it is tried again',
  },
  plan_ended: {
    icon: IconCircleX,
    tone: 'bad',
    name: 'The plan has ended',
    when: 'It was not paid, and the Free plan has begun',
  },
  budget_reached: {
    icon: IconChartPie,
    tone: 'warn',
    name: 'Budget',
    when: '50, 80 and 100 % of the monthly budget are used',
  },
  campaign_paused: {
    icon: IconPlayerPause,
    tone: 'warn',
    name: 'A campaign has paused',
    when: 'Not by somebody’s hand: out of credits, agent disabled, calls that fail',
  },
  campaign_resumed: {
    icon: IconPlayerPlay,
    tone: 'good',
    name: 'A campaign goes on',
    when: 'By itself, when credits returned',
  },
  campaign_completed: {
    icon: IconCircleCheck,
    tone: 'good',
    name: 'A campaign is complete',
    when: 'All its contacts were called as chosen',
  },
  webhook_disabled: {
    icon: IconWebhookOff,
    tone: 'warn',
    name: 'A webhook was switched off',
    when: 'It failed for days, and gets nothing any more',
  },
}

/** The kinds by what they are about, as they are chosen. */
export const kindGroups: readonly { name: string; about: string; kinds: readonly AlertKind[] }[] = [
  {
    name: 'Credits',
    about: 'Where the balance and the month stand. Once for each time it becomes true.',
    kinds: ['balance_low', 'balance_zero', 'credits_returned', 'budget_reached'],
  },
  {
    name: 'Auto-reload',
    about: 'What was bought by itself, and what keeps it from buying.',
    kinds: ['reload_done', 'reload_declined', 'reload_failed', 'reload_capped'],
  },
  {
    name: 'Plan',
    about: 'Whether the plan is paid and goes on.',
    kinds: ['renewal_failed', 'plan_ended'],
  },
  {
    name: 'Campaigns',
    about: 'What a campaign does by itself; what somebody does by hand is not told.',
    kinds: ['campaign_paused', 'campaign_resumed', 'campaign_completed'],
  },
  {
    name: 'Webhooks',
    about: 'Whether your own systems still hear of alerts.',
    kinds: ['webhook_disabled'],
  },
]

/** What a link of an alert leads to. */
export function linkInWords(link: string): string {
  if (link.startsWith('/campaigns/')) return 'Open the campaign'
  if (link.startsWith('/settings/webhooks')) return 'Open Webhooks'
  if (link.startsWith('/settings')) return 'Open Settings'
  if (link.startsWith('/usage')) return 'Open Usage'
  return link.startsWith('/billing') ? 'Open Billing' : 'See what it is about'
}
