import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { DialRules } from '@talktime/core/contacts/judge-number'
import type { z } from 'zod'
import type { AuditSource } from '../../access/index.ts'
import { addAudit, addEvent, type Change, type Ledger } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { IdempotencyRecord, IdempotencyRef } from '../../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../../platform/idempotency/once.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { createSlots } from '../../platform/slots.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import { requireCampaign, writeCampaign } from '../campaign-store.ts'
import { campaignProblems } from '../problems.ts'
import { type ContactImportResponse, importResponse } from '../response-schemas.ts'
import { lockImports } from './contact-store.ts'
import { importContacts } from './import-contacts.ts'
import { FILE_BYTES_MAX } from './read-csv.ts'

/** A file of contacts that is being uploaded. */
export type IncomingFile = {
  readonly campaign: CampaignRef & AuditSource
  readonly file: Readable
  /** ISO 3166 alpha-2 code of numbers without a country code. undefined: the campaign's default country. */
  readonly country: string | undefined
  /** The encoding of the file, as its sender says. undefined: it is found out. */
  readonly charset: string | undefined
  readonly key: IdempotencyRef | undefined
}

export type ReceivedFile =
  | { readonly body: z.infer<typeof ContactImportResponse> }
  /** The stored answer, because the file was already imported under this idempotency key. */
  | { readonly replayed: IdempotencyRecord }

/**
 * The most files received at once, in all and by one workspace. Each holds a database connection, apart from those that
 * calls use, while it is uploaded.
 */
const FILES = { max: 6, ownerMax: 3 }

export type ReceiveImportDeps = {
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  readonly clock: Clock
  readonly dialRules: DialRules
}

/**
 * Creates a function that receives a file of contacts and imports it into a campaign, as many at a time as {@link FILES}
 * says. A file that is refused leaves nothing behind. The rest of it is still read, because many clients read the answer only
 * after they have sent everything.
 *
 * The function throws Problem `too_many_requests`, `campaign_not_found`, `campaign_completed`, `idempotency_mismatch`,
 * `invalid_request` or `body_too_large`.
 */
export function createImportReceiver(deps: ReceiveImportDeps) {
  const slots = createSlots(FILES)

  return async (incoming: IncomingFile): Promise<ReceivedFile> => {
    try {
      const free = slots.take(incoming.campaign.workspaceId)
      if (free === undefined) {
        const detail = 'Several files of contacts are being received already. Send this one in a moment.'
        throw new Problem(platformProblems.too_many_requests, detail)
      }
      try {
        return await receiveImport(deps, incoming)
      } finally {
        free()
      }
    } catch (error) {
      drain(incoming.file)
      throw error
    }
  }
}

function receiveImport(
  { ledger, clock, dialRules }: ReceiveImportDeps,
  incoming: IncomingFile,
): Promise<ReceivedFile> {
  const { campaign: ref, file, key } = incoming
  const hash = createHash('sha256')
  const pieces = readPieces(file, hash)
  const once = createOnce<ReceivedFile>(key, {
    show: async (_tx, record) => record && { replayed: record },
    answerOf(received) {
      if ('replayed' in received) return received.replayed
      return { status: 201, body: JSON.stringify(received.body) }
    },
    // The whole file is part of the request, so its hash is known at the end.
    async hashRequest() {
      for await (const _ of pieces);
      return hashFile(key, hash)
    },
  })
  // The file is imported in `prepare`, before the line is locked, so a long upload does not hold up calls.
  return ledger.changeWorkspace<ReceivedFile, Imported>(
    ref.workspaceId,
    (change, imported) => addToCounts(change, ref, imported),
    {
      once,
      prepare: (tx) => importFile(tx, incoming, pieces, { dialRules, nowMs: clock.now() }),
    },
  )
}

type Imported = Awaited<ReturnType<typeof importContacts>>

async function importFile(
  tx: Tx,
  incoming: IncomingFile,
  pieces: AsyncIterable<Buffer>,
  options: { readonly dialRules: DialRules; readonly nowMs: number },
): Promise<Imported> {
  const { campaign: ref, charset } = incoming
  // One file at a time: two files with equal numbers in different orders would deadlock.
  await lockImports(tx, ref)
  const campaign = await requireCampaign(tx, ref)
  requireOpen(campaign)
  const country = incoming.country ?? campaign.defaultCountry
  return importContacts(tx, pieces, { ...options, campaign: ref, country, charset })
}

async function addToCounts(
  { tx, unit }: Change,
  ref: CampaignRef & AuditSource,
  imported: Imported,
): Promise<ReceivedFile> {
  const campaign = await requireCampaign(tx, ref)
  // The campaign may have completed while the file was read.
  requireOpen(campaign)
  const counts = { ...campaign.counts, waiting: campaign.counts.waiting + imported.added }
  const lookAtMs = campaign.status === 'running' ? 0 : campaign.lookAtMs
  await writeCampaign(tx, { ...campaign, counts, lookAtMs })
  addEvent(unit, 'campaign', ref.id)
  unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
  const body = importResponse(imported)
  addAudit(unit, ref, {
    action: 'campaign.contacts_added',
    target: { kind: 'campaign', id: ref.id, name: campaign.name },
    after: { importId: body.id, added: imported.added },
  })
  return { body }
}

function requireOpen({ status }: CampaignRow): void {
  if (status !== 'completed') return
  throw new Problem(
    campaignProblems.campaign_completed,
    'The campaign is complete. Create another campaign for further contacts.',
  )
}

/** Yields the file's pieces and hashes them. The file stays open if the consumer stops early. */
async function* readPieces(file: Readable, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of file.iterator({ destroyOnReturn: false })) {
    hash.update(piece as Buffer)
    yield piece as Buffer
  }
}

/** Reads and discards the rest of a file, up to the largest size of a file. */
function drain(file: Readable): void {
  let bytes = 0
  file.on('error', () => {})
  file.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > FILE_BYTES_MAX) file.destroy()
  })
  file.resume()
}

/** Hashes a request whose body is a file: the hash of its other parts, then the hash of the file. */
function hashFile(key: IdempotencyRef | undefined, fileHash: Hash): Buffer {
  return createHash('sha256')
    .update(key?.requestHash ?? '')
    .update(fileHash.copy().digest())
    .digest()
}
