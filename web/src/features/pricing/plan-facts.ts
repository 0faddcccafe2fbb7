import type { Plan } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { locale } from '../../design/format/locale.ts'

const whole = new Intl.NumberFormat(locale)

/** One row of the plan comparison. */
export type PlanFact = {
  readonly name: string
  readonly meaning: string
  /** Whether the plan includes it, or how much of it. */
  readonly of: (plan: Plan) => boolean | string
}

const features: Record<string, { name: string; meaning: string }> = {
  languages: { name: 'Multiple languages', meaning: 'Agents that speak and understand any language' },
  webCalls: { name: 'Web calls', meaning: 'Calls from a web page or app, without a phone number' },
  campaigns: { name: 'Campaigns', meaning: 'Agents that call contact lists' },
  alertWebhooks: { name: 'Alerts by webhook', meaning: 'Signed messages to your own systems' },
  ownLlmKeys: { name: 'Own LLM keys', meaning: 'Language models billed to your own accounts' },
}

/** `prioritySupport` → `Priority support`. */
function splitWords(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const atMost = (limit: number | null) => (limit === null ? 'No limit' : whole.format(limit))

/** A duration limit: `2 hours`, `45 minutes`. */
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
    meaning: 'Buy more credits, or have them bought automatically. They never expire',
    of: (plan) => plan.paid,
  },
  {
    name: 'Concurrent calls',
    meaning: 'Further calls are refused until one ends',
    of: (plan) => atMost(plan.limits.concurrentCallsMax),
  },
  {
    name: 'Longest call',
    meaning: 'Calls end automatically at this limit',
    of: (plan) => hoursInWords(plan.limits.callDurationSecondsMax),
  },
  {
    name: 'Live calls at zero credits',
    meaning: 'Without overdraft, calls get no more time than the balance pays for',
    of: (plan) => (plan.overdraft === 'none' ? 'Are ended' : 'May finish'),
  },
  {
    name: 'Language model tokens a day',
    meaning: 'With the platform’s keys. Your own keys have no limit here',
    of: (plan) => atMost(plan.limits.llmTokensPerDay),
  },
  {
    name: 'Members',
    meaning: 'People in the workspace',
    of: (plan) => atMost(plan.limits.membersMax),
  },
]

/** Lists the rows to compare plans by. Features come from the catalog, whether the dashboard knows them or not. */
export function listPlanFacts(plans: readonly Plan[]): PlanFact[] {
  const named = new Set(plans.flatMap((plan) => Object.keys(plan.features)))
  const known = Object.keys(features).filter((name) => named.has(name))
  const names = [...new Set([...known, ...named])]
  return [
    ...always,
    ...names.map((name) => ({
      ...(features[name] ?? { name: splitWords(name), meaning: '' }),
      of: (plan: Plan) => plan.features[name] === true,
    })),
  ]
}

export type PlanDifference = { readonly name: string; readonly from: string; readonly to: string }

const inWords = (value: boolean | string) =>
  typeof value === 'string' ? value : value ? 'included' : 'not included'

/** Lists what changes from one plan to the other. */
export function comparePlans(from: Plan, to: Plan): PlanDifference[] {
  return listPlanFacts([from, to])
    .map((fact) => ({ name: fact.name, from: inWords(fact.of(from)), to: inWords(fact.of(to)) }))
    .filter((difference) => difference.from !== difference.to)
}
