import '@mantine/spotlight/styles.css'
import { useMantineColorScheme } from '@mantine/core'
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight'
import {
  IconBell,
  IconKey,
  IconKeyboard,
  IconLogout,
  IconMailCog,
  IconMoon,
  IconPlus,
  IconSearch,
  IconShoppingCart,
  IconSpeakerphone,
  IconStairsUp,
  IconUserPlus,
  IconWebhook,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import { type UseNavigateResult, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { openKeys } from '../features/shortcuts/index.ts'
import { useSignOut } from '../features/sign-in/index.ts'
import { mayManage, useMembership } from '../features/workspace/index.ts'
import { shellPages } from './pages.ts'

const [store, palette] = createSpotlight()
const iconProps = { size: 18, stroke: 1.75, 'aria-hidden': true }

type Navigate = UseNavigateResult<string>

/** The command palette (Ctrl/⌘-K): pages, and actions that open something. No action changes or pays for anything. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { workspace } = useMembership()
  const { colorScheme, setColorScheme } = useMantineColorScheme()

  useEffect(() => {
    palette.open()
    return palette.close
  }, [])

  const toggleScheme = makeAction(
    'scheme',
    colorScheme === 'dark' ? 'Light color scheme' : 'Dark color scheme',
    IconMoon,
    () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
  )
  const groups: SpotlightActionGroupData[] = [
    { group: 'Pages', actions: listPages(navigate) },
    {
      group: 'Actions',
      actions: [
        ...(mayManage(workspace.role) ? listManagerActions(navigate) : []),
        ...listMemberActions(navigate),
        toggleScheme,
        makeAction('keys', 'Keyboard shortcuts', IconKeyboard, openKeys),
        makeAction('sign-out', 'Sign out', IconLogout, () => void signOut()),
      ],
    },
  ]

  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      onSpotlightClose={onClose}
      nothingFound="No results"
      highlightQuery
      scrollable
      maxHeight={420}
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      searchProps={{
        leftSection: <IconSearch {...iconProps} />,
        placeholder: 'Find a page or action',
        'aria-label': 'Find a page or action',
      }}
    />
  )
}

function makeAction(id: string, label: string, Icon: TablerIcon, onClick: () => void): SpotlightActionData {
  return { id, label, leftSection: <Icon {...iconProps} />, onClick }
}

function listPages(navigate: Navigate): SpotlightActionData[] {
  return shellPages.map((page) => ({
    ...makeAction(page.path, page.label, page.icon, () => void navigate({ to: page.path })),
    description: page.description,
  }))
}

/** Actions for owners and admins. */
function listManagerActions(navigate: Navigate): SpotlightActionData[] {
  return [
    makeAction(
      'buy',
      'Buy credits',
      IconShoppingCart,
      () => void navigate({ to: '/billing', search: { buy: 'credits' } }),
    ),
    makeAction('plan', 'Change plan', IconStairsUp, () => void navigate({ to: '/billing', hash: 'plans' })),
    makeAction(
      'new-agent',
      'New agent',
      IconPlus,
      () => void navigate({ to: '/agents', search: { edit: 'new' } }),
    ),
    makeAction(
      'new-campaign',
      'New campaign',
      IconSpeakerphone,
      () => void navigate({ to: '/campaigns/new' }),
    ),
    makeAction('new-key', 'New API key', IconKey, () => void navigate({ to: '/settings/keys' })),
    makeAction(
      'new-webhook',
      'Alerts by webhook',
      IconWebhook,
      () => void navigate({ to: '/settings/webhooks' }),
    ),
    makeAction('invite', 'Invite a member', IconUserPlus, () => void navigate({ to: '/settings/members' })),
  ]
}

function listMemberActions(navigate: Navigate): SpotlightActionData[] {
  return [
    makeAction('alerts', 'Alerts', IconBell, () => void navigate({ to: '/alerts' })),
    makeAction(
      'alert-settings',
      'Email alert settings',
      IconMailCog,
      () => void navigate({ to: '/settings/alerts' }),
    ),
  ]
}
