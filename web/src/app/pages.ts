import {
  IconBroadcast,
  IconChartBar,
  IconChecklist,
  IconCreditCard,
  IconHeadset,
  IconHistory,
  IconSettings,
  IconSpeakerphone,
  type Icon as TablerIcon,
} from '@tabler/icons-react'

export type ShellPage = {
  path: '/billing' | '/usage' | '/live' | '/calls' | '/agents' | '/campaigns' | '/settings' | '/setup'
  label: string
  /** Pressed after g. */
  key: string
  icon: TablerIcon
  description: string
}

/** The sidebar, from top to bottom. */
export const shellPages: readonly ShellPage[] = [
  {
    path: '/billing',
    label: 'Billing',
    key: 'b',
    icon: IconCreditCard,
    description: 'Balance, plan, credits, auto-reload, cards, receipts',
  },
  {
    path: '/usage',
    label: 'Usage',
    key: 'u',
    icon: IconChartBar,
    description: 'Where the credits went: by day, by agent, as a file',
  },
  {
    path: '/live',
    label: 'Live calls',
    key: 'l',
    icon: IconBroadcast,
    description: 'Who is talking now, and what it costs',
  },
  {
    path: '/calls',
    label: 'Call history',
    key: 'h',
    icon: IconHistory,
    description: 'Every call with its receipt',
  },
  {
    path: '/agents',
    label: 'Agents',
    key: 'a',
    icon: IconHeadset,
    description: 'The voices that take and make calls',
  },
  {
    path: '/campaigns',
    label: 'Campaigns',
    key: 'c',
    icon: IconSpeakerphone,
    description: 'Lists of contacts that agents call',
  },
  {
    path: '/settings',
    label: 'Settings',
    key: 's',
    icon: IconSettings,
    description: 'Workspace, members, API keys, preferences',
  },
  {
    path: '/setup',
    label: 'Setup',
    key: 'p',
    icon: IconChecklist,
    description: 'A checklist that completes itself',
  },
]
