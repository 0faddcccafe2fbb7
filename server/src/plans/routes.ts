import { z } from 'zod'
import { requireOperator } from '../access/index.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Money } from '../platform/http/money.ts'
import { Problem } from '../platform/problem.ts'
import {
  CatalogueId,
  findPackage,
  findPlan,
  listPackages,
  listPlans,
  type Package,
  PackageFields,
  type Plan,
  PlanFields,
  savePackage,
  savePlan,
} from './catalog-store.ts'
import { planProblems } from './problems.ts'

const PlanResponse = z
  .object({
    id: z.string(),
    name: z.string(),
    price: Money.nullable().meta({ description: 'A billing cycle’s; null: on request.' }),
    monthlyCredits: Amount,
    paid: z.boolean().meta({ description: 'May buy credits and use auto-reload.' }),
    features: z.record(z.string(), z.boolean()),
    limits: z.object({
      concurrentCallsMax: z.int().nullable(),
      callDurationSecondsMax: z.int(),
      membersMax: z.int().nullable(),
    }),
  })
  .meta({ id: 'Plan' })

const PackageResponse = z.object({ id: z.string(), credits: Amount, price: Money }).meta({ id: 'Package' })

/** A list that is always whole: the catalogue is short. */
function wholeList<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.null() })
}

/** The catalogue, for everyone. */
export function planRoutes({ database }: { database: Database }): Routes {
  return async (server) => {
    server.get(
      '/v1/plans',
      {
        config: { public: true },
        schema: {
          tags: ['Plans'],
          security: [],
          summary: 'The plans',
          response: { 200: wholeList(PlanResponse) },
        },
      },
      async () => ({ data: (await listPlans(database)).map(planResponse), nextCursor: null }),
    )
    server.get(
      '/v1/packages',
      {
        config: { public: true },
        schema: {
          tags: ['Plans'],
          security: [],
          summary: 'The packages of top-up credits',
          response: { 200: wholeList(PackageResponse) },
        },
      },
      async () => ({ data: (await listPackages(database)).map(packageResponse), nextCursor: null }),
    )
    server.get(
      '/v1/plans/:id',
      {
        config: { public: true },
        schema: {
          tags: ['Plans'],
          security: [],
          summary: 'A plan',
          params: z.object({ id: z.string() }),
          response: { 200: PlanResponse },
        },
      },
      async (request) => requirePlanBody(database, request.params.id),
    )
    server.put(
      '/v1/plans/:id',
      {
        schema: {
          tags: ['Operator'],
          summary: 'Make or change a plan',
          description: 'Workspaces on it have the terms they have until their next billing cycle.',
          params: z.object({ id: CatalogueId }),
          body: PlanFields,
          response: { 200: PlanResponse },
        },
      },
      async (request) => {
        requireOperator(request)
        const { id } = request.params
        await savePlan(database, { ...request.body, id }, 'replace')
        return requirePlanBody(database, id)
      },
    )
    server.put(
      '/v1/packages/:id',
      {
        schema: {
          tags: ['Operator'],
          summary: 'Make or change a package',
          description: 'What was bought keeps the price it was bought at.',
          params: z.object({ id: CatalogueId }),
          body: PackageFields,
          response: { 200: PackageResponse },
        },
      },
      async (request) => {
        requireOperator(request)
        const { id } = request.params
        await savePackage(database, { ...request.body, id }, 'replace')
        const pack = await findPackage(database, id)
        if (pack === undefined)
          throw new Problem(planProblems.package_not_found, `There is no package "${id}".`)
        return packageResponse(pack)
      },
    )
  }
}

async function requirePlanBody(db: Database, id: string) {
  const plan = await findPlan(db, id)
  if (plan === undefined) throw new Problem(planProblems.plan_not_found, `There is no plan "${id}".`)
  return planResponse(plan)
}

function planResponse(plan: Plan): z.infer<typeof PlanResponse> {
  const { id, name, paid, features, limits } = plan
  const price = plan.priceMinor === null ? null : { minor: plan.priceMinor, currency: plan.currency }
  return { id, name, price, monthlyCredits: amountOf(plan.monthlyMs), paid, features, limits }
}

function packageResponse(pack: Package): z.infer<typeof PackageResponse> {
  return {
    id: pack.id,
    credits: amountOf(pack.creditsMs),
    price: { minor: pack.priceMinor, currency: pack.currency },
  }
}
