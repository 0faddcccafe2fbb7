import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Http, RoomAssembly } from '../access/index.ts'
import { createOutbound, type Outbound } from '../platform/outbound.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import { DEFAULT_TIMEOUTS, type LlmDeps } from './deps.ts'
import { gatewayRoutes } from './gateway/gateway-routes.ts'
import { modelTestRoutes } from './gateway/test-routes.ts'
import { deleteExpiredCallTokens } from './keys/call-token-store.ts'
import { llmKeyRoutes } from './keys/key-routes.ts'
import { keyTestRoutes } from './keys/key-test-routes.ts'
import { createKeySealedBox } from './keys/keys.ts'
import { llmSettingsRoutes } from './keys/settings-routes.ts'
import { callTokenRoutes } from './keys/token-routes.ts'
import { createRecorder } from './records/recorder.ts'
import { closeAbandonedRequests, deleteExpiredRequests } from './records/request-store.ts'
import { llmUsageRoutes } from './records/usage-routes.ts'

/** A request without an end counts as abandoned this long after the total timeout. */
const GRACE_MS = 5 * MINUTE_MS

export type OpenLlmDeps = Omit<
  LlmDeps,
  keyof Http | 'timeouts' | 'requestsMax' | 'sealedBox' | 'outbounds'
> & {
  readonly assembly: RoomAssembly
  readonly secrets: Secrets
  /** The HTTP client for addresses that customers choose. */
  readonly outbound: Outbound
  readonly timeouts?: LlmDeps['timeouts'] | undefined
  readonly requestsMax?: number | undefined
}

/** Opens the LLM gateway with its keys and request records. */
export function openLlm(options: OpenLlmDeps): void {
  const { database, clock, assembly, timeouts = DEFAULT_TIMEOUTS } = options
  const recorder = createRecorder(database, options.log)
  warnOfUnnamedModels(options)
  // The operator's own providers may be in a private network. That does not open it to customers' addresses.
  const hosts = Object.values(options.settings.bases).map((base) => new URL(base).host)
  const operator = createOutbound({ allow: hosts })
  const roomDeps = {
    ...options,
    timeouts,
    requestsMax: options.requestsMax ?? Number.POSITIVE_INFINITY,
    sealedBox: createKeySealedBox(options.secrets),
    recorder,
    outbounds: { workspace: options.outbound, operator },
  }
  assembly.routes((http) => async (server) => {
    const deps = { ...roomDeps, ...http }
    await server.register(llmKeyRoutes(deps))
    await server.register(keyTestRoutes(deps))
    await server.register(llmSettingsRoutes(deps))
    await server.register(llmUsageRoutes(deps))
    await server.register(callTokenRoutes(deps))
    await server.register(gatewayRoutes(deps))
    await server.register(modelTestRoutes(deps))
  })
  assembly.chore('Deleting expired LLM records', MINUTE_MS, async () => {
    const nowMs = clock.now()
    await closeAbandonedRequests(database, nowMs - timeouts.totalMs - GRACE_MS, nowMs)
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

function warnOfUnnamedModels({ settings, log }: OpenLlmDeps): void {
  if (Object.keys(settings.keys).length === 0 || settings.models.length > 0) return
  log.warn(
    'The platform’s LLM keys pay for no model: name those that they pay for in TALKTIME_LLM_MODELS, such as gpt-5-mini,claude-haiku-*.',
  )
}
