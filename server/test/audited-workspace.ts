import { createOutbound } from '../src/platform/outbound.ts'
import {
  type TestAnswer,
  type TestApp,
  type TestBody,
  type TestPerson,
  type TestRequest,
  testApp,
} from './app.ts'
import { steadyLife } from './campaign-customer.ts'

/** A workspace on the Enterprise plan in which everything can be done that the audit log records. */
export type AuditedWorkspace = {
  readonly t: TestApp
  readonly owner: TestPerson
  readonly guest: TestPerson
  /** What was sent or answered that nobody may read again. */
  readonly secrets: Set<string>
  /** Sends a request as the owner. */
  asOwner(method: Method, path: string, body?: unknown, more?: TestRequest): Promise<TestAnswer>
  asOperator(method: Method, path: string, body?: unknown): Promise<TestAnswer>
  /** Does what `asOwner` does, and fails unless it is answered 2xx. Returns the body. */
  prepare(method: Method, path: string, body?: unknown): Promise<TestBody>
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export async function openAuditedWorkspace(): Promise<AuditedWorkspace> {
  const t = await testApp({
    simulated: steadyLife,
    outbound: createOutbound({
      allow: [],
      resolve: async () => [{ address: '93.184.215.14', family: 4 }],
    }),
  })
  const owner = await t.signUp({ name: 'Ada' })
  const guest = await t.signUp({ name: 'Bob' })
  const secrets = new Set([t.operatorKey])
  const keep = (answer: TestAnswer) => {
    for (const secret of listSecrets(answer)) secrets.add(secret)
    return answer
  }
  const asOwner: AuditedWorkspace['asOwner'] = async (method, path, body, more) => {
    if (typeof body === 'object' && body !== null && 'key' in body) secrets.add(String(body.key))
    return keep(
      await t.request(method, path, {
        cookie: owner.cookie,
        workspace: owner.workspaceId,
        ...(method === 'POST' && body === undefined ? {} : { body }),
        ...more,
        headers: { 'user-agent': 'Audited/1.0', ...more?.headers },
      }),
    )
  }
  const w: AuditedWorkspace = {
    t,
    owner,
    guest,
    secrets,
    asOwner,
    asOperator: async (method, path, body) =>
      keep(
        await t.request(method, path, { key: t.operatorKey, body, headers: { 'user-agent': 'Audited/1.0' } }),
      ),
    async prepare(method, path, body) {
      const answer = await asOwner(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
      return answer.body
    },
  }
  const upgraded = await t.request('POST', '/v1/subscription', {
    key: t.operatorKey,
    workspace: owner.workspaceId,
    body: { planId: 'enterprise' },
  })
  if (upgraded.status !== 200) throw new Error(upgraded.text)
  return w
}

/** What an answer shows once: keys, secrets, and the tokens in links. */
function listSecrets({ body }: TestAnswer): string[] {
  if (typeof body !== 'object' || body === null) return []
  const { key, secret, token, url } = body
  const linked = typeof url === 'string' ? new URL(url).searchParams.get('token') : null
  return [key, secret, token, linked].filter((text): text is string => typeof text === 'string')
}
