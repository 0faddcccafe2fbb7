import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router'
import { NotFound } from './NotFound.tsx'
import { PageFailure } from './PageFailure.tsx'

type Context = { queryClient: QueryClient }

/** The root of all routes. */
export const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: PageFailure,
})
