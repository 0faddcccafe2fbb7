import type { LlmKeyAvailability, LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { ProviderAccess } from './provider-access.ts'
import type { QuotaLimits } from './quota-store.ts'
import type { ContextKey, RequestContextRef } from './request-context-store.ts'

/** What a request of the gateway names. */
export type RouteRequest = RequestContextRef & {
  /** A provider instead of the agent's. */
  readonly provider: string | null
  /** A model instead of the agent's. */
  readonly model: string | null
  /** The request lists models and asks none. */
  readonly lists?: boolean
  /** The request is marked as a test: it may use the platform's key outside a call. */
  readonly isTest?: boolean
}

/** Where a request goes: for whom, to which provider and model, and with whose key. */
export type Route = {
  readonly workspaceId: string
  readonly agentId: string
  readonly callId: string | null
  /** The local day of the workspace. */
  readonly day: string
  readonly provider: LlmProvider
  readonly model: string
  readonly availability: LlmKeyAvailability
  readonly source: LlmKeySource
  readonly fallbackToPlatform: boolean
  /** The workspace's own key, if the request uses it. */
  readonly own: { readonly row: ContextKey; readonly access: ProviderAccess } | null
  /** The platform's key, if it may pay for the request. */
  readonly platform: ProviderAccess | null
  /** What the plan lets the workspace use of the platform's key. */
  readonly limits: QuotaLimits
  readonly isTest: boolean
}
