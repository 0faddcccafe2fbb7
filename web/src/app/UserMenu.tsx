import { ActionIcon, Menu } from '@mantine/core'
import { IconKeyboard, IconLogout, IconShieldLock, IconUserCog } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { openKeys } from '../features/shortcuts/index.ts'
import { useSignOut } from '../features/sign-in/index.ts'
import { useMembership } from '../features/workspace/index.ts'
import classes from './UserMenu.module.css'

export function UserMenu() {
  const { session, workspace } = useMembership()
  const signOut = useSignOut()
  const { name, email } = session.user
  return (
    <Menu width={240}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`${initials(name)}, account menu of ${name}`}
        >
          <span className={classes.avatar} aria-hidden>
            {initials(name)}
          </span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <div className={classes.name}>{name}</div>
          <div className={classes.email}>{email}</div>
          <div className={classes.email}>
            {capitalize(workspace.role)}, {workspace.name}
          </div>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconShieldLock size={16} stroke={1.75} aria-hidden />}
          renderRoot={(props) => <Link to="/account" {...props} />}
        >
          Account
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserCog size={16} stroke={1.75} aria-hidden />}
          renderRoot={(props) => <Link to="/settings/preferences" {...props} />}
        >
          Preferences
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.75} aria-hidden />} onClick={openKeys}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.75} aria-hidden />}
          onClick={() => void signOut()}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = words[0]?.slice(0, 1) ?? ''
  const last = words.length > 1 ? (words.at(-1)?.slice(0, 1) ?? '') : ''
  return (first + last).toUpperCase()
}

const capitalize = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)
