import type { Http, RoomAssembly } from '../access/index.ts'
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

/** How long after the longest time a request may take, one without an end counts as abandoned. */
const GRACE_MS = 5 * 60_000

export type OpenLlmDeps = Omit<LlmDeps, keyof Http | 'patience' | 'seal' | 'outbounds'> &
  Pick<UsageDeps, 'timeZoneOf'> & {
    readonly assembly: RoomAssembly
    readonly secrets: Secrets
    /** How addresses that customers choose are asked. */
    readonly outbound: Outbound
    readonly patience?: LlmDeps['patience'] | undefined
  }

/** Opens the LLM gateway with its keys and its records. */
export function openLlm(options: OpenLlmDeps): void {
  const { database, clock, assembly, patience = timeoutsDefault } = options
  const recorder = createRecorder(database, options.log)
  // The operator may have providers in a network of their own; customers' addresses do not get there for that.
  const hosts = Object.values(options.settings.bases).map((base) => new URL(base).host)
  const operator = createOutbound({ allow: hosts })
  const roomDeps = {
    ...options,
    patience,
    seal: llmSeal(options.secrets),
    recorder,
    outbounds: { workspace: options.outbound, operator },
  }
  assembly.routes((http) => async (server) => {
    const deps = { ...roomDeps, ...http }
    await server.register(llmKeyRoutes(deps))
    await server.register(llmSettingsRoutes(deps))
    await server.register(llmUsageRoutes(deps))
    await server.register(callTokenRoutes(deps))
    await server.register(gatewayRoutes(deps))
  })
  assembly.chore('Tidying up after the LLM gateway', 60_000, async () => {
    const nowMs = clock.now()
    await endAbandoned(database, nowMs - patience.totalMs - GRACE_MS, nowMs)
    await deleteExpiredCallTokens(database, nowMs)
    await deleteExpiredRequests(database, nowMs)
  })
  assembly.worker({
    async close() {
      await recorder.settled()
      await operator.close()
    },
  })
}
