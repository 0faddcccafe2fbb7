import { createSeededRandom, type SeededRandom } from '../platform/seeded-random.ts'

/** A campaign of the demo and its file of contacts. The contacts are invented; their numbers are reserved for fiction. */
export type DemoCampaign = {
  readonly name: string
  /** The name of an agent in `DEMO_AGENTS`. */
  readonly agentName: string
  readonly concurrency: number
  readonly callsPerMinute: number | null
  /** Whether the campaign calls only on weekdays during office hours. */
  readonly officeHours: boolean
  readonly attemptsMax: number
  readonly resumeWhenCreditsReturn: boolean
  /** The number of valid contacts in the file. */
  readonly contacts: number
  /** Rows that the import must reject, such as real files contain. */
  readonly badRows: readonly string[]
  /** Seed of the contacts' random names and visits. */
  readonly seed: number
}

const theo = 'Theo · Appointment reminders'

/** The name of the running campaign. When it is complete, another one follows with the date in its name. */
export const RECALL_NAME = 'Check-up recall'

export const DEMO_CAMPAIGNS = {
  recall: {
    name: RECALL_NAME,
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
} as const satisfies Record<string, DemoCampaign>

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

/** Writes the campaign's contacts as CSV, in the format that the practice's own software would export. */
export function createContactFile({ contacts, badRows, seed }: DemoCampaign, nowMs: number): string {
  const chance = createSeededRandom(seed)
  const rows = Array.from({ length: contacts }, (_, index) => createContactRow(chance, index, nowMs))
  // In the middle of the file, as in real files; nobody would look for them at the end.
  rows.splice(Math.floor(contacts / 3), 0, ...badRows)
  return `phone,name,last visit,dentist\n${rows.map((row) => `${row}\n`).join('')}`
}

function createContactRow(chance: SeededRandom, index: number, nowMs: number): string {
  // In every area code, 555-0100 to 555-0199 are reserved for fiction.
  const areaCode = areaCodes[Math.floor(index / 100) % areaCodes.length]
  const phone = `(${areaCode}) 555-01${String((index * 37) % 100).padStart(2, '0')}`
  const name = `${chance.pick(firstNames)} ${chance.pick(lastNames)}`
  const lastVisit = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO('UTC')
    .subtract({ days: chance.integer(160, 520) })
    .toPlainDate()
  return `${phone},${name},${lastVisit},${chance.pick(dentists)}`
}
