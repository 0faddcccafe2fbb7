import { randomUUID } from 'node:crypto'
import { assertNever } from '@talktime/core/exhaustive'
import type { Database } from '../../platform/database/database.ts'
import { invariant } from '../../platform/problem.ts'
import { type TestCard, testCards } from '../gateway.ts'
import { type CardBehavior, type DeclineCode, testCardTraits } from './cards.ts'

/** A charge in the bank's books. */
export type BankCharge = {
  readonly ref: string
  readonly idempotencyKey: string
  readonly customerRef: string
  readonly cardRef: string
  readonly lastFour: string | null
  readonly amountMinor: number
  readonly currency: string
  readonly description: string
  readonly status: 'requires_action' | 'succeeded' | 'declined'
  readonly declineCode: DeclineCode | null
  readonly returnUrl: string | null
}

export type BankChargeRequest = Pick<
  BankCharge,
  'idempotencyKey' | 'customerRef' | 'cardRef' | 'amountMinor' | 'currency' | 'description' | 'returnUrl'
>

/**
 * A bank with books of its own, independent of Talktime. It is called outside Talktime's transactions, and each of its
 * decisions is one statement that commits alone: the bank remembers what Talktime rolls back.
 */
export type SandboxBank = {
  issueCard(customerRef: string, testCard: TestCard): Promise<{ ref: string; lastFour: string }>
  /** Removes a card. Removing it twice is not an error. */
  removeCard(customerRef: string, cardRef: string): Promise<void>
  /**
   * Charges a card. A repeated idempotency key returns the first charge.
   *
   * @returns the charge; `isHeard` is false if the answer gets lost on its way
   * @throws Error if the key was used for another charge
   */
  charge(request: BankChargeRequest): Promise<{ readonly charge: BankCharge; readonly isHeard: boolean }>
  findByKey(idempotencyKey: string): Promise<BankCharge | undefined>
  find(ref: string): Promise<BankCharge | undefined>
  /** Ends a charge that waits for the customer; a charge that is over stays as it is. A removed card is not charged. */
  finish(ref: string, end: 'confirmed' | 'authentication_failed' | 'canceled'): Promise<void>
}

export function openSandboxBank(database: Database): SandboxBank {
  return {
    issueCard: (customerRef, testCard) => issueCard(database, customerRef, testCard),
    async removeCard(customerRef, cardRef) {
      await database.query('update sandbox_cards set removed = true where ref = $1 and customer_ref = $2', [
        cardRef,
        customerRef,
      ])
    },
    charge: (request) => charge(database, request),
    findByKey: (idempotencyKey) => findCharge(database, 'c.idempotency_key = $1', idempotencyKey),
    find: (ref) => findCharge(database, 'c.ref = $1', ref),
    async finish(ref, end) {
      await database.query(
        `update sandbox_charges c set status = case when $2 = '' and not k.removed then 'succeeded' else 'declined' end,
           decline_code = case when $2 <> '' then $2 when k.removed then 'card_not_found' end
         from sandbox_cards k where k.ref = c.card_ref and c.ref = $1 and c.status = 'requires_action'`,
        [ref, end === 'confirmed' ? '' : end],
      )
    },
  }
}

async function issueCard(database: Database, customerRef: string, testCard: TestCard) {
  const ref = createRef('card')
  const { lastFour } = testCardTraits[testCard]
  await database.query(
    'insert into sandbox_cards (ref, customer_ref, test_card, last_four) values ($1, $2, $3, $4)',
    [ref, customerRef, testCard, lastFour],
  )
  return { ref, lastFour }
}

async function charge(database: Database, request: BankChargeRequest) {
  const behavior = await findBehavior(database, request)
  const { status, declineCode } = decideCharge(behavior)
  const { rowCount } = await database.query(
    `insert into sandbox_charges (ref, idempotency_key, customer_ref, card_ref, amount_minor, currency,
       description, status, decline_code, return_url)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (idempotency_key) do nothing`,
    [
      createRef('charge'),
      request.idempotencyKey,
      request.customerRef,
      request.cardRef,
      request.amountMinor,
      request.currency,
      request.description,
      status,
      declineCode,
      request.returnUrl,
    ],
  )
  const written = await findCharge(database, 'c.idempotency_key = $1', request.idempotencyKey)
  invariant(written, 'A charge that was written is there')
  requireSameCharge(written, request)
  return { charge: written, isHeard: rowCount === 0 || behavior?.kind !== 'succeeds_unheard' }
}

const columns = `c.ref, c.idempotency_key as "idempotencyKey", c.customer_ref as "customerRef",
  c.card_ref as "cardRef", k.last_four as "lastFour", c.amount_minor as "amountMinor", c.currency, c.description,
  c.status, c.decline_code as "declineCode", c.return_url as "returnUrl"`

async function findCharge(
  database: Database,
  condition: string,
  value: string,
): Promise<BankCharge | undefined> {
  const { rows } = await database.query<BankCharge>(
    `select ${columns} from sandbox_charges c left join sandbox_cards k on k.ref = c.card_ref where ${condition}`,
    [value],
  )
  return rows[0]
}

/** Finds what a card does; `undefined` if it was removed or belongs to another customer. */
async function findBehavior(
  database: Database,
  { cardRef, customerRef }: BankChargeRequest,
): Promise<CardBehavior | undefined> {
  const { rows } = await database.query<{ testCard: string }>(
    `select test_card as "testCard" from sandbox_cards where ref = $1 and customer_ref = $2 and not removed`,
    [cardRef, customerRef],
  )
  const testCard = testCards.find((name) => name === rows[0]?.testCard)
  return testCard === undefined ? undefined : testCardTraits[testCard].behavior
}

function decideCharge(
  behavior: CardBehavior | undefined,
): Pick<BankCharge, 'status'> & { declineCode: DeclineCode | null } {
  if (behavior === undefined) return { status: 'declined', declineCode: 'card_not_found' }
  switch (behavior.kind) {
    case 'declines':
      return { status: 'declined', declineCode: behavior.code }
    case 'wants_confirmation':
      return { status: 'requires_action', declineCode: null }
    case 'succeeds':
    case 'succeeds_unheard':
      return { status: 'succeeded', declineCode: null }
    default:
      return assertNever(behavior)
  }
}

function requireSameCharge(written: BankCharge, request: BankChargeRequest): void {
  const isSame =
    written.amountMinor === request.amountMinor &&
    written.currency === request.currency &&
    written.cardRef === request.cardRef
  if (!isSame) throw new Error('The sandbox bank was asked for another charge under a used idempotency key')
}

/** Creates a reference that cannot be guessed: a charge may be confirmed by anyone who has its reference. */
function createRef(kind: 'card' | 'charge'): string {
  return `sandbox_${kind}_${randomUUID().replaceAll('-', '')}`
}
