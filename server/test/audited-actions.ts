import { type TestAnswer, type TestBody, testPassword } from './app.ts'
import { auditedAccountActions } from './audited-accounts.ts'
import type { AuditedWorkspace, Method } from './audited-workspace.ts'

/** A route that changes something, as the API's document names it. */
type Route = `${Method} /${string}`

/** The action that a route writes to the audit log, who acts, and the request that does it. */
export type AuditedAction = {
  readonly route: Route
  readonly action: string
  readonly by: 'user' | 'operator'
  readonly act: (w: AuditedWorkspace) => Promise<TestAnswer>
}

const agent = { name: 'Reception', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }
const plan = {
  name: 'Silver',
  price: { minor: 900, currency: 'USD' },
  monthlyCredits: 100,
  paid: true,
  features: {},
  limits: { concurrentCallsMax: 5, callDurationSecondsMax: 600, membersMax: 3 },
}
const llmKey = { provider: 'openai', key: 'sk-first-key-of-the-audited-workspace' }
const OTHER_LLM_KEY = 'sk-second-key-of-the-audited-workspace'

const createAgent = (w: AuditedWorkspace) => w.prepare('POST', '/v1/agents', agent)
const createWebhook = (w: AuditedWorkspace) =>
  w.prepare('POST', '/v1/webhooks', { url: 'https://example.com/hook' })
const addCard = (w: AuditedWorkspace, testCard: string) =>
  w.prepare('POST', '/v1/payment-methods', { testCard })

async function createCampaign(w: AuditedWorkspace): Promise<TestBody> {
  return w.prepare('POST', '/v1/campaigns', { name: 'Spring', agentId: (await createAgent(w)).id })
}

const suspend = (w: AuditedWorkspace, id: string) =>
  w.asOperator('POST', `/v1/workspaces/${id}/suspend`, { reason: 'Unpaid' })

const contacts = 'phone,name\n+12122000001,Eve\n'
const addContacts = (w: AuditedWorkspace, { id }: TestBody) =>
  w.asOwner('POST', `/v1/campaigns/${id}/contacts`, contacts, { headers: { 'content-type': 'text/csv' } })

async function startedCampaign(w: AuditedWorkspace): Promise<TestBody> {
  const campaign = await createCampaign(w)
  await addContacts(w, campaign)
  await w.prepare('POST', `/v1/campaigns/${campaign.id}/start`, {})
  return campaign
}

async function invite(w: AuditedWorkspace): Promise<TestBody> {
  return w.prepare('POST', '/v1/invitations', { email: w.guest.email, role: 'member' })
}

async function accept(w: AuditedWorkspace): Promise<TestAnswer> {
  const { url } = await invite(w)
  const token = new URL(String(url)).searchParams.get('token')
  return w.t.request('POST', '/v1/invitations/accept', {
    cookie: w.guest.cookie,
    body: { token },
    headers: { 'user-agent': 'Audited/1.0' },
  })
}

/** The LLM key of the workspace: it has at most one for each provider. */
async function storedLlmKey(w: AuditedWorkspace): Promise<string> {
  const { body } = await w.t.request('GET', '/v1/llm-keys', {
    cookie: w.owner.cookie,
    workspace: w.owner.workspaceId,
  })
  return body.data[0]?.id ?? (await w.prepare('POST', '/v1/llm-keys', llmKey)).id
}

const asUser = (route: Route, action: string, act: AuditedAction['act']): AuditedAction => ({
  route,
  action,
  by: 'user',
  act,
})
const asOperator = (route: Route, action: string, act: AuditedAction['act']): AuditedAction => ({
  route,
  action,
  by: 'operator',
  act,
})

