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
  /** The letter that opens the page after `g`. */
  key: string
  icon: TablerIcon
  description: string
}

/** The pages of the sidebar, from top to bottom. */
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
    description: 'Credits used by day and by agent, with CSV export',
  },
  {
    path: '/live',
    label: 'Live calls',
    key: 'l',
    icon: IconBroadcast,
    description: 'Calls in progress, with their credits so far',
  },
  {
    path: '/calls',
    label: 'Call history',
    key: 'h',
    icon: IconHistory,
    description: 'Every call and its receipt',
  },
  {
    path: '/agents',
    label: 'Agents',
    key: 'a',
    icon: IconHeadset,
    description: 'Voice agents that take and make calls',
  },
  {
    path: '/campaigns',
    label: 'Campaigns',
    key: 'c',
    icon: IconSpeakerphone,
    description: 'Contact lists that agents call',
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
    description: 'A checklist for new workspaces',
  },
]
