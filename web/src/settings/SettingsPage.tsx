import { Link, Outlet } from '@tanstack/react-router'
import { Page } from '../ui/Page.tsx'
import classes from './SettingsPage.module.css'

const tabs = [
  { to: '/settings/workspace', label: 'Workspace' },
  { to: '/settings/members', label: 'Members' },
  { to: '/settings/keys', label: 'API keys' },
  { to: '/settings/preferences', label: 'Preferences' },
] as const

export function SettingsPage() {
  return (
    <Page title="Settings">
      <nav aria-label="Settings" className={classes.tabs}>
        {tabs.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            className={classes.tab ?? ''}
            activeProps={{ 'aria-current': 'page' }}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </Page>
  )
}
