import type { Plan } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { locale } from '../../design/format/locale.ts'

const whole = new Intl.NumberFormat(locale)

/** One thing that plans differ in: what it is called, what it means, and what a plan says of it. */
export type PlanFact = {
  readonly name: string
  readonly meaning: string
  /** Yes or no, or how much. */
  readonly of: (plan: Plan) => boolean | string
}

const features: Record<string, { name: string; meaning: string }> = {
  languages: { name: 'Multiple languages', meaning: 'Agents that speak and understand any language' },
  webCalls: { name: 'Web calls', meaning: 'Calls from a page or an app, without a phone number' },
  campaigns: { name: 'Campaigns', meaning: 'Agents that call a list of contacts' },
  alertWebhooks: { name: 'Alerts by webhook', meaning: 'Signed messages to your own systems' },
  ownLlmKeys: { name: 'Own LLM keys', meaning: 'Language models through your own accounts' },
}

/** `prioritySupport` → `Priority support`. */
function wordsOf(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const atMost = (limit: number | null) => (limit === null ? 'No limit' : whole.format(limit))

/** A length of time that a plan allows: `2 hours`, `45 minutes`. */
export function hoursInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']
  return `${whole.format(count)} ${unit}${count === 1 ? '' : 's'}`
}

const always: readonly PlanFact[] = [
  {
    name: 'Credits a month',
    meaning: '1 credit is 1 minute of conversation',
    of: (plan) => creditsBrief(plan.monthlyCredits.milliseconds),
  },
  {
    name: 'Top-ups and auto-reload',
    meaning: 'More credits, bought by hand or by themselves; they never expire',
    of: (plan) => plan.paid,
  },
  {
    name: 'Calls at the same time',
    meaning: 'More are refused until one ends',
    of: (plan) => atMost(plan.limits.concurrentCallsMax),
  },
  {
    name: 'Longest call',
    meaning: 'A call is ended then, whatever happens',
    of: (plan) => hoursInWords(plan.limits.callDurationSecondsMax),
  },
  {
    name: 'Members',
    meaning: 'People who share the workspace',
    of: (plan) => atMost(plan.limits.membersMax),
  },
]

/** What there is to compare between these plans; features are whatever the catalogue names. */
export function planFacts(plans: readonly Plan[]): PlanFact[] {
  const named = new Set(plans.flatMap((plan) => Object.keys(plan.features)))
  const known = Object.keys(features).filter((name) => named.has(name))
  const names = [...new Set([...known, ...named])]
  return [
    ...always,
    ...names.map((name) => ({
      ...(features[name] ?? { name: wordsOf(name), meaning: '' }),
      of: (plan: Plan) => plan.features[name] === true,
    })),
  ]
}

export type PlanDifference = { readonly name: string; readonly from: string; readonly to: string }

const inWords = (value: boolean | string) =>
  typeof value === 'string' ? value : value ? 'included' : 'not included'

/** What changes from one plan to the other. */
export function planDifferences(from: Plan, to: Plan): PlanDifference[] {
  return planFacts([from, to])
    .map((fact) => ({ name: fact.name, from: inWords(fact.of(from)), to: inWords(fact.of(to)) }))
    .filter((difference) => difference.from !== difference.to)
}
