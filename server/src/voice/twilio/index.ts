import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Carrier } from '../carrier.ts'
import { knownRefs } from '../leg-store.ts'
import type { TwilioSettings } from '../settings.ts'
import type { Voice } from '../voice.ts'
import { createTwilioCarrier } from './carrier.ts'
import { twilioRoutes } from './routes.ts'

export type Twilio = {
  readonly carrier: Carrier
  /** What Twilio asks and tells. */
  routes(deps: { readonly voice: Voice; readonly clock: Clock }): Routes
}

/** Calls through Twilio. `onError` hears of what Twilio refused. */
export function openTwilio(
  settings: TwilioSettings,
  database: Database,
  onError: (error: unknown) => void,
): Twilio {
  return {
    carrier: createTwilioCarrier({
      settings,
      knownRefs: (refs) => knownRefs(database, 'twilio', refs),
      onError,
    }),
    routes: (deps) => twilioRoutes({ ...deps, settings }),
  }
}
