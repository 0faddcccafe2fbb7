import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core'
import { IconFlask2, IconMenu2, IconSearch } from '@tabler/icons-react'
import { AlertBell } from '../alerts/AlertBell.tsx'
import { BalancePill } from '../balance/BalancePill.tsx'
import { ColourSchemeToggle } from './ColourSchemeToggle.tsx'
import classes from './Header.module.css'
import { openPalette } from './palette-state.ts'
import { useSeat } from './seat.ts'
import { UserMenu } from './UserMenu.tsx'

const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

export function Header({ onOpenMenu, menuOpen }: { onOpenMenu: () => void; menuOpen: boolean }) {
  const { workspace } = useSeat()
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
        <ColourSchemeToggle />
        <UserMenu />
      </div>
    </header>
  )
}
