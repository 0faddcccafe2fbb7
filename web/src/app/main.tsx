import '../design/theme/links.css'
import '../design/theme/mantine.ts'
import '@fontsource-variable/inter/wght.css'
import '../design/theme/tokens.css'
import '../design/theme/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from '../api/query-client.ts'
import { cssVariablesResolver, theme } from '../design/theme/theme.ts'
import { sessionQuery } from '../features/workspace/index.ts'
import { makeRouter } from './router.tsx'

const queryClient = makeQueryClient(() => {
  // The session has ended: sign in again and return to this page.
  queryClient.setQueryData(sessionQuery.queryKey, null)
  const { pathname, href } = router.state.location
  if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { redirect: href } })
})
const router = makeRouter(queryClient)

const element = document.getElementById('root')
if (element === null) throw new Error('index.html has no #root')

createRoot(element).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <Notifications position="bottom-right" />
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
)
