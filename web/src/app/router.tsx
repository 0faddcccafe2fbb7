import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { chooseWorkspace, currentWorkspaceId } from '../api/workspace-choice.ts'
import { readAuditSearch } from '../features/audit-log/index.ts'
import { readBillingSearch } from '../features/billing/index.ts'
import { readHistorySearch } from '../features/calls/index.ts'
import { readCampaignSearch, readCampaignsSearch } from '../features/campaigns/index.ts'
import { readUsageSearch } from '../features/usage/index.ts'
import { findMembership, sessionQuery } from '../features/workspace/index.ts'
import {
  confirmEmail,
  forgotPassword,
  join,
  pricing,
  resetPassword,
  signIn,
  signUp,
} from './public-routes.tsx'
import { root } from './root-route.tsx'
import { followWorkspaceLink } from './workspace-from-link.ts'

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    if (session === null) {
      // The bare address is no place to return to.
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { redirect: location.href } })
    }
    followWorkspaceLink(session, location)
    // Even the first request must name the workspace.
    chooseWorkspace(findMembership(session, currentWorkspaceId())?.workspace.id ?? null)
  },
  component: lazyRouteComponent(() => import('./Shell.tsx'), 'Shell'),
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/live', replace: true })
  },
})

const billing = createRoute({
  getParentRoute: () => shell,
  path: '/billing',
  validateSearch: readBillingSearch,
  component: lazyRouteComponent(() => import('../features/billing/BillingPage.tsx'), 'BillingPage'),
})

const purchaseReceipt = createRoute({
  getParentRoute: () => shell,
  path: '/billing/receipts/$purchaseId',
  component: lazyRouteComponent(() => import('../features/billing/ReceiptPage.tsx'), 'ReceiptPage'),
})

const usage = createRoute({
  getParentRoute: () => shell,
  path: '/usage',
  validateSearch: readUsageSearch,
  component: lazyRouteComponent(() => import('../features/usage/UsagePage.tsx'), 'UsagePage'),
})

const transactions = createRoute({
  getParentRoute: () => shell,
  path: '/usage/transactions',
  component: lazyRouteComponent(() => import('../features/usage/TransactionsPage.tsx'), 'TransactionsPage'),
})

const live = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  component: lazyRouteComponent(() => import('../features/calls/LiveCallsPage.tsx'), 'LiveCallsPage'),
})

const calls = createRoute({
  getParentRoute: () => shell,
  path: '/calls',
  validateSearch: readHistorySearch,
  component: lazyRouteComponent(() => import('../features/calls/CallHistoryPage.tsx'), 'CallHistoryPage'),
})

const receipt = createRoute({
  getParentRoute: () => shell,
  path: '/calls/$callId',
  component: lazyRouteComponent(() => import('../features/calls/ReceiptPage.tsx'), 'ReceiptPage'),
})

const agents = createRoute({
  getParentRoute: () => shell,
  path: '/agents',
  validateSearch: (search): { edit?: string } =>
    typeof search.edit === 'string' ? { edit: search.edit } : {},
  component: lazyRouteComponent(() => import('../features/agents/AgentsPage.tsx'), 'AgentsPage'),
})

const campaigns = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns',
  validateSearch: readCampaignsSearch,
  component: lazyRouteComponent(() => import('../features/campaigns/CampaignsPage.tsx'), 'CampaignsPage'),
})

const newCampaign = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/new',
  component: lazyRouteComponent(
    () => import('../features/campaigns/EditCampaignPage.tsx'),
    'NewCampaignPage',
  ),
})

const campaign = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$campaignId',
  validateSearch: readCampaignSearch,
  component: lazyRouteComponent(() => import('../features/campaigns/CampaignPage.tsx'), 'CampaignPage'),
})

const editCampaign = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$campaignId/edit',
  component: lazyRouteComponent(
    () => import('../features/campaigns/EditCampaignPage.tsx'),
    'EditCampaignPage',
  ),
})

const alerts = createRoute({
  getParentRoute: () => shell,
  path: '/alerts',
  validateSearch: (search): { unread?: true } => (search.unread === true ? { unread: true } : {}),
  component: lazyRouteComponent(() => import('../features/alerts/AlertsPage.tsx'), 'AlertsPage'),
})

const setup = createRoute({
  getParentRoute: () => shell,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/setup/SetupPage.tsx'), 'SetupPage'),
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/AccountPage.tsx'), 'AccountPage'),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage'),
})

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/workspace', replace: true })
  },
})

const settingsWorkspace = createRoute({
  getParentRoute: () => settings,
  path: '/workspace',
  component: lazyRouteComponent(() => import('../features/settings/WorkspaceTab.tsx'), 'WorkspaceTab'),
})

const settingsMembers = createRoute({
  getParentRoute: () => settings,
  path: '/members',
  component: lazyRouteComponent(() => import('../features/settings/MembersTab.tsx'), 'MembersTab'),
})

const settingsKeys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: lazyRouteComponent(() => import('../features/settings/KeysTab.tsx'), 'KeysTab'),
})

const settingsLlmKeys = createRoute({
  getParentRoute: () => settings,
  path: '/llm-keys',
  component: lazyRouteComponent(() => import('../features/llm/LlmKeysTab.tsx'), 'LlmKeysTab'),
})

const settingsAlerts = createRoute({
  getParentRoute: () => settings,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../features/alerts/AlertsTab.tsx'), 'AlertsTab'),
})

const settingsWebhooks = createRoute({
  getParentRoute: () => settings,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../features/alerts/WebhooksTab.tsx'), 'WebhooksTab'),
})

const settingsAuditLog = createRoute({
  getParentRoute: () => settings,
  path: '/audit-log',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('../features/audit-log/AuditLogTab.tsx'), 'AuditLogTab'),
})

const settingsPreferences = createRoute({
  getParentRoute: () => settings,
  path: '/preferences',
  component: lazyRouteComponent(() => import('../features/settings/PreferencesTab.tsx'), 'PreferencesTab'),
})

const routeTree = root.addChildren([
  signIn,
  signUp,
  forgotPassword,
  resetPassword,
  confirmEmail,
  join,
  pricing,
  shell.addChildren([
    home,
    billing,
    purchaseReceipt,
    usage,
    transactions,
    live,
    calls,
    receipt,
    agents,
    campaigns,
    newCampaign,
    campaign,
    editCampaign,
    alerts,
    setup,
    account,
    settings.addChildren([
      settingsHome,
      settingsWorkspace,
      settingsMembers,
      settingsKeys,
      settingsLlmKeys,
      settingsAlerts,
      settingsWebhooks,
      settingsAuditLog,
      settingsPreferences,
    ]),
  ]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
