import { describe, expect, it } from 'vitest'
import { instantOfLocal, localDateTime } from '../../design/format/instant.ts'
import { aboutCredits, leftInWords, standingInWords } from './labels.ts'
import { outlook } from './outlook.ts'
import { packageFor } from './package-for.ts'
import { makeCampaign } from './testing.ts'

const zone = 'Europe/Berlin'
const nowMs = Date.parse('2026-11-22T15:00:00Z')

describe('how a campaign stands', () => {
  it('says why and since when it is paused, and what is left', () => {
    const paused = makeCampaign({
      status: 'paused',
      pauseReason: 'out_of_credits',
      pausedAt: '2026-11-22T13:02:00.000Z',
    })
    // 14:02, however the reader's clock writes it.
    expect(standingInWords(paused, zone, nowMs)).toMatch(/^Paused: out of credits at \d+:02/)
    expect(leftInWords(paused)).toBe('312 contacts left, about 940 credits needed')
  })

  it('names the day of what was not today', () => {
    const paused = makeCampaign({
      status: 'paused',
      pauseReason: 'by_user',
      pausedAt: '2026-11-21T23:30:00.000Z',
    })
    // Half past midnight in Berlin: today there, yesterday in New York.
    expect(standingInWords(paused, zone, nowMs)).toMatch(/^Paused: by hand at \d+:30/)
    expect(standingInWords(paused, 'America/New_York', nowMs)).toMatch(/^Paused: by hand on .*21/)
  })

  it('says when calls begin again outside the hours', () => {
    const outside = makeCampaign({ callingNow: false, nextCallingAt: '2026-11-23T08:00:00.000Z' })
    expect(standingInWords(outside, zone, nowMs)).toMatch(/^Running: outside its calling hours until .*23/)
    expect(standingInWords(makeCampaign(), zone, nowMs)).toBe('Running: calling now')
  })

  it('rounds an estimate of many credits, and keeps the decimals of few', () => {
    expect(aboutCredits(56_420_000)).toBe('about 940 credits')
    expect(aboutCredits(90_000)).toBe('about 1.5 credits')
    expect(leftInWords(makeCampaign({ creditsToFinish: null }))).toBe('312 contacts left')
  })
})

describe('what will happen', () => {
  const situation = { balanceMs: 18_000_000, timeZone: zone, nowMs, later: false }

  it('warns where the credits do not reach, and says what happens then', () => {
    const [who, when, takes] = outlook(makeCampaign(), situation)
    expect(who?.text).toBe('Reception calls 312 contacts, at most 20 at once.')
    expect(when?.text).toBe('Calls begin at once, at any time of day.')
    expect(takes).toEqual({
      tone: 'warn',
      text: 'It takes about 940 credits, and the balance is 300 credits: when that is used up, it pauses until somebody resumes it.',
    })
  })

  it('is plain where they do', () => {
    const takes = outlook(makeCampaign(), { ...situation, balanceMs: 60_000_000 })[2]
    expect(takes).toEqual({
      tone: 'plain',
      text: 'It takes about 940 credits; the balance is 1,000 credits.',
    })
  })

  it('tells of the switch, of the pace and of hours that are not on', () => {
    const campaign = makeCampaign({
      concurrency: 1,
      callsPerMinute: 30,
      resumeWhenCreditsReturn: true,
      callingHours: { timeZone: zone, days: [{ day: 'monday', from: '09:00', to: '18:00' }] },
      callingNow: false,
      nextCallingAt: '2026-11-23T08:00:00.000Z',
    })
    const [who, when, takes] = outlook(campaign, situation)
    expect(who?.text).toContain('one after the other and 30 calls a minute at the most')
    expect(when).toMatchObject({ tone: 'warn' })
    expect(when?.text).toMatch(/^Calls begin on .*23.*Mon 09:00–18:00, Berlin time\.$/)
    expect(takes?.text).toContain('goes on by itself when credits return')
  })

  it('says that nothing starts without credits', () => {
    expect(outlook(makeCampaign(), { ...situation, balanceMs: 0 })[2]?.text).toContain('no credits')
  })
})

describe('the package that helps', () => {
  const pack = (credits: number) => ({
    id: `credits_${credits}`,
    name: `${credits} credits`,
    credits: { milliseconds: credits * 60_000, credits },
    price: { minor: credits, currency: 'USD' },
  })
  const packages = [pack(5_000), pack(100), pack(1_000)]

  it('is the smallest that is enough, or the largest there is', () => {
    expect(packageFor(packages, 940 * 60_000)?.id).toBe('credits_1000')
    expect(packageFor(packages, 60_000)?.id).toBe('credits_100')
    expect(packageFor(packages, 9_000 * 60_000)?.id).toBe('credits_5000')
    expect(packageFor([], 60_000)).toBeUndefined()
  })
})

describe('a local date and time', () => {
  it.each([
    ['2026-11-22T16:00', 'Europe/Berlin', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22T20:30', 'Asia/Kolkata', '2026-11-22T15:00:00.000Z'],
    // The clocks are put forward from 2:00 to 3:00, and back from 3:00 to 2:00.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-12-31T23:59', 'Pacific/Kiritimati', '2026-12-31T09:59:00.000Z'],
  ])('%s in %s is %s', (local, timeZone, at) => {
    expect(new Date(instantOfLocal(local, timeZone) ?? Number.NaN).toISOString()).toBe(at)
  })

  it('comes back, and is none where there is none', () => {
    expect(localDateTime(Date.parse('2026-11-22T15:00:59Z'), zone)).toBe('2026-11-22T16:00')
    expect(instantOfLocal('', zone)).toBeNull()
    expect(instantOfLocal('2026-13-40T99:00', zone)).toBeNull()
  })
})
