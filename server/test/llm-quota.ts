import { expect } from 'vitest'
import type { LlmAgent, LlmWorld } from './llm-world.ts'

export type LlmLimits = { llmRequestsPerMinute?: number | null; llmTokensPerDay?: number | null }

let plans = 0

/** Makes an agent in a live call, in a workspace on a plan of its own with these limits for the platform's keys. */
export async function createLimitedAgent(
  world: LlmWorld,
  limits: LlmLimits = {},
  features: object = {},
): Promise<LlmAgent> {
  plans += 1
  const planId = `limited_${plans}`
  const body = {
    name: 'Limited',
    price: { minor: 0, currency: 'USD' },
    monthlyCredits: 30,
    paid: false,
    features,
    limits: { concurrentCallsMax: 20, callDurationSecondsMax: 3_600, membersMax: 2, ...limits },
  }
  const saved = await world.t.request('PUT', `/v1/plans/${planId}`, { key: world.t.operatorKey, body })
  expect(saved.status).toBe(200)
  return world.agent({ planId })
}

/** Reads the quota that the API shows to the agent's workspace. */
export async function readQuota(world: LlmWorld, { key }: LlmAgent): Promise<Record<string, unknown>> {
  const path = '/v1/llm-settings'
  const { body } = await world.t.request<{ platformQuota: Record<string, unknown> }>('GET', path, { key })
  return body.platformQuota
}