/** Every route that writes to the audit log, in an order in which they can be carried out one after the other. */
export const auditedActions: readonly AuditedAction[] = [
  asUser('POST /v1/sign-up', 'workspace.created', (w) =>
    w.t.request('POST', '/v1/sign-up', {
      body: { name: 'Carl', email: 'carl@example.com', password: testPassword },
      headers: { 'user-agent': 'Audited/1.0' },
    }),
  ),
  asOperator('POST /v1/workspaces', 'workspace.created', (w) =>
    w.asOperator('POST', '/v1/workspaces', { name: 'New', timeZone: 'UTC', planId: 'free' }),
  ),
  asOperator('POST /v1/workspaces/{id}/suspend', 'workspace.suspended', async (w) =>
    suspend(w, (await w.t.addWorkspace()).id),
  ),
  asOperator('POST /v1/workspaces/{id}/resume', 'workspace.resumed', async (w) => {
    const { id } = await w.t.addWorkspace()
    await suspend(w, id)
    return w.asOperator('POST', `/v1/workspaces/${id}/resume`, { reason: 'Paid' })
  }),
  asOperator('PUT /v1/plans/{id}', 'plan.saved', (w) => w.asOperator('PUT', '/v1/plans/silver', plan)),
  asOperator('PUT /v1/packages/{id}', 'package.saved', (w) =>
    w.asOperator('PUT', '/v1/packages/tiny', { credits: 10, price: { minor: 100, currency: 'USD' } }),
  ),
  asOperator('POST /v1/workspaces/{id}/grants', 'credit.granted', (w) =>
    w.asOperator('POST', `/v1/workspaces/${w.owner.workspaceId}/grants`, {
      credits: 50,
      kind: 'promotional',
      reason: 'Sorry',
    }),
  ),
  asOperator('POST /v1/workspaces/{id}/grants', 'credit.deducted', (w) =>
    w.asOperator('POST', `/v1/workspaces/${w.owner.workspaceId}/grants`, {
      credits: -1,
      kind: 'adjustment',
      reason: 'Too much',
    }),
  ),
  asUser('PATCH /v1/workspace', 'workspace.changed', (w) =>
    w.asOwner('PATCH', '/v1/workspace', {
      name: 'Renamed',
      timeZone: 'Asia/Kolkata',
      monthlyBudgetCredits: 9,
    }),
  ),
  asUser('POST /v1/agents', 'agent.created', (w) => w.asOwner('POST', '/v1/agents', agent)),
  asUser('PATCH /v1/agents/{id}', 'agent.changed', async (w) =>
    w.asOwner('PATCH', `/v1/agents/${(await createAgent(w)).id}`, { status: 'disabled' }),
  ),
  asUser('DELETE /v1/agents/{id}', 'agent.archived', async (w) =>
    w.asOwner('DELETE', `/v1/agents/${(await createAgent(w)).id}`),
  ),
  asUser('POST /v1/calls/{id}/hang-up', 'call.hung_up', async (w) => {
    const call = await w.t.request('POST', '/v1/calls', {
      key: w.t.operatorKey,
      workspace: w.owner.workspaceId,
      body: { agentId: (await createAgent(w)).id, direction: 'inbound' },
    })
    return w.asOwner('POST', `/v1/calls/${call.body.id}/hang-up`, {})
  }),
  asUser('POST /v1/payment-methods', 'payment_method.added', (w) =>
    w.asOwner('POST', '/v1/payment-methods', { testCard: 'success' }),
  ),
  asUser('POST /v1/payment-methods/{id}/default', 'payment_method.made_default', async (w) => {
    const first = await addCard(w, 'success')
    await addCard(w, 'success')
    return w.asOwner('POST', `/v1/payment-methods/${first.id}/default`)
  }),
  asUser('DELETE /v1/payment-methods/{id}', 'payment_method.removed', async (w) =>
    w.asOwner('DELETE', `/v1/payment-methods/${(await addCard(w, 'success')).id}`),
  ),
  asUser('POST /v1/purchases', 'purchase.created', (w) =>
    w.asOwner('POST', '/v1/purchases', { packageId: 'credits_100', quantity: 1 }),
  ),
  asUser('POST /v1/purchases/{id}/cancel', 'purchase.failed', async (w) => {
    const card = await addCard(w, 'requires_action')
    const order = { packageId: 'credits_100', quantity: 2, paymentMethodId: card.id }
    return w.asOwner('POST', `/v1/purchases/${(await w.prepare('POST', '/v1/purchases', order)).id}/cancel`)
  }),
  asUser('PUT /v1/auto-reload', 'auto_reload.changed', (w) =>
    w.asOwner('PUT', '/v1/auto-reload', {
      enabled: false,
      thresholdCredits: 30,
      packageId: 'credits_100',
      quantity: 1,
      monthlyCap: null,
    }),
  ),
  asUser('POST /v1/subscription', 'subscription.changed', (w) =>
    w.asOwner('POST', '/v1/subscription', { planId: 'starter' }),
  ),
  asUser('POST /v1/campaigns', 'campaign.created', async (w) =>
    w.asOwner('POST', '/v1/campaigns', { name: 'Spring', agentId: (await createAgent(w)).id }),
  ),
  asUser('PATCH /v1/campaigns/{id}', 'campaign.changed', async (w) =>
    w.asOwner('PATCH', `/v1/campaigns/${(await createCampaign(w)).id}`, { concurrency: 2 }),
  ),
  asUser('POST /v1/campaigns/{id}/contacts', 'campaign.contacts_added', async (w) =>
    addContacts(w, await createCampaign(w)),
  ),
  asUser('POST /v1/campaigns/{id}/start', 'campaign.started', async (w) => {
    const campaign = await createCampaign(w)
    await addContacts(w, campaign)
    return w.asOwner('POST', `/v1/campaigns/${campaign.id}/start`, {})
  }),
  asUser('POST /v1/campaigns/{id}/pause', 'campaign.paused', async (w) =>
    w.asOwner('POST', `/v1/campaigns/${(await startedCampaign(w)).id}/pause`, {}),
  ),
  asUser('POST /v1/campaigns/{id}/resume', 'campaign.resumed', async (w) => {
    const { id } = await startedCampaign(w)
    await w.prepare('POST', `/v1/campaigns/${id}/pause`, {})
    return w.asOwner('POST', `/v1/campaigns/${id}/resume`, {})
  }),
  asUser('DELETE /v1/campaigns/{id}', 'campaign.archived', async (w) =>
    w.asOwner('DELETE', `/v1/campaigns/${(await createCampaign(w)).id}`),
  ),
  asUser('PUT /v1/alert-settings', 'alert_settings.changed', (w) =>
    w.asOwner('PUT', '/v1/alert-settings', { mail: { balance_low: false } }),
  ),
  asUser('POST /v1/webhooks', 'webhook.created', (w) =>
    w.asOwner('POST', '/v1/webhooks', { url: 'https://example.com/hook' }),
  ),
  asUser('PATCH /v1/webhooks/{id}', 'webhook.changed', async (w) =>
    w.asOwner('PATCH', `/v1/webhooks/${(await createWebhook(w)).id}`, { kinds: ['balance_low'] }),
  ),
  asUser('POST /v1/webhooks/{id}/rotate-secret', 'webhook.secret_rotated', async (w) =>
    w.asOwner('POST', `/v1/webhooks/${(await createWebhook(w)).id}/rotate-secret`),
  ),
  asUser('POST /v1/webhooks/{id}/test', 'webhook.tested', async (w) =>
    w.asOwner('POST', `/v1/webhooks/${(await createWebhook(w)).id}/test`),
  ),
  asUser('POST /v1/deliveries/{id}/resend', 'delivery.resent', async (w) => {
    const { id } = await createWebhook(w)
    const delivery = await w.prepare('POST', `/v1/webhooks/${id}/test`)
    return w.asOwner('POST', `/v1/deliveries/${delivery.id}/resend`)
  }),
  asUser('DELETE /v1/webhooks/{id}', 'webhook.removed', async (w) =>
    w.asOwner('DELETE', `/v1/webhooks/${(await createWebhook(w)).id}`),
  ),
  asUser('POST /v1/llm-keys', 'llm_key.added', (w) => w.asOwner('POST', '/v1/llm-keys', llmKey)),
  asUser('PATCH /v1/llm-keys/{id}', 'llm_key.changed', async (w) => {
    const id = await storedLlmKey(w)
    w.t.clock.advance(1)
    return w.asOwner('PATCH', `/v1/llm-keys/${id}`, { key: OTHER_LLM_KEY })
  }),
  asUser('DELETE /v1/llm-keys/{id}', 'llm_key.removed', async (w) =>
    w.asOwner('DELETE', `/v1/llm-keys/${await storedLlmKey(w)}`),
  ),
  asUser('PATCH /v1/llm-settings', 'llm_settings.changed', (w) =>
    w.asOwner('PATCH', '/v1/llm-settings', { fallbackToPlatform: true }),
  ),
  asUser('POST /v1/keys', 'key.created', (w) => w.asOwner('POST', '/v1/keys', { name: 'CI' })),
  asUser('DELETE /v1/keys/{id}', 'key.revoked', async (w) =>
    w.asOwner('DELETE', `/v1/keys/${(await w.prepare('POST', '/v1/keys', { name: 'CI' })).id}`),
  ),
  asUser('POST /v1/invitations', 'invitation.created', (w) =>
    w.asOwner('POST', '/v1/invitations', { email: 'eve@example.com', role: 'admin' }),
  ),
  asUser('DELETE /v1/invitations/{id}', 'invitation.withdrawn', async (w) =>
    w.asOwner('DELETE', `/v1/invitations/${(await invite(w)).id}`),
  ),
  asUser('POST /v1/invitations/accept', 'invitation.accepted', accept),
  asUser('PATCH /v1/members/{userId}', 'member.role_changed', (w) =>
    w.asOwner('PATCH', `/v1/members/${w.guest.userId}`, { role: 'admin' }),
  ),
  asUser('DELETE /v1/members/{userId}', 'member.removed', (w) =>
    w.asOwner('DELETE', `/v1/members/${w.guest.userId}`),
  ),
  ...auditedAccountActions.map(([route, action, act]) => asUser(route, action, ({ t }) => act(t))),
]

