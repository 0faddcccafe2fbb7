import { z } from 'zod'
import { originOf, requireOperator } from '../access/index.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Money } from '../platform/http/money.ts'
import { Problem } from '../platform/problem.ts'
import {
  CatalogId,
  findPackage,
  findPlan,
  listPackages,
  listPlans,
  OverdraftName,
  type Package,
  PackageFields,
  type Plan,
  PlanFields,
  PlanLimitsResponse,
} from './catalog-store.ts'
import { editPackage, editPlan } from './edit-catalog.ts'
import { planProblems } from './problems.ts'

const PlanResponse = z
  .object({
    id: z.string(),
    name: z.string(),
    price: Money.nullable().meta({ description: 'The price of a billing cycle; null: on request.' }),
    monthlyCredits: Amount,
    paid: z.boolean().meta({ description: 'Whether it allows buying credits and auto-reload.' }),
    overdraft: OverdraftName,
    features: z.record(z.string(), z.boolean()),
    limits: PlanLimitsResponse,
  })
  .meta({ id: 'Plan' })

const PackageResponse = z.object({ id: z.string(), credits: Amount, price: Money }).meta({ id: 'Package' })

/** The schema of a list that always fits on one page, because the catalog is short. */
function singlePageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.null() })
}

const listPlansSchema = {
  tags: ['Plans'],
  security: [],
  summary: 'The plans',
  response: { 200: singlePageOf(PlanResponse) },
}

const listPackagesSchema = {
  tags: ['Plans'],
  security: [],
  summary: 'The packages of top-up credits',
  response: { 200: singlePageOf(PackageResponse) },
}

const readPlanSchema = {
  tags: ['Plans'],
  security: [],
  summary: 'A plan',
  params: z.object({ id: z.string() }),
  response: { 200: PlanResponse },
}

const savePlanSchema = {
  tags: ['Operator'],
  summary: 'Create or change a plan',
  description: 'Workspaces on it keep their terms until their next billing cycle.',
  params: z.object({ id: CatalogId }),
  body: PlanFields,
  response: { 200: PlanResponse },
}

const savePackageSchema = {
  tags: ['Operator'],
  summary: 'Create or change a package',
  description: 'Purchases keep the price they were made at.',
  params: z.object({ id: CatalogId }),
  body: PackageFields,
  response: { 200: PackageResponse },
}

/** The routes of the catalog. Everybody may read it, and the operator may change it. */
export function planRoutes({ database, clock }: { database: Database; clock: Clock }): Routes {
  return async (server) => {
    const config = { public: true }
    server.get('/v1/plans', { config, schema: listPlansSchema }, async () => ({
      data: (await listPlans(database)).map(planResponse),
      nextCursor: null,
    }))
    server.get('/v1/packages', { config, schema: listPackagesSchema }, async () => ({
      data: (await listPackages(database)).map(packageResponse),
      nextCursor: null,
    }))
    server.get('/v1/plans/:id', { config, schema: readPlanSchema }, async (request) =>
      readPlan(database, request.params.id),
    )
    server.put(
      '/v1/plans/:id',
      { config: { keyScope: 'admin' }, schema: savePlanSchema },
      async (request) => {
        const edit = { actor: requireOperator(request), origin: originOf(request), atMs: clock.now() }
        const { id } = request.params
        await database.transaction((tx) => editPlan(tx, { ...request.body, id }, edit))
        return readPlan(database, id)
      },
    )
    server.put(
      '/v1/packages/:id',
      { config: { keyScope: 'admin' }, schema: savePackageSchema },
      async (request) => {
        const edit = { actor: requireOperator(request), origin: originOf(request), atMs: clock.now() }
        const { id } = request.params
        await database.transaction((tx) => editPackage(tx, { ...request.body, id }, edit))
        return readPackage(database, id)
      },
    )
  }
}

async function readPlan(db: Database, id: string): Promise<z.infer<typeof PlanResponse>> {
  const plan = await findPlan(db, id)
  if (plan === undefined) throw new Problem(planProblems.plan_not_found, `There is no plan "${id}".`)
  return planResponse(plan)
}

async function readPackage(db: Database, id: string): Promise<z.infer<typeof PackageResponse>> {
  const pack = await findPackage(db, id)
  if (pack === undefined) throw new Problem(planProblems.package_not_found, `There is no package "${id}".`)
  return packageResponse(pack)
}

function planResponse(plan: Plan): z.infer<typeof PlanResponse> {
  const { id, name, paid, overdraft, features, limits } = plan
  const price = plan.priceMinor === null ? null : { minor: plan.priceMinor, currency: plan.currency }
  return { id, name, price, monthlyCredits: amountOf(plan.monthlyMs), paid, overdraft, features, limits }
}

function packageResponse(pack: Package): z.infer<typeof PackageResponse> {
  return {
    id: pack.id,
    credits: amountOf(pack.creditsMs),
    price: { minor: pack.priceMinor, currency: pack.currency },
  }
}
