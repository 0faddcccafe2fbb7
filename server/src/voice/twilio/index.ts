import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Carrier } from '../carrier.ts'
import { findKnownRefs } from '../leg-store.ts'
import type { TwilioSettings } from '../settings.ts'
import type { Voice } from '../voice.ts'
import { createTwilioCarrier } from './carrier.ts'
import { twilioRoutes } from './routes.ts'

export type Twilio = {
  readonly carrier: Carrier
  /** The routes that Twilio calls. */
  routes(deps: { readonly voice: Voice; readonly clock: Clock }): Routes
}

/** Opens calls through Twilio. `onError` receives what Twilio refused. */
export function openTwilio(
  settings: TwilioSettings,
  database: Database,
  onError: (error: unknown) => void,
): Twilio {
  return {
    carrier: createTwilioCarrier({
      settings,
      findKnownRefs: (refs) => findKnownRefs(database, 'twilio', refs),
      onError,
    }),
    routes: (deps) => twilioRoutes({ ...deps, settings }),
  }
}
