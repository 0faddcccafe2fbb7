import { describe, expect, it } from 'vitest'
import { instantOfLocal, localDateTime } from '../../design/format/instant.ts'
import { aboutCredits, describeRemaining, describeStatus } from './labels.ts'
import { predictOutlook } from './outlook.ts'
import { pickPackage } from './pick-package.ts'
import { makeCampaign } from './testing.ts'

const ZONE = 'Europe/Berlin'
const nowMs = Date.parse('2026-11-22T15:00:00Z')

describe('the status of a campaign', () => {
  it('says why and since when the campaign is paused, and what is left', () => {
    const paused = makeCampaign({
      status: 'paused',
      pauseReason: 'out_of_credits',
      pausedAt: '2026-11-22T13:02:00.000Z',
    })
    // 14:02, however the reader's clock writes it.
    expect(describeStatus(paused, ZONE, nowMs)).toMatch(/^Paused: out of credits at \d+:02/)
    expect(describeRemaining(paused)).toBe('312 contacts left, about 940 credits needed')
  })

  it('names the day of a pause before today', () => {
    const paused = makeCampaign({
      status: 'paused',
      pauseReason: 'by_user',
      pausedAt: '2026-11-21T23:30:00.000Z',
    })
    // Half past midnight in Berlin: today there, yesterday in New York.
    expect(describeStatus(paused, ZONE, nowMs)).toMatch(/^Paused: by a member at \d+:30/)
    expect(describeStatus(paused, 'America/New_York', nowMs)).toMatch(/^Paused: by a member on .*21/)
  })

  it('says when calls start again outside calling hours', () => {
    const outside = makeCampaign({ callingNow: false, nextCallingAt: '2026-11-23T08:00:00.000Z' })
    expect(describeStatus(outside, ZONE, nowMs)).toMatch(/^Running: outside calling hours until .*23/)
    expect(describeStatus(makeCampaign(), ZONE, nowMs)).toBe('Running: calling now')
  })

  it('rounds estimates of many credits, and keeps the decimals of small ones', () => {
    expect(aboutCredits(56_420_000)).toBe('about 940 credits')
    expect(aboutCredits(90_000)).toBe('about 1.5 credits')
    expect(describeRemaining(makeCampaign({ creditsToFinish: null }))).toBe('312 contacts left')
  })
})

describe('the outlook of a campaign', () => {
  const situation = { balanceMs: 18_000_000, timeZone: ZONE, nowMs, later: false }

  it('warns when the balance is too low, and says what happens then', () => {
    const [who, when, takes] = predictOutlook(makeCampaign(), situation)
    expect(who?.text).toBe('Reception calls 312 contacts, up to 20 at once.')
    expect(when?.text).toBe('Calls start right away, at any time of day.')
    expect(takes).toEqual({
      tone: 'warn',
      text: 'It needs about 940 credits, but the balance is 300 credits. When it runs out, the campaign pauses until someone resumes it.',
    })
  })

  it('does not warn when the balance is enough', () => {
    const takes = predictOutlook(makeCampaign(), { ...situation, balanceMs: 60_000_000 })[2]
    expect(takes).toEqual({
      tone: 'plain',
      text: 'It needs about 940 credits. The balance is 1,000 credits.',
    })
  })

  it('names the pace, the closed calling hours and the automatic resume', () => {
    const campaign = makeCampaign({
      concurrency: 1,
      callsPerMinute: 30,
      resumeWhenCreditsReturn: true,
      callingHours: { timeZone: ZONE, days: [{ day: 'monday', from: '09:00', to: '18:00' }] },
      callingNow: false,
      nextCallingAt: '2026-11-23T08:00:00.000Z',
    })
    const [who, when, takes] = predictOutlook(campaign, situation)
    expect(who?.text).toContain('one at a time and up to 30 calls a minute')
    expect(when).toMatchObject({ tone: 'warn' })
    expect(when?.text).toMatch(/^Calls start on .*23.*Mon 09:00–18:00, Berlin time\.$/)
    expect(takes?.text).toContain('resumes automatically when credits return')
  })

  it('says that the workspace is out of credits', () => {
    expect(predictOutlook(makeCampaign(), { ...situation, balanceMs: 0 })[2]?.text).toContain(
      'out of credits',
    )
  })
})

describe('the package for a campaign', () => {
  const pack = (credits: number) => ({
    id: `credits_${credits}`,
    name: `${credits} credits`,
    credits: { milliseconds: credits * 60_000, credits },
    price: { minor: credits, currency: 'USD' },
  })
  const packages = [pack(5_000), pack(100), pack(1_000)]

  it('is the smallest with enough credits, or the largest one', () => {
    expect(pickPackage(packages, 940 * 60_000)?.id).toBe('credits_1000')
    expect(pickPackage(packages, 60_000)?.id).toBe('credits_100')
    expect(pickPackage(packages, 9_000 * 60_000)?.id).toBe('credits_5000')
    expect(pickPackage([], 60_000)).toBeUndefined()
  })
})

describe('a local date and time', () => {
  it.each([
    ['2026-11-22T16:00', 'Europe/Berlin', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22T20:30', 'Asia/Kolkata', '2026-11-22T15:00:00.000Z'],
    // Clocks go forward from 2:00 to 3:00 in March, and back from 3:00 to 2:00 in October.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-12-31T23:59', 'Pacific/Kiritimati', '2026-12-31T09:59:00.000Z'],
  ])('%s in %s is %s', (local, timeZone, at) => {
    expect(new Date(instantOfLocal(local, timeZone) ?? Number.NaN).toISOString()).toBe(at)
  })

  it('is read back, and is null for other texts', () => {
    expect(localDateTime(Date.parse('2026-11-22T15:00:59Z'), ZONE)).toBe('2026-11-22T16:00')
    expect(instantOfLocal('', ZONE)).toBeNull()
    expect(instantOfLocal('2026-13-40T99:00', ZONE)).toBeNull()
  })
})
