import type { CallHabits } from './planned-call.ts'

/** The customer whose year the demo shows. All people are invented, and the phone numbers are reserved for fiction. */
export const DEMO_WORKSPACE = {
  name: 'Demo: Larkspur Dental Group',
  timeZone: 'America/New_York',
}

export const DEMO_OWNER = { name: 'Robin Larkspur', email: 'demo@talktime.example' }

/** An agent of the demo and its working pattern. */
export type DemoAgent = CallHabits & {
  readonly name: string
  /** BCP 47. */
  readonly language: string
  readonly llmProvider: string
  readonly llmModel: string
  /** When the agent starts, as a share of the year: 0 is the first day, 1 the last. */
  readonly beginsAtShare: number
  /** Weight of each of the 24 hours of a local working day, starting at midnight. Only the proportions count. */
  readonly workingDayHours: readonly number[]
  /** As `workingDayHours`, for Saturday and Sunday. */
  readonly weekendHours: readonly number[]
  /** The number of calls on a Saturday and on a Sunday, as shares of a working day's. */
  readonly weekendShares: readonly [saturday: number, sunday: number]
}

/** Spreads the weights over the hours from `firstHour` on. All other hours of the 24 weigh 0. */
function weighHours(firstHour: number, weights: readonly number[]): number[] {
  return Array.from({ length: 24 }, (_, hour) => weights[hour - firstHour] ?? 0)
}

const office = weighHours(8, [5, 9, 11, 10, 6, 7, 9, 9, 8, 4, 1])
const saturdayMorning = weighHours(9, [6, 8, 7, 4])
const afterHours = [1, 1, 0, 0, 0, 1, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 9, 8, 6, 3, 2]
const aroundTheClock = [2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 8, 8, 7, 7, 7, 7, 8, 9, 8, 5, 3]
const waking = weighHours(7, [2, 4, 6, 7, 8, 9, 8, 7, 7, 7, 7, 6, 7, 8, 8, 5, 2])

const inboundShares = { answeredShare: 0.94, failedShare: 0.005 }

export const DEMO_AGENTS: readonly DemoAgent[] = [
  {
    name: 'Maya · Reception',
    language: 'en-US',
    phoneNumber: '+14135550120',
    llmProvider: 'openai',
    llmModel: 'gpt-5-mini',
    direction: 'inbound',
    beginsAtShare: 0,
    callsShare: 0.36,
    workingDayHours: office,
    weekendHours: saturdayMorning,
    weekendShares: [0.4, 0.04],
    ...inboundShares,
    talkMsMedian: 158_000,
    talkSpread: 0.75,
  },
  {
    name: 'Theo · Appointment reminders',
    language: 'en-US',
    phoneNumber: '+14135550121',
    llmProvider: 'anthropic',
    llmModel: 'claude-haiku-4-5',
    direction: 'outbound',
    beginsAtShare: 0,
    callsShare: 0.3,
    workingDayHours: weighHours(10, [8, 10, 5, 4, 8, 10, 9, 6]),
    weekendHours: weighHours(10, [3, 5, 4]),
    weekendShares: [0.2, 0],
    answeredShare: 0.62,
    failedShare: 0.05,
    talkMsMedian: 72_000,
    talkSpread: 0.6,
  },
  {
    name: 'Lucía · Recepción',
    language: 'es-US',
    phoneNumber: '+14135550122',
    llmProvider: 'openai',
    llmModel: 'gpt-5-mini',
    direction: 'inbound',
    beginsAtShare: 0.07,
    callsShare: 0.15,
    workingDayHours: office,
    weekendHours: saturdayMorning,
    weekendShares: [0.55, 0.05],
    ...inboundShares,
    talkMsMedian: 176_000,
    talkSpread: 0.7,
  },
  {
    name: 'Noor · After hours',
    language: 'en-US',
    phoneNumber: '+14135550123',
    llmProvider: 'google',
    llmModel: 'gemini-2.5-flash',
    direction: 'inbound',
    beginsAtShare: 0.19,
    callsShare: 0.09,
    workingDayHours: afterHours,
    weekendHours: aroundTheClock,
    weekendShares: [1.4, 1.6],
    ...inboundShares,
    talkMsMedian: 124_000,
    talkSpread: 0.8,
  },
  {
    name: 'Iris · Website',
    language: 'en-US',
    phoneNumber: null,
    llmProvider: 'anthropic',
    llmModel: 'claude-haiku-4-5',
    direction: 'web',
    beginsAtShare: 0.33,
    callsShare: 0.13,
    workingDayHours: waking,
    weekendHours: waking,
    weekendShares: [0.8, 0.7],
    answeredShare: 0.96,
    failedShare: 0.03,
    talkMsMedian: 128_000,
    talkSpread: 0.85,
  },
  {
    name: 'Davi · Recepção',
    language: 'pt-BR',
    phoneNumber: '+14135550124',
    llmProvider: 'openai',
    llmModel: 'gpt-5-mini',
    direction: 'inbound',
    beginsAtShare: 0.56,
    callsShare: 0.08,
    workingDayHours: office,
    weekendHours: saturdayMorning,
    weekendShares: [0.35, 0.03],
    ...inboundShares,
    talkMsMedian: 168_000,
    talkSpread: 0.7,
  },
]
