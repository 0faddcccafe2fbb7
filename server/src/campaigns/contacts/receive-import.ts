import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { addEvent, lockWorkspaces, writeUnits } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import {
  type IdempotencyRecord,
  type IdempotencyRef,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
  requireSameRequest,
} from '../../platform/idempotency/record-store.ts'
import { invariant, Problem, platformProblems } from '../../platform/problem.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import { requireCampaign, writeCampaign } from '../campaign-store.ts'
import { campaignProblems } from '../problems.ts'
import { type ContactImportResponse, importResponse } from '../response-schemas.ts'
import { BYTES_MAX, importContacts } from './import-contacts.ts'

/** A file of contacts that is coming in. */
export type IncomingFile = {
  readonly campaign: CampaignRef
  readonly file: Readable
  /** Of numbers without a country code; undefined: the campaign's. */
  readonly country: string | undefined
  readonly key: IdempotencyRef | undefined
}

export type TakenFile =
  | { readonly body: z.infer<typeof ContactImportResponse> }
  /** It was sent before under the same key. */
  | { readonly replayed: IdempotencyRecord }

/** Each file holds a connection to the database while it comes in. */
const FILES_AT_ONCE_MAX = 3

/** Takes files of contacts, a few at once. A file that is not taken leaves nothing, and is read to its end. */
export function createFileTaker(deps: { readonly database: Database; readonly clock: Clock }) {
  let underWay = 0

  return async (incoming: IncomingFile): Promise<TakenFile> => {
    try {
      if (underWay >= FILES_AT_ONCE_MAX) {
        const detail = 'Several files of contacts are coming in already: send this one in a moment.'
        throw new Problem(platformProblems.too_many_requests, detail)
      }
      underWay += 1
      try {
        return await deps.database.transaction((tx) => takeFile(tx, incoming, deps.clock.now()))
      } finally {
        underWay -= 1
      }
    } catch (error) {
      // Whoever still sends reads the answer only once the file is out.
      drain(incoming.file)
      throw error
    }
  }
}

async function takeFile(tx: Tx, incoming: IncomingFile, nowMs: number): Promise<TakenFile> {
  const { campaign: ref, file, key } = incoming
  const hash = createHash('sha256')
  const pieces = piecesOf(file, hash)
  if (key !== undefined) {
    await lockIdempotencyKeys(tx, [key])
    const before = (await loadIdempotencyRecords(tx, [key])).get(idempotencyName(key))
    if (before !== undefined) {
      // Only the whole file tells whether it is the same request.
      for await (const _ of pieces);
      requireSameRequest(before, sameFile(key, hash))
      return { replayed: before }
    }
  }
  // One file after the other: two that hold the same numbers in another order would wait for each other.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`contacts of ${ref.id}`])
  const campaign = await requireCampaign(tx, ref)
  requireOpen(campaign)
  const country = incoming.country ?? campaign.defaultCountry
  const taken = await importContacts(tx, pieces, { campaign: ref, country, nowMs })
  await countAdded(tx, ref, taken.added, nowMs)
  const body = importResponse(taken)
  if (key !== undefined) {
    const record = { ...sameFile(key, hash), status: 201, body: JSON.stringify(body) }
    await insertIdempotencyRecords(tx, [record], nowMs)
  }
  return { body }
}

/** The workspace's line is taken last, so that a long file holds up nobody's calls. */
async function countAdded(tx: Tx, ref: CampaignRef, added: number, nowMs: number): Promise<void> {
  const unit = (await lockWorkspaces(tx, [ref.workspaceId])).get(ref.workspaceId)
  invariant(unit, 'A workspace has a balance line')
  const campaign = await requireCampaign(tx, ref)
  // It may have called the last of its contacts while the file came in.
  requireOpen(campaign)
  const counts = { ...campaign.counts, waiting: campaign.counts.waiting + added }
  const lookAtMs = campaign.status === 'running' ? 0 : campaign.lookAtMs
  await writeCampaign(tx, { ...campaign, counts, lookAtMs })
  addEvent(unit, 'campaign', ref.id)
  await writeUnits(tx, [unit], nowMs)
}

function requireOpen({ status }: CampaignRow): void {
  if (status !== 'completed') return
  throw new Problem(
    campaignProblems.campaign_completed,
    'The campaign is complete: make another one for further contacts.',
  )
}

/** The file as it comes in. It stays open where it is not read to its end. */
async function* piecesOf(file: Readable, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of file.iterator({ destroyOnReturn: false })) {
    hash.update(piece as Buffer)
    yield piece as Buffer
  }
}

/** Reads what is left of a file that nobody wants, but not without end. */
function drain(file: Readable): void {
  let bytes = 0
  file.on('error', () => {})
  file.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > BYTES_MAX) file.destroy()
  })
  file.resume()
}

function sameFile(key: IdempotencyRef, fileHash: Hash): IdempotencyRef {
  const requestHash = createHash('sha256').update(key.requestHash).update(fileHash.digest()).digest()
  return { ...key, requestHash }
}
