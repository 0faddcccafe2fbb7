export { hideSetup, useSetupHidden } from './setup-preference.ts'
