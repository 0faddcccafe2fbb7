import { describe, expect, it } from 'vitest'
import type { Campaign } from '../../api/types.ts'
import { fieldsOf, makeNewFields, readCampaign, validateFields } from './campaign-fields.ts'
import { makeCampaign } from './testing.ts'

describe('a campaign in a form', () => {
  it('is read back unchanged', () => {
    const campaign: Campaign = makeCampaign({
      callsPerMinute: 12.5,
      callingHours: { timeZone: 'Asia/Kolkata', days: [{ day: 'sunday', from: '10:30', to: '24:00' }] },
      retries: { attemptsMax: 4, afterMinutes: 90, on: ['busy', 'failed'] },
      defaultCountry: 'DE',
    })
    const { name, agentId, concurrency, callsPerMinute, callingHours, retries } = campaign
    const { onVoicemail, resumeWhenCreditsReturn, defaultCountry } = campaign
    expect(readCampaign(fieldsOf(campaign, 'UTC'))).toEqual({
      name,
      agentId,
      concurrency,
      callsPerMinute,
      callingHours,
      retries,
      onVoicemail,
      resumeWhenCreditsReturn,
      defaultCountry,
    })
  })

  it.each([
    [2_880, 2, 'days'],
    [120, 2, 'hours'],
    [90, 90, 'minutes'],
  ])('shows %i minutes as %i %s', (afterMinutes, shown, unit) => {
    const retries = { attemptsMax: 3, afterMinutes, on: [] }
    expect(fieldsOf(makeCampaign({ retries }), 'UTC')).toMatchObject({ afterMinutes: shown, afterUnit: unit })
  })

  it('is valid once it has a name and an agent', () => {
    const problems = validateFields({ ...makeNewFields('UTC'), name: 'Recalls', agentId: 'agt_1' })
    expect(Object.values(problems).filter((problem) => problem !== null)).toEqual([])
  })

  it.each([
    ['name', { name: '  ' }],
    ['agentId', { agentId: null }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1_001 }],
    ['concurrency', { concurrency: '' }],
    ['callsPerMinute', { callsPerMinute: 0 }],
    ['attemptsMax', { attemptsMax: 11 }],
    ['afterMinutes', { afterMinutes: 8, afterUnit: 'days' as const }],
    ['afterMinutes', { afterMinutes: '' }],
  ])('finds an invalid %s: %o', (name, wrong) => {
    const problems = validateFields({ ...makeNewFields('UTC'), name: 'Recalls', agentId: 'agt_1', ...wrong })
    const found = Object.entries(problems).filter(([, problem]) => problem !== null)
    expect(found.map(([field]) => field)).toEqual([name])
  })
})
