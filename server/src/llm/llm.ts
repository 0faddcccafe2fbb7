import type { Routes } from '../platform/http/http-server.ts'
import { createOutbound, type Outbound } from '../platform/outbound.ts'
import type { Secrets } from '../platform/seal.ts'
import { pruneCallTokens } from './call-tokens.ts'
import { gatewayRoutes } from './gateway-routes.ts'
import { llmKeyRoutes } from './key-routes.ts'
import { llmSeal } from './keys.ts'
import { type LlmParts, patienceDefault } from './parts.ts'
import { createRecorder } from './recorder.ts'
import { endAbandoned, pruneRequests } from './request-store.ts'
import { llmSettingsRoutes } from './settings-routes.ts'
import { callTokenRoutes } from './token-routes.ts'
import { llmUsageRoutes, type UsageParts } from './usage-routes.ts'

export type Llm = {
  readonly routes: Routes
  /** Completes requests whose server was killed, and forgets what is old. Call it every minute. */
  tidyUp(): Promise<void>
  /** Waits until everything that went through the gateway is written down. */
  close(): Promise<void>
}

/** How long after the longest time that a request may take one without an end is taken for abandoned. */
const graceMs = 5 * 60_000

export function openLlm(
  options: Omit<LlmParts, 'patience' | 'seal' | 'outbounds'> &
    Pick<UsageParts, 'timeZoneOf'> & {
      readonly secrets: Secrets
      /** How addresses that customers choose are asked. */
      readonly outbound: Outbound
      readonly patience?: LlmParts['patience'] | undefined
    },
): Llm {
  const { database, clock, patience = patienceDefault } = options
  const recorder = createRecorder(database, options.log)
  // The operator may have providers in a network of their own; customers' addresses get there no more for that.
  const hosts = Object.values(options.settings.bases).map((base) => new URL(base).host)
  const operator = createOutbound({ allow: hosts })
  const parts = {
    ...options,
    patience,
    seal: llmSeal(options.secrets),
    recorder,
    outbounds: { workspace: options.outbound, operator },
  }
  return {
    async routes(server) {
      await server.register(llmKeyRoutes(parts))
      await server.register(llmSettingsRoutes(parts))
      await server.register(llmUsageRoutes(parts))
      await server.register(callTokenRoutes(parts))
      await server.register(gatewayRoutes(parts))
    },
    async tidyUp() {
      const nowMs = clock.now()
      await endAbandoned(database, nowMs - patience.totalMs - graceMs, nowMs)
      await pruneCallTokens(database, nowMs)
      await pruneRequests(database, nowMs)
    },
    async close() {
      await recorder.settled()
      await operator.close()
    },
  }
}
