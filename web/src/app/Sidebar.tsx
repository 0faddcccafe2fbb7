import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Logo } from '../design/ui/Logo.tsx'
import { balanceQuery } from '../features/balance/index.ts'
import { useSetupHidden } from '../features/setup/index.ts'
import { useMembership } from '../features/workspace/index.ts'
import { shellPages } from './pages.ts'
import classes from './Sidebar.module.css'
import { WorkspaceSwitcher } from './WorkspaceSwitcher.tsx'

/** Brand, workspace and pages, in the sidebar and in the drawer of a small screen. */
export function Sidebar({ onNavigate }: { onNavigate?: () => void }) {
  const liveCalls = useQuery(balanceQuery).data?.liveCalls ?? 0
  const setupHidden = useSetupHidden(useMembership().workspace.id)
  const pages = shellPages.filter((page) => page.path !== '/setup' || !setupHidden)
  return (
    <div className={classes.sidebar}>
      <div className={classes.brand}>
        <Logo />
      </div>
      <div className={classes.switcher}>
        <WorkspaceSwitcher />
      </div>
      <nav aria-label="Pages" className={classes.nav}>
        <ul className={classes.list}>
          {pages.map((page) => (
            <li key={page.path}>
              <Link
                to={page.path}
                className={classes.link ?? ''}
                activeProps={{ 'aria-current': 'page' }}
                onClick={() => onNavigate?.()}
              >
                <page.icon size={18} stroke={1.75} className={classes.icon} aria-hidden />
                <span className={classes.label}>{page.label}</span>
                {page.path === '/live' && liveCalls > 0 && (
                  <span className={classes.count}>
                    <span className={classes.dot} aria-hidden />
                    {liveCalls}
                    <span className={classes.hidden}> in conversation</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <footer className={classes.footer}>
        <a href="/docs" className={classes.footerLink}>
          API reference
        </a>
      </footer>
    </div>
  )
}
