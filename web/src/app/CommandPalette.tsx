import '@mantine/spotlight/styles.css'
import { useMantineColorScheme } from '@mantine/core'
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
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
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { openKeys } from '../features/shortcuts/index.ts'
import { useSignOut } from '../features/sign-in/index.ts'
import { mayManage, useMembership } from '../features/workspace/index.ts'
import { shellPages } from './pages.ts'

const [store, palette] = createSpotlight()

/** What Ctrl/⌘-K finds: pages, and actions that open something. Nothing here changes anything by itself. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { workspace } = useMembership()
  const { colorScheme, setColorScheme } = useMantineColorScheme()

  useEffect(() => {
    palette.open()
    return palette.close
  }, [])

  const icon = { size: 18, stroke: 1.75, 'aria-hidden': true }
  const managing = [
    {
      id: 'buy',
      label: 'Buy credits',
      leftSection: <IconShoppingCart {...icon} />,
      onClick: () => void navigate({ to: '/billing', search: { buy: 'credits' } }),
    },
    {
      id: 'plan',
      label: 'Change the plan',
      leftSection: <IconStairsUp {...icon} />,
      onClick: () => void navigate({ to: '/billing', hash: 'plans' }),
    },
    {
      id: 'new-agent',
      label: 'New agent',
      leftSection: <IconPlus {...icon} />,
      onClick: () => void navigate({ to: '/agents', search: { edit: 'new' } }),
    },
    {
      id: 'new-campaign',
      label: 'New campaign',
      leftSection: <IconSpeakerphone {...icon} />,
      onClick: () => void navigate({ to: '/campaigns/new' }),
    },
    {
      id: 'new-key',
      label: 'New API key',
      leftSection: <IconKey {...icon} />,
      onClick: () => void navigate({ to: '/settings/keys' }),
    },
    {
      id: 'new-webhook',
      label: 'Alerts by webhook',
      leftSection: <IconWebhook {...icon} />,
      onClick: () => void navigate({ to: '/settings/webhooks' }),
    },
    {
      id: 'invite',
      label: 'Invite a member',
      leftSection: <IconUserPlus {...icon} />,
      onClick: () => void navigate({ to: '/settings/members' }),
    },
  ]
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Pages',
      actions: shellPages.map((page) => ({
        id: page.path,
        label: page.label,
        description: page.description,
        leftSection: <page.icon {...icon} />,
        onClick: () => void navigate({ to: page.path }),
      })),
    },
    {
      group: 'Actions',
      actions: [
        ...(mayManage(workspace.role) ? managing : []),
        {
          id: 'alerts',
          label: 'Alerts',
          leftSection: <IconBell {...icon} />,
          onClick: () => void navigate({ to: '/alerts' }),
        },
        {
          id: 'alert-settings',
          label: 'Choose what you are mailed about',
          leftSection: <IconMailCog {...icon} />,
          onClick: () => void navigate({ to: '/settings/alerts' }),
        },
        {
          id: 'scheme',
          label: colorScheme === 'dark' ? 'Light colour scheme' : 'Dark colour scheme',
          leftSection: <IconMoon {...icon} />,
          onClick: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
        },
        {
          id: 'keys',
          label: 'Keyboard shortcuts',
          leftSection: <IconKeyboard {...icon} />,
          onClick: openKeys,
        },
        {
          id: 'sign-out',
          label: 'Sign out',
          leftSection: <IconLogout {...icon} />,
          onClick: () => void signOut(),
        },
      ],
    },
  ]

  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      onSpotlightClose={onClose}
      nothingFound="Nothing has that name"
      highlightQuery
      scrollable
      maxHeight={420}
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      searchProps={{
        leftSection: <IconSearch {...icon} />,
        placeholder: 'Find a page or action',
        'aria-label': 'Find a page or action',
      }}
    />
  )
}
