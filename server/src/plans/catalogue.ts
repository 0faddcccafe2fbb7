import { readFile } from 'node:fs/promises'
import { msFromCredits } from '@talktime/core/credits'
import { z } from 'zod'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'

const Price = z.object({ minor: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) })

const PlanLimits = z.object({
  concurrentCallsMax: z.int().positive().nullable(),
  callDurationSecondsMax: z.int().positive(),
  membersMax: z.int().positive().nullable(),
})

const Catalogue = z.object({
  plans: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string().min(1),
      price: Price.nullable(),
      monthlyCredits: z.number().min(0),
      paid: z.boolean(),
      features: z.record(z.string(), z.boolean()),
      limits: PlanLimits,
    }),
  ),
  packages: z.array(z.object({ id: z.string().min(1), credits: z.number().positive(), price: Price })),
})

/** A plan as the catalogue has it. `monthlyMs` in milliseconds of talk time, money in minor units. */
export type Plan = {
  readonly id: string
  readonly name: string
  readonly priceMinor: number | null
  readonly currency: string
  readonly monthlyMs: number
  readonly paid: boolean
  readonly features: Readonly<Record<string, boolean>>
  readonly limits: z.infer<typeof PlanLimits>
}

export type Package = {
  readonly id: string
  readonly creditsMs: number
  readonly priceMinor: number
  readonly currency: string
}

const defaultCatalogue = new URL('../../catalogue.json', import.meta.url)

/**
 * Puts the catalogue's file into the database. What is there already stays as it is: the operator may have
 * edited it.
 */
export async function loadCatalogue(db: Queryable, file: URL | string = defaultCatalogue): Promise<void> {
  const catalogue = Catalogue.parse(JSON.parse(await readFile(file, 'utf8')))
  for (const [position, plan] of catalogue.plans.entries()) {
    await db.query(
      `insert into plans (id, name, position, price_minor, currency, monthly_ms, paid, features, limits)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
      [
        plan.id,
        plan.name,
        position,
        plan.price?.minor ?? null,
        plan.price?.currency ?? 'USD',
        msFromCredits(plan.monthlyCredits),
        plan.paid,
        plan.features,
        plan.limits,
      ],
    )
  }
  for (const [position, pack] of catalogue.packages.entries()) {
    await db.query(
      `insert into packages (id, position, credits_ms, price_minor, currency)
       values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
      [pack.id, position, msFromCredits(pack.credits), pack.price.minor, pack.price.currency],
    )
  }
}

const planColumns = `id, name, price_minor as "priceMinor", currency, monthly_ms as "monthlyMs", paid, features, limits`

export async function listPlans(db: Queryable): Promise<Plan[]> {
  return (await db.query<Plan>(`select ${planColumns} from plans order by position, id`)).rows
}

/** The plan as it stands now; undefined where there is none of that id. */
export async function findPlan(db: Queryable, planId: string): Promise<Plan | undefined> {
  return (await db.query<Plan>(`select ${planColumns} from plans where id = $1`, [planId])).rows[0]
}

/** Throws `invalid_request` at `pointer`, naming the plans there are. */
export async function requirePlan(db: Queryable, planId: string, pointer: string): Promise<Plan> {
  const plan = await findPlan(db, planId)
  if (plan !== undefined) return plan
  const ids = (await listPlans(db)).map((known) => known.id).join(', ')
  const detail = `There is no plan "${planId}". The plans are: ${ids}.`
  throw new Problem('invalid_request', detail, { errors: [{ pointer, detail }] })
}

export async function listPackages(db: Queryable): Promise<Package[]> {
  const { rows } = await db.query<Package>(
    `select id, credits_ms as "creditsMs", price_minor as "priceMinor", currency from packages order by position, id`,
  )
  return rows
}
