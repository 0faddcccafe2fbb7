import type { CallHabits } from './planned-call.ts'

/** The customer whose year the demo shows. Nobody in it exists; its telephone numbers are reserved for fiction. */
export const demoWorkspace = {
  name: 'Demo: Larkspur Dental Group',
  timeZone: 'America/New_York',
}

export const demoOwner = { name: 'Robin Larkspur', email: 'demo@talktime.example' }

/** An agent of the demo, and what its days are like. */
export type CastAgent = CallHabits & {
  readonly name: string
  /** BCP 47. */
  readonly language: string
  readonly llmProvider: string
  readonly llmModel: string
  /** How far into the year it is put to work, as a share of the year. */
  readonly beginsAtShare: number
  /** How likely a call is in each hour of the local day, beginning at midnight; only the proportions count. */
  readonly workingDayHours: readonly number[]
  readonly weekendHours: readonly number[]
  /** Its calls on a Saturday and on a Sunday, as shares of a working day's. */
  readonly weekendShares: readonly [saturday: number, sunday: number]
}

const never = Array<number>(24).fill(0)

/** Weights of the hours from `firstHour` on; none before and after. */
function hours(firstHour: number, weights: readonly number[]): number[] {
  return never.map((none, hour) => weights[hour - firstHour] ?? none)
}

const office = hours(8, [5, 9, 11, 10, 6, 7, 9, 9, 8, 4, 1])
const saturdayMorning = hours(9, [6, 8, 7, 4])
const afterHours = [1, 1, 0, 0, 0, 1, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 9, 8, 6, 3, 2]
const aroundTheClock = [2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 8, 8, 7, 7, 7, 7, 8, 9, 8, 5, 3]
const waking = hours(7, [2, 4, 6, 7, 8, 9, 8, 7, 7, 7, 7, 6, 7, 8, 8, 5, 2])

const inboundShares = { answeredShare: 0.94, failedShare: 0.005 }

export const cast: readonly CastAgent[] = [
  {
    name: 'Maya · Reception',
    language: 'en-US',
    phoneNumber: '+16175550120',
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
    phoneNumber: '+16175550121',
    llmProvider: 'anthropic',
    llmModel: 'claude-haiku-4-5',
    direction: 'outbound',
    beginsAtShare: 0,
    callsShare: 0.3,
    workingDayHours: hours(10, [8, 10, 5, 4, 8, 10, 9, 6]),
    weekendHours: hours(10, [3, 5, 4]),
    weekendShares: [0.2, 0],
    answeredShare: 0.62,
    failedShare: 0.05,
    talkMsMedian: 72_000,
    talkSpread: 0.6,
  },
  {
    name: 'Lucía · Recepción',
    language: 'es-US',
    phoneNumber: '+16175550122',
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
    phoneNumber: '+16175550123',
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
    phoneNumber: '+16175550124',
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