const ledgers = 'The ledger and the call say what was reported, and there are too many.'
const signIns = 'Nothing of a workspace changes.'
const sendsMail = 'It sends a mail to the address, and nothing changes before its link is opened.'

/** Routes that change something and write nothing to the audit log, with the reason. */
export const unauditedRoutes: Readonly<Record<Route, string>> = {
  'POST /v1/calls': ledgers,
  'POST /v1/calls/{id}/answer': ledgers,
  'POST /v1/calls/{id}/end': ledgers,
  'POST /v1/calls/{id}/heartbeat': ledgers,
  'POST /v1/calls/batch': ledgers,
  'POST /v1/test-calls': ledgers,
  'POST /v1/test-calls/{id}/end': ledgers,
  'POST /v1/calls/{id}/llm-token': 'A voice stack asks for one in each call; it ends with the call.',
  'DELETE /v1/calls/{id}/llm-token': 'A voice stack gives it back in each call.',
  'POST /v1/agents/{id}/llm-test': 'A question to a model changes nothing. It is among the LLM requests.',
  'POST /llm/v1/chat/completions': 'The records of the gateway say what went through it.',
  'POST /v1/subscription/preview': 'It changes nothing.',
  'POST /v1/llm-keys/{id}/test': 'It changes nothing that people decide.',
  'POST /v1/alerts/read': 'What somebody has read is no change of the workspace.',
  'POST /v1/email-confirmations': sendsMail,
  'POST /v1/password-resets': sendsMail,
  'POST /v1/account/second-factor': 'Nothing is on before it is confirmed.',
  'POST /v1/sign-out': signIns,
}
