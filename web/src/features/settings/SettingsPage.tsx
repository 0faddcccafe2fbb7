import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Page } from '../../design/ui/Page.tsx'
import classes from './SettingsPage.module.css'

const tabs = [
  { to: '/settings/workspace', label: 'Workspace' },
  { to: '/settings/members', label: 'Members' },
  { to: '/settings/keys', label: 'API keys' },
  { to: '/settings/llm-keys', label: 'LLM API keys' },
  { to: '/settings/alerts', label: 'Alerts' },
  { to: '/settings/webhooks', label: 'Webhooks' },
  { to: '/settings/audit-log', label: 'Audit log' },
  { to: '/settings/preferences', label: 'Preferences' },
] as const

/** Scrolls the open tab into view: on small screens, not all tabs fit. */
function scrollIntoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

export function SettingsPage() {
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const tab = tabs.find((candidate) => candidate.to === pathname)
  return (
    <Page title="Settings" documentTitle={tab ? `${tab.label} · Settings` : 'Settings'}>
      <nav aria-label="Settings" className={classes.tabs}>
        {tabs.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            className={classes.tab ?? ''}
            activeProps={{ 'aria-current': 'page' }}
            {...(tab.to === pathname && { ref: scrollIntoView })}
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
