import { creditsFromMs } from '@talktime/core/billing/credits'
import type { z } from 'zod'
import { type AuditSource, recordAudit } from '../access/index.ts'
import type { Tx } from '../platform/database/database.ts'
import {
  findPackage,
  findPlan,
  type Package,
  type PackageFields,
  type Placed,
  type Plan,
  type PlanFields,
  readCatalog,
  savePackage,
  savePlan,
} from './catalog-store.ts'

/** Who changes the catalog, and when. */
export type Edit = AuditSource & { readonly atMs: number }

type PlanToSave = z.infer<typeof PlanFields> & { readonly id: string } & Placed
type PackageToSave = z.infer<typeof PackageFields> & { readonly id: string } & Placed

/** Creates or changes a plan for the operator. The audit log says who did, and what it was before. */
export async function editPlan(tx: Tx, plan: PlanToSave, edit: Edit): Promise<void> {
  const before = await findPlan(tx, plan.id)
  await savePlan(tx, plan, 'replace')
  const after = await findPlan(tx, plan.id)
  await recordAudit(tx, {
    ...edit,
    workspaceId: null,
    action: 'plan.saved',
    target: { kind: 'plan', id: plan.id, name: plan.name },
    before: before && readPlanFields(before),
    after: after && readPlanFields(after),
  })
}

/** Creates or changes a package for the operator, like {@link editPlan}. */
export async function editPackage(tx: Tx, pack: PackageToSave, edit: Edit): Promise<void> {
  const before = await findPackage(tx, pack.id)
  await savePackage(tx, pack, 'replace')
  const after = await findPackage(tx, pack.id)
  await recordAudit(tx, {
    ...edit,
    workspaceId: null,
    action: 'package.saved',
    target: { kind: 'package', id: pack.id },
    before: before && readPackageFields(before),
    after: after && readPackageFields(after),
  })
}

/**
 * Loads a catalog's file into the database, replacing plans and packages with the same ids.
 *
 * @throws Problem `invalid_request`, which names what is wrong in the file
 */
export async function replaceCatalog(
  tx: Tx,
  file: string,
  edit: Edit,
): Promise<{ readonly plans: number; readonly packages: number }> {
  const { plans, packages } = await readCatalog(file)
  for (const [position, plan] of plans.entries()) await editPlan(tx, { ...plan, position }, edit)
  for (const [position, pack] of packages.entries()) await editPackage(tx, { ...pack, position }, edit)
  return { plans: plans.length, packages: packages.length }
}

function readPlanFields({ id: _, priceMinor, currency, monthlyMs, ...fields }: Plan) {
  const price = priceMinor === null ? null : { minor: priceMinor, currency }
  return { ...fields, price, monthlyCredits: creditsFromMs(monthlyMs) }
}

function readPackageFields({ creditsMs, priceMinor, currency }: Package) {
  return { credits: creditsFromMs(creditsMs), price: { minor: priceMinor, currency } }
}
