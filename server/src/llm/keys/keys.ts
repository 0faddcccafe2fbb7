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

/** What keeps the workspaces' keys. */
export function llmSeal(secrets: Secrets): SealedBox {
  return createSealedBox(secrets, 'llm keys')
}

/** Where a sealed key belongs: it opens nowhere else, and for no other address than it was given for. */
type Place = Pick<KeyRow, 'workspaceId' | 'id' | 'provider' | 'baseUrl'>

function contextOf({ workspaceId, id, provider, baseUrl }: Place): string {
  return JSON.stringify(['llm key', workspaceId, id, provider, baseUrl])
}

function sealed(seal: SealedBox, key: string, place: Place): Pick<KeyRow, 'sealedKey' | 'lastFour'> {
  return { sealedKey: seal.close(key, contextOf(place)), lastFour: key.slice(-4) }
}

/**
 * The key itself, with where it is sent to.
 *
 * @param base where the operator has this provider reached, if not at its own address
 * @throws Problem llm_key_unreadable where the row was moved or changed, or closed with a secret that is gone
 */
export function openKey(
  seal: SealedBox,
  row: Place & Pick<KeyRow, 'sealedKey' | 'apiVersion' | 'deployments'>,
  base: string | undefined,
): ProviderAccess {
  const { provider, apiVersion, deployments } = row
  const key = seal.open(row.sealedKey, contextOf(row))
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

export function opens(seal: SealedBox, row: KeyRow): boolean {
  return seal.open(row.sealedKey, contextOf(row)) !== undefined
}

/** The same key sealed with the present secret; undefined where it does not open. */
export function renewed(seal: SealedBox, row: KeyRow): string | undefined {
  return seal.renew(row.sealedKey, contextOf(row))
}

/** Whether the plan lets a workspace use keys of its own, and if not, why. */
export function ownKeysReason({ terms }: Pick<Subscription, 'terms'>): string | null {
  if (terms.features.ownLlmKeys === true) return null
  return `Enterprise plan required: on the ${terms.name} plan, language models are used through the platform’s keys.`
}

/** Throws `plan_required`. */
export async function requireOwnKeys(db: Queryable, workspaceId: string): Promise<void> {
  const reason = ownKeysReason(await requireSubscription(db, workspaceId))
  if (reason !== null) throw new Problem(planProblems.plan_required, reason)
}

/** Keeps a key for a provider that the workspace has none for. Throws `llm_key_exists` where it has. */
export async function addKey(
  tx: Tx,
  seal: SealedBox,
  wanted: NewKey & { readonly workspaceId: string },
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<KeyRow> {
  const { workspaceId, provider, key } = wanted
  const place = { workspaceId, id: newUuid(saved.atMs), provider, baseUrl: wanted.baseUrl ?? null }
  const row: KeyRow = {
    ...place,
    ...sealed(seal, key, place),
    apiVersion: wanted.apiVersion ?? null,
    deployments: wanted.deployments ?? {},
    createdAtMs: saved.atMs,
    savedAtMs: saved.atMs,
    savedBy: saved.by,
    lastUsedAtMs: null,
    ...unrefused,
  }
  if (await insertKey(tx, row)) return row
  const detail = `There is a key for ${LLM_PROVIDER_NAMES[provider]} already: replace or remove it.`
  throw new Problem(llmProblems.llm_key_exists, detail, { errors: [{ pointer: '/provider', detail }] })
}

/**
 * Changes what `change` names; the id stays. Another address takes the key anew: whoever may change settings could
 * have it sent to a server of their own otherwise, and a key never comes back out.
 */
export async function changeKey(
  tx: Tx,
  seal: SealedBox,
  target: { readonly workspaceId: string; readonly id: string },
  change: KeyChange,
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<KeyRow> {
  const before = await requireKey(tx, target.workspaceId, target.id, { lock: true })
  requireOfProvider(before, change)
  const place = { ...before, baseUrl: change.baseUrl ?? before.baseUrl }
  if (place.baseUrl !== before.baseUrl && change.key === undefined) {
    throw invalid(
      '/key',
      '"key" must be sent along where "baseUrl" changes: a stored key goes to no other address.',
    )
  }
  const row: KeyRow = {
    ...place,
    apiVersion: change.apiVersion === undefined ? before.apiVersion : change.apiVersion,
    deployments: change.deployments ?? before.deployments,
    ...(change.key !== undefined && {
      ...sealed(seal, change.key, place),
      ...unrefused,
      savedAtMs: saved.atMs,
      savedBy: saved.by,
    }),
  }
  await updateKey(tx, row)
  return row
}

const unrefused = { failureStatus: null, failureCode: null, failedAtMs: null }

function requireOfProvider({ provider }: KeyRow, change: KeyChange): void {
  const name = LLM_PROVIDER_NAMES[provider]
  const hasAddress = provider === 'azure_openai' || provider === 'openai_compatible'
  if (change.baseUrl !== undefined && !hasAddress) {
    throw invalid('/baseUrl', `"baseUrl" must be left out: ${name} has one address.`)
  }
  if (provider === 'azure_openai') return
  for (const field of ['apiVersion', 'deployments'] as const) {
    if (change[field] !== undefined)
      throw invalid(`/${field}`, `"${field}" must be left out: it is Azure OpenAI’s.`)
  }
}
