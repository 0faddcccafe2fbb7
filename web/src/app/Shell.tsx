import { Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { Suspense, useEffect, useMemo, useState } from 'react'
import { chooseWorkspace, useChosenWorkspaceId } from '../api/workspace-choice.ts'
import { SecondFactorWall } from '../features/account/index.ts'
import { LiveProvider } from '../features/live/index.ts'
import { findMembership, MembershipContext, sessionQuery } from '../features/workspace/index.ts'
import { Announcer } from './Announcer.tsx'
import { CreditsBanner } from './CreditsBanner.tsx'
import { Header } from './Header.tsx'
import { NoWorkspace } from './NoWorkspace.tsx'
import { PastDueBanner } from './PastDueBanner.tsx'
import classes from './Shell.module.css'
import { Shortcuts } from './Shortcuts.tsx'
import { Sidebar } from './Sidebar.tsx'
import { StaleBanner } from './StaleBanner.tsx'
import { SuspendedBanner } from './SuspendedBanner.tsx'
import { useFocusOnNavigation } from './use-focus-on-navigation.ts'

/** The frame around every page of a workspace: sidebar, header, banners, and the stream that keeps them current. */
export function Shell() {
  const session = useQuery(sessionQuery).data ?? null
  const chosenId = useChosenWorkspaceId()
  const membership = useMemo(
    () => (session === null ? null : findMembership(session, chosenId)),
    [session, chosenId],
  )
  const workspaceId = membership?.workspace.id ?? null
  const router = useRouter()
  const [drawerOpen, setDrawerOpen] = useState(false)
  const signedOut = session === null

  useFocusOnNavigation()
  useEffect(() => {
    if (workspaceId !== null) chooseWorkspace(workspaceId)
  }, [workspaceId])
  useEffect(() => {
    const { pathname, href } = router.state.location
    if (signedOut && pathname !== '/sign-in') {
      void router.navigate({ to: '/sign-in', search: { redirect: href } })
    }
  }, [signedOut, router])

  if (session === null) return null
  if (membership === null) return <NoWorkspace session={session} />
  if (membership.workspace.requiresSecondFactor && !session.user.secondFactor) {
    return <SecondFactorWall membership={membership} />
  }

  return (
    <MembershipContext value={membership}>
      <LiveProvider key={membership.workspace.id} workspaceId={membership.workspace.id}>
        <a href="#content" className={classes.skip}>
          Skip to content
        </a>
        <div className={classes.shell}>
          <aside className={classes.sidebar}>
            <Sidebar />
          </aside>
          <Drawer.Root opened={drawerOpen} onClose={() => setDrawerOpen(false)} size="17rem" hiddenFrom="sm">
            <Drawer.Overlay backgroundOpacity={0.45} />
            <Drawer.Content aria-label="Navigation">
              <Sidebar onNavigate={() => setDrawerOpen(false)} />
            </Drawer.Content>
          </Drawer.Root>
          <div className={classes.column}>
            <Header onOpenMenu={() => setDrawerOpen(true)} menuOpen={drawerOpen} />
            <StaleBanner />
            <SuspendedBanner />
            <PastDueBanner />
            <CreditsBanner />
            <main id="content" className={classes.main} tabIndex={-1}>
              <Suspense>
                <Outlet />
              </Suspense>
            </main>
          </div>
        </div>
        <Shortcuts />
        <Announcer />
      </LiveProvider>
    </MembershipContext>
  )
}
