import type { Routes } from '../platform/http/http-server.ts'
import { createOutbound, type Outbound } from '../platform/outbound.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import { type LlmDeps, timeoutsDefault } from './deps.ts'
import { gatewayRoutes } from './gateway/gateway-routes.ts'
import { deleteExpiredCallTokens } from './keys/call-token-store.ts'
import { llmKeyRoutes } from './keys/key-routes.ts'
import { llmSeal } from './keys/keys.ts'
import { llmSettingsRoutes } from './keys/settings-routes.ts'
import { callTokenRoutes } from './keys/token-routes.ts'
import { createRecorder } from './records/recorder.ts'
import { deleteExpiredRequests, endAbandoned } from './records/request-store.ts'
import { llmUsageRoutes, type UsageDeps } from './records/usage-routes.ts'

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
  options: Omit<LlmDeps, 'patience' | 'seal' | 'outbounds'> &
    Pick<UsageDeps, 'timeZoneOf'> & {
      readonly secrets: Secrets
      /** How addresses that customers choose are asked. */
      readonly outbound: Outbound
      readonly patience?: LlmDeps['patience'] | undefined
    },
): Llm {
  const { database, clock, patience = timeoutsDefault } = options
  const recorder = createRecorder(database, options.log)
  // The operator may have providers in a network of their own; customers' addresses get there no more for that.
  const hosts = Object.values(options.settings.bases).map((base) => new URL(base).host)
  const operator = createOutbound({ allow: hosts })
  const deps = {
    ...options,
    patience,
    seal: llmSeal(options.secrets),
    recorder,
    outbounds: { workspace: options.outbound, operator },
  }
  return {
    async routes(server) {
      await server.register(llmKeyRoutes(deps))
      await server.register(llmSettingsRoutes(deps))
      await server.register(llmUsageRoutes(deps))
      await server.register(callTokenRoutes(deps))
      await server.register(gatewayRoutes(deps))
    },
    async tidyUp() {
      const nowMs = clock.now()
      await endAbandoned(database, nowMs - patience.totalMs - graceMs, nowMs)
      await deleteExpiredCallTokens(database, nowMs)
      await deleteExpiredRequests(database, nowMs)
    },
    async close() {
      await recorder.settled()
      await operator.close()
    },
  }
}
