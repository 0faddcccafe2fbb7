import { readFile } from 'node:fs/promises'
import { msFromCredits } from '@talktime/core/billing/credits'
import { currencyStep } from '@talktime/core/billing/currency'
import type { Overdraft } from '@talktime/core/calls/talk-allowance'
import { z } from 'zod'
import type { Queryable } from '../platform/database/database.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { Problem, platformProblems } from '../platform/problem.ts'

const Price = z
  .strictObject({
    minor: z.int().min(0).max(1_000_000_000_000),
    currency: z.string().regex(/^[A-Z]{3}$/, '"currency" must be an ISO 4217 code, such as USD.'),
  })
  .refine(({ minor, currency }) => minor % currencyStep(currency) === 0, {
    path: ['minor'],
    error: '"minor" must be a multiple of 10 in a currency of three decimals: cards cannot pay less.',
  })

const PlanLimits = z.strictObject({
  concurrentCallsMax: z.int().positive().max(1_000_000).nullable(),
  callDurationSecondsMax: z.int().positive().max(86_400),
  membersMax: z.int().positive().max(1_000_000).nullable(),
  llmRequestsPerMinute: z.int().nonnegative().max(1_000_000).nullable(),
  llmTokensPerDay: z.int().nonnegative().max(1_000_000_000_000).nullable(),
})

/** The limits as the API shows them. */
export const PlanLimitsResponse = z.object({
  concurrentCallsMax: z.int().nullable(),
  callDurationSecondsMax: z.int(),
  membersMax: z.int().nullable(),
  llmRequestsPerMinute: z
    .int()
    .nullable()
    .meta({ description: 'Requests with the platform’s keys for language models. null: no limit.' }),
  llmTokensPerDay: z
    .int()
    .nullable()
    .meta({ description: 'Tokens of the platform’s keys in a day of UTC. null: no limit.' }),
})

/** What a plan lets a workspace use of the platform's keys for language models, if the catalog does not say it. */
export const LLM_LIMITS_DEFAULT = {
  paid: { llmRequestsPerMinute: 600, llmTokensPerDay: 20_000_000 },
  unpaid: { llmRequestsPerMinute: 30, llmTokensPerDay: 200_000 },
} as const

export const OverdraftName = z.enum(['finish', 'none']).meta({
  description:
    'What live calls may do at a balance of zero. finish: they may finish below zero. none: the open calls share the balance, and all are ended when it reaches zero.',
})

/** What the operator decides about a plan, in the catalog's file and in the API. */
export const PlanFields = z.strictObject({
  name: z.string().trim().min(1).max(100),
  price: Price.nullable().meta({ description: 'The price of a billing cycle; null: on request.' }),
  monthlyCredits: z.number().min(0).max(1_000_000_000),
  paid: z.boolean().meta({ description: 'Whether it allows buying credits and auto-reload.' }),
  overdraft: OverdraftName.optional().meta({
    description: 'Left out: finish if the plan is paid, else none.',
  }),
  features: z.record(z.string().min(1).max(100), z.boolean()),
  limits: PlanLimits.partial({ llmRequestsPerMinute: true, llmTokensPerDay: true }),
})

export const PackageFields = z.strictObject({
  credits: z.number().min(0.01).max(1_000_000_000),
  price: Price,
})

export const CatalogId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, '"id" must be lower-case letters, digits, _ and -, such as growth.')

const Catalog = z.strictObject({
  plans: z.array(PlanFields.extend({ id: CatalogId })),
  packages: z.array(PackageFields.extend({ id: CatalogId })),
})

/** A plan of the catalog. `monthlyMs` is in milliseconds of talk time, money is in minor units. */
export type Plan = {
  readonly id: string
  readonly name: string
  readonly priceMinor: number | null
  readonly currency: string
  readonly monthlyMs: number
  readonly paid: boolean
  readonly overdraft: Overdraft
  readonly features: Readonly<Record<string, boolean>>
  readonly limits: z.infer<typeof PlanLimits>
}

export type Package = {
  readonly id: string
  readonly creditsMs: number
  readonly priceMinor: number
  readonly currency: string
}

const defaultCatalog = new URL('../../catalog.json', import.meta.url)

/**
 * Loads a catalog's file into the database. Plans and packages that exist are kept, because the operator may have edited
 * them.
 *
 * @throws Problem `invalid_request`, which names what is wrong in the file
 */
