import { createSeededRandom, type SeededRandom } from '../platform/seeded-random.ts'

/** What the demo's campaigns are called, and whom they call. Numbers are reserved for fiction, names are made up. */

export type CampaignCast = {
  readonly name: string
  /** As in the cast. */
  readonly agentName: string
  readonly concurrency: number
  readonly callsPerMinute: number | null
  /** Whether it calls on weekdays during office hours only. */
  readonly officeHours: boolean
  readonly attemptsMax: number
  readonly resumeWhenCreditsReturn: boolean
  readonly contacts: number
  /** Rows of its file that are no contacts, as files have them. */
  readonly badRows: readonly string[]
  readonly seed: number
}

const theo = 'Theo · Appointment reminders'

/** The campaign that is on; when all have been called, another one follows. */
export const recallName = 'Check-up recall'

export const campaignCast = {
  recall: {
    name: recallName,
    agentName: theo,
    concurrency: 1,
    callsPerMinute: 1,
    officeHours: false,
    attemptsMax: 1,
    resumeWhenCreditsReturn: true,
    contacts: 260,
    badRows: [],
    seed: 1,
  },
  reminders: {
    name: 'Reminders: whitening appointments',
    agentName: theo,
    concurrency: 4,
    callsPerMinute: 20,
    officeHours: true,
    attemptsMax: 2,
    resumeWhenCreditsReturn: false,
    contacts: 38,
    badRows: ['617-555-01,Alex Moreau,2025-03-11', ',Jamie Whitlock,2024-11-02'],
    seed: 2,
  },
  spanish: {
    name: 'Limpieza dental: invitación',
    agentName: 'Lucía · Recepción',
    concurrency: 2,
    callsPerMinute: null,
    officeHours: true,
    attemptsMax: 2,
    resumeWhenCreditsReturn: false,
    contacts: 120,
    badRows: [],
    seed: 3,
  },
  holiday: {
    name: 'Holiday opening hours',
    agentName: theo,
    concurrency: 3,
    callsPerMinute: 10,
    officeHours: true,
    attemptsMax: 1,
    resumeWhenCreditsReturn: true,
    contacts: 75,
    badRows: [],
    seed: 4,
  },
} as const satisfies Record<string, CampaignCast>

const areaCodes = [617, 857, 781, 339, 508, 774, 978, 351, 413]
const firstNames = [
  'Avery',
  'Beatriz',
  'Caleb',
  'Dina',
  'Elias',
  'Fatima',
  'Grace',
  'Hugo',
  'Imani',
  'Jonas',
  'Kira',
  'Lena',
  'Mateo',
  'Nadia',
  'Owen',
  'Priya',
  'Quinn',
  'Rosa',
  'Samir',
  'Tess',
]
const lastNames = [
  'Abbott',
  'Barros',
  'Castillo',
  'Delgado',
  'Eriksen',
  'Fontaine',
  'Gallagher',
  'Haddad',
  'Ivers',
  'Jensen',
  'Kowalski',
  'Lindqvist',
  'Marchetti',
  'Novak',
  'Okafor',
  'Pereira',
  'Quigley',
  'Romano',
  'Sandoval',
  'Tanaka',
]
const dentists = ['Dr. Amani Cole', 'Dr. Jules Fairbank', 'Dr. Mei Sorensen']

/** The campaign's file of contacts, as the practice's own program would write it. */
export function contactsOf({ contacts, badRows, seed }: CampaignCast, nowMs: number): string {
  const chance = createSeededRandom(seed)
  const rows = Array.from({ length: contacts }, (_, index) => contactRow(chance, index, nowMs))
  // Not at the end, where nobody would look for them.
  rows.splice(Math.floor(contacts / 3), 0, ...badRows)
  return `phone,name,last visit,dentist\n${rows.map((row) => `${row}\n`).join('')}`
}

function contactRow(chance: SeededRandom, index: number, nowMs: number): string {
  // 555-0100 to 555-0199 belong to nobody, in every area.
  const areaCode = areaCodes[Math.floor(index / 100) % areaCodes.length]
  const phone = `(${areaCode}) 555-01${String((index * 37) % 100).padStart(2, '0')}`
  const name = `${chance.pick(firstNames)} ${chance.pick(lastNames)}`
  const lastVisit = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO('UTC')
    .subtract({ days: chance.integer(160, 520) })
    .toPlainDate()
  return `${phone},${name},${lastVisit},${chance.pick(dentists)}`
}
