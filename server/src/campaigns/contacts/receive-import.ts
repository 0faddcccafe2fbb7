import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { addEvent, type Change, type Ledger } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { IdempotencyRecord, IdempotencyRef } from '../../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../../platform/idempotency/once.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
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

export type ReceivedFile =
  | { readonly body: z.infer<typeof ContactImportResponse> }
  /** It was sent before under the same key. */
  | { readonly replayed: IdempotencyRecord }

/** Each file holds a connection to the database while it comes in. */
const FILES_AT_ONCE_MAX = 3

export type ReceiveImportDeps = { readonly ledger: Pick<Ledger, 'changeWorkspace'>; readonly clock: Clock }

/**
 * Creates what receives files of contacts, a few at once. A file that is refused leaves nothing behind, and is read to
 * its end so that its sender reads the answer.
 *
 * @throws Problem `too_many_requests`, `campaign_not_found`, `campaign_completed`,
 *   `idempotency_mismatch`, and what the file's form is refused for
 */
export function createImportReceiver(deps: ReceiveImportDeps) {
  let receiving = 0

  return async (incoming: IncomingFile): Promise<ReceivedFile> => {
    try {
      if (receiving >= FILES_AT_ONCE_MAX) {
        const detail = 'Several files of contacts are being received already. Send this one in a moment.'
        throw new Problem(platformProblems.too_many_requests, detail)
      }
      receiving += 1
      try {
        return await receiveImport(deps, incoming)
      } finally {
        receiving -= 1
      }
    } catch (error) {
      drain(incoming.file)
      throw error
    }
  }
}

function receiveImport({ ledger, clock }: ReceiveImportDeps, incoming: IncomingFile): Promise<ReceivedFile> {
  const { campaign: ref, file, key } = incoming
  const hash = createHash('sha256')
  const pieces = readPieces(file, hash)
  const once = createOnce<ReceivedFile>(key, {
    show: async (_tx, record) => record && { replayed: record },
    answerOf(received) {
      if ('replayed' in received) return received.replayed
      return { status: 201, body: JSON.stringify(received.body) }
    },
    // Only the whole file tells whether it is the same request.
    async hashRequest() {
      for await (const _ of pieces);
      return hashFile(key, hash)
    },
  })
  // The line is locked after the file has been read, so that a long file holds up nobody's calls.
  return ledger.changeWorkspace<ReceivedFile, Imported>(
    ref.workspaceId,
    (change, received) => countAdded(change, ref, received),
    {
      once,
      prepare: (tx) => importFile(tx, incoming, pieces, clock.now()),
    },
  )
}

type Imported = Awaited<ReturnType<typeof importContacts>>

async function importFile(
  tx: Tx,
  incoming: IncomingFile,
  pieces: AsyncIterable<Buffer>,
  nowMs: number,
): Promise<Imported> {
  const { campaign: ref } = incoming
  // One file after the other: two with the same numbers in different orders would wait for each other.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`contacts of ${ref.id}`])
  const campaign = await requireCampaign(tx, ref)
  requireOpen(campaign)
  const country = incoming.country ?? campaign.defaultCountry
  return importContacts(tx, pieces, { campaign: ref, country, nowMs })
}

async function countAdded({ tx, unit }: Change, ref: CampaignRef, imported: Imported): Promise<ReceivedFile> {
  const campaign = await requireCampaign(tx, ref)
  // It may have called the last of its contacts while the file was read.
  requireOpen(campaign)
  const counts = { ...campaign.counts, waiting: campaign.counts.waiting + imported.added }
  const lookAtMs = campaign.status === 'running' ? 0 : campaign.lookAtMs
  await writeCampaign(tx, { ...campaign, counts, lookAtMs })
  addEvent(unit, 'campaign', ref.id)
  unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
  return { body: importResponse(imported) }
}

function requireOpen({ status }: CampaignRow): void {
  if (status !== 'completed') return
  throw new Problem(
    campaignProblems.campaign_completed,
    'The campaign is complete: make another one for further contacts.',
  )
}

/** The file as it comes in. It stays open where it is not read to its end. */
async function* readPieces(file: Readable, hash: Hash): AsyncGenerator<Buffer> {
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

/** The hash of a request whose body is a file: of what came with the file and of the file. */
function hashFile(key: IdempotencyRef | undefined, fileHash: Hash): Buffer {
  const ofFile = fileHash.copy().digest()
  return createHash('sha256')
    .update(key?.requestHash ?? '')
    .update(ofFile)
    .digest()
}