export async function loadCatalog(
  db: Queryable,
  file: URL | string = defaultCatalog,
): Promise<{ readonly plans: number; readonly packages: number }> {
  const { plans, packages } = await readCatalog(file)
  for (const [position, plan] of plans.entries()) await savePlan(db, { ...plan, position }, 'keep')
  for (const [position, pack] of packages.entries()) await savePackage(db, { ...pack, position }, 'keep')
  return { plans: plans.length, packages: packages.length }
}

/**
 * Reads a catalog's file.
 *
 * @throws Problem `invalid_request`, which names what is wrong in the file
 */
export async function readCatalog(file: URL | string): Promise<z.infer<typeof Catalog>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Problem(platformProblems.invalid_request, `The file ${file} cannot be read (${error.code}).`)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Problem(platformProblems.invalid_json, `The file ${file} is not JSON.`)
  }
  const catalog = Catalog.safeParse(json)
  if (catalog.success) return catalog.data
  throw invalidRequest(catalog.error.issues)
}

/** Without a position, an existing item keeps its place in the list and a new one comes last. */
export type Placed = { readonly position?: number }

/** Writes a plan. Workspaces on it keep their terms until their next cycle. */
export async function savePlan(
  db: Queryable,
  plan: z.infer<typeof PlanFields> & { readonly id: string } & Placed,
  existing: 'keep' | 'replace',
): Promise<void> {
  await db.query(
    `insert into plans as p (id, name, position, price_minor, currency, monthly_ms, paid, overdraft, features, limits)
     values ($1, $2, coalesce($3, (select coalesce(max(position), -1) + 1 from plans)), $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set
       name = excluded.name, position = coalesce($3, p.position), price_minor = excluded.price_minor,
       currency = excluded.currency, monthly_ms = excluded.monthly_ms, paid = excluded.paid,
       overdraft = excluded.overdraft, features = excluded.features, limits = excluded.limits
     where $11`,
    [
      plan.id,
      plan.name,
      plan.position ?? null,
      plan.price?.minor ?? null,
      plan.price?.currency ?? 'USD',
      msFromCredits(plan.monthlyCredits),
      plan.paid,
      plan.overdraft ?? (plan.paid ? 'finish' : 'none'),
      plan.features,
      { ...LLM_LIMITS_DEFAULT[plan.paid ? 'paid' : 'unpaid'], ...plan.limits },
      existing === 'replace',
    ],
  )
}

/** Writes a package. Purchases keep the price they were made at. */
export async function savePackage(
  db: Queryable,
  pack: z.infer<typeof PackageFields> & { readonly id: string } & Placed,
  existing: 'keep' | 'replace',
): Promise<void> {
  await db.query(
    `insert into packages as p (id, position, credits_ms, price_minor, currency)
     values ($1, coalesce($2, (select coalesce(max(position), -1) + 1 from packages)), $3, $4, $5)
     on conflict (id) do update set
       position = coalesce($2, p.position), credits_ms = excluded.credits_ms,
       price_minor = excluded.price_minor, currency = excluded.currency
     where $6`,
    [
      pack.id,
      pack.position ?? null,
      msFromCredits(pack.credits),
      pack.price.minor,
      pack.price.currency,
      existing === 'replace',
    ],
  )
}

const planColumns = `id, name, price_minor as "priceMinor", currency, monthly_ms as "monthlyMs", paid, overdraft, features, limits`

export async function listPlans(db: Queryable): Promise<Plan[]> {
  return (await db.query<Plan>(`select ${planColumns} from plans order by position, id`)).rows
}

/** Finds a plan in the catalog. */
export async function findPlan(db: Queryable, planId: string): Promise<Plan | undefined> {
  return (await db.query<Plan>(`select ${planColumns} from plans where id = $1`, [planId])).rows[0]
}

/**
 * Reads a plan of the catalog.
 *
 * @throws Problem `invalid_request` at `pointer`, which lists the plans
 */
export async function requirePlan(db: Queryable, planId: string, pointer: string): Promise<Plan> {
  const plan = await findPlan(db, planId)
  if (plan !== undefined) return plan
  const ids = (await listPlans(db)).map((known) => known.id).join(', ')
  const detail = `There is no plan "${planId}". The plans are: ${ids}.`
  throw new Problem(platformProblems.invalid_request, detail, { errors: [{ pointer, detail }] })
}

export async function findPackage(db: Queryable, packageId: string): Promise<Package | undefined> {
  return (await listPackages(db)).find((pack) => pack.id === packageId)
}

export async function listPackages(db: Queryable): Promise<Package[]> {
  const { rows } = await db.query<Package>(
    `select id, credits_ms as "creditsMs", price_minor as "priceMinor", currency from packages order by position, id`,
  )
  return rows
}
