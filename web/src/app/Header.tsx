import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core'
import { IconFlask2, IconMenu2, IconSearch } from '@tabler/icons-react'
import { AlertBell } from '../features/alerts/index.ts'
import { BalancePill } from '../features/balance/index.ts'
import { openPalette } from '../features/shortcuts/index.ts'
import { useMembership } from '../features/workspace/index.ts'
import { ColorSchemeToggle } from './ColorSchemeToggle.tsx'
import classes from './Header.module.css'
import { UserMenu } from './UserMenu.tsx'

const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

export function Header({ onOpenMenu, menuOpen }: { onOpenMenu: () => void; menuOpen: boolean }) {
  const { workspace } = useMembership()
  return (
    <header className={classes.header}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.menu}
        aria-label="Open navigation"
        aria-expanded={menuOpen}
        onClick={onOpenMenu}
      >
        <IconMenu2 size={20} stroke={1.75} aria-hidden />
      </ActionIcon>
      <UnstyledButton className={classes.search} onClick={openPalette}>
        <IconSearch size={16} stroke={1.75} aria-hidden />
        <span className={classes.searchText}>Find a page or action</span>
        <span className={classes.keys} aria-hidden>
          <Kbd size="xs">{modifier}</Kbd>
          <Kbd size="xs">K</Kbd>
        </span>
      </UnstyledButton>
      <div className={classes.end}>
        {workspace.demo && (
          <span className={classes.demo}>
            <IconFlask2 size={14} stroke={1.75} aria-hidden />
            Demo workspace
          </span>
        )}
        <BalancePill />
        <AlertBell />
        <ColorSchemeToggle />
        <UserMenu />
      </div>
    </header>
  )
}
