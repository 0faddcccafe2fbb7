import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import type { Actor } from '../../access/index.ts'
import { planProblems, requireSubscription, type Subscription } from '../../plans/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import { createSealedBox, type SealedBox, type Secrets } from '../../platform/sealed-box.ts'
import type { ProviderAccess } from '../gateway/provider-access.ts'
import { llmProblems } from '../problems.ts'
import { insertKey, type KeyRow, requireKey, updateKey } from './key-store.ts'
import type { KeyChange, NewKey } from './request-schemas.ts'

/** Creates the sealed box that encrypts the workspaces' keys. */
export function createKeySealedBox(secrets: Secrets): SealedBox {
  return createSealedBox(secrets, 'llm keys')
}

/** Where a sealed key belongs. It opens in this row only, and only for the address for which it was saved. */
type KeyPlace = Pick<KeyRow, 'workspaceId' | 'id' | 'provider' | 'baseUrl'>

function sealContext({ workspaceId, id, provider, baseUrl }: KeyPlace): string {
  return JSON.stringify(['llm key', workspaceId, id, provider, baseUrl])
}

function sealKey(sealedBox: SealedBox, key: string, place: KeyPlace): Pick<KeyRow, 'sealedKey' | 'lastFour'> {
  return { sealedKey: sealedBox.close(key, sealContext(place)), lastFour: key.slice(-4) }
}

/**
 * Opens a stored key.
 *
 * @param base the address with which the operator replaced the provider's own, if any
 * @returns the key with where it is sent
 * @throws Problem llm_key_unreadable if the row was moved or changed, or was sealed with a secret that is gone
 */
export function openKey(
  sealedBox: SealedBox,
  row: KeyPlace & Pick<KeyRow, 'sealedKey' | 'apiVersion' | 'deployments'>,
  base: string | undefined,
): ProviderAccess {
  const { provider, apiVersion, deployments } = row
  const key = sealedBox.open(row.sealedKey, sealContext(row))
  if (key !== undefined) {
    const chosenBy = row.baseUrl === null ? 'operator' : 'workspace'
    return { provider, key, baseUrl: row.baseUrl ?? base ?? null, chosenBy, apiVersion, deployments }
  }
  throw new Problem(
    llmProblems.llm_key_unreadable,
    `The stored key for ${LLM_PROVIDER_NAMES[provider]} cannot be opened. Replace it under Settings, LLM API keys.`,
    { internal: { llmKey: row.id, workspaceId: row.workspaceId } },
  )
}

export function canOpen(sealedBox: SealedBox, row: KeyRow): boolean {
  return sealedBox.open(row.sealedKey, sealContext(row)) !== undefined
}

/** Seals a key with the current secret. Undefined if it does not open. */
export function resealKey(sealedBox: SealedBox, row: KeyRow): string | undefined {
  return sealedBox.renew(row.sealedKey, sealContext(row))
}

/** Says why the plan does not allow own keys; null: it allows them. */
export function explainNoOwnKeys({ terms }: Pick<Subscription, 'terms'>): string | null {
  if (terms.features.ownLlmKeys === true) return null
  return `Enterprise plan required: on the ${terms.name} plan, language models are used through the platform’s keys.`
}

/** Throws `plan_required` if the plan does not allow own keys. */
export async function requireOwnKeys(db: Queryable, workspaceId: string): Promise<void> {
  const reason = explainNoOwnKeys(await requireSubscription(db, workspaceId))
  if (reason !== null) throw new Problem(planProblems.plan_required, reason)
}

/** Stores a key. Throws `llm_key_exists` if the workspace has a key for the provider. */
export async function addKey(
  tx: Tx,
  sealedBox: SealedBox,
  wanted: NewKey & { readonly workspaceId: string },
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<KeyRow> {
  const { workspaceId, provider, key } = wanted
  const place = { workspaceId, id: newUuid(saved.atMs), provider, baseUrl: wanted.baseUrl ?? null }
  const row: KeyRow = {
    ...place,
    ...sealKey(sealedBox, key, place),
    apiVersion: wanted.apiVersion ?? null,
    deployments: wanted.deployments ?? {},
    createdAtMs: saved.atMs,
    savedAtMs: saved.atMs,
    savedBy: saved.by,
    lastUsedAtMs: null,
    ...noFailure,
  }
  if (await insertKey(tx, row)) return row
  const detail = `There is already a key for ${LLM_PROVIDER_NAMES[provider]}. Replace or remove it.`
  throw new Problem(llmProblems.llm_key_exists, detail, { errors: [{ pointer: '/provider', detail }] })
}

/**
 * Changes the named fields of a key. A new address requires the key again: otherwise a person who may change settings
 * could have a stored key sent to a server of their own.
 *
 * @throws Problem llm_key_not_found, invalid_request
 */
export async function changeKey(
  tx: Tx,
  sealedBox: SealedBox,
  target: { readonly workspaceId: string; readonly id: string },
  change: KeyChange,
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<KeyRow> {
  const before = await requireKey(tx, target.workspaceId, target.id, { lock: true })
  requireProviderFields(before, change)
  const place = { ...before, baseUrl: change.baseUrl ?? before.baseUrl }
  if (place.baseUrl !== before.baseUrl && change.key === undefined) {
    throw invalid(
      '/key',
      '"key" must be sent along if "baseUrl" changes: a stored key is not sent to another address.',
    )
  }
  const row: KeyRow = {
    ...place,
    apiVersion: change.apiVersion === undefined ? before.apiVersion : change.apiVersion,
    deployments: change.deployments ?? before.deployments,
    ...(change.key !== undefined && {
      ...sealKey(sealedBox, change.key, place),
      ...noFailure,
      savedAtMs: saved.atMs,
      savedBy: saved.by,
    }),
  }
  await updateKey(tx, row)
  return row
}

const noFailure = { failureStatus: null, failureCode: null, failedAtMs: null }

/** Throws `invalid_request` for fields that keys of this provider do not have. */
function requireProviderFields({ provider }: KeyRow, change: KeyChange): void {
  const name = LLM_PROVIDER_NAMES[provider]
  const hasAddress = provider === 'azure_openai' || provider === 'openai_compatible'
  if (change.baseUrl !== undefined && !hasAddress) {
    throw invalid('/baseUrl', `"baseUrl" must be left out: ${name} has one address.`)
  }
  if (provider === 'azure_openai') return
  for (const field of ['apiVersion', 'deployments'] as const) {
    if (change[field] !== undefined)
      throw invalid(`/${field}`, `"${field}" must be left out: only Azure OpenAI has it.`)
  }
}
