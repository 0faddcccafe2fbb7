import { randomUUID } from 'node:crypto'
import type { Database } from '../../platform/database/database.ts'
import { invariant } from '../../platform/problem.ts'
import { type TestCard, testCards } from '../gateway.ts'
import { type CardBehaviour, type DeclineCode, testCardTraits } from './cards.ts'

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

export type ChargeRequest = Pick<
  BankCharge,
  'idempotencyKey' | 'customerRef' | 'cardRef' | 'amountMinor' | 'currency' | 'description' | 'returnUrl'
>

/**
 * A bank that stands beside Talktime, with books of its own. It is asked outside of Talktime's transactions, and
 * each of its decisions is one statement that commits by itself: whatever is rolled back here, it remembers.
 */
export type SandboxBank = {
  issueCard(customerRef: string, testCard: TestCard): Promise<{ ref: string; lastFour: string }>
  /** Twice is no error. */
  removeCard(customerRef: string, cardRef: string): Promise<void>
  /**
   * Charges; the same idempotency key gives the same charge.
   *
   * @returns `heard` is false where the answer gets lost
   * @throws Error where the key was used for another charge
   */
  charge(request: ChargeRequest): Promise<{ readonly charge: BankCharge; readonly heard: boolean }>
  findByKey(idempotencyKey: string): Promise<BankCharge | undefined>
  find(ref: string): Promise<BankCharge | undefined>
  /** Ends a charge that waits for the customer; one that is over stays as it is. A removed card is not charged. */
  finish(ref: string, end: 'confirmed' | 'authentication_failed' | 'canceled'): Promise<void>
}

const columns = `c.ref, c.idempotency_key as "idempotencyKey", c.customer_ref as "customerRef",
  c.card_ref as "cardRef", k.last_four as "lastFour", c.amount_minor as "amountMinor", c.currency, c.description,
  c.status, c.decline_code as "declineCode", c.return_url as "returnUrl"`

export function openSandboxBank(database: Database): SandboxBank {
  async function findWhere(condition: string, value: string): Promise<BankCharge | undefined> {
    const { rows } = await database.query<BankCharge>(
      `select ${columns} from sandbox_charges c left join sandbox_cards k on k.ref = c.card_ref where ${condition}`,
      [value],
    )
    return rows[0]
  }

  /** What the card does; undefined: it is not this customer's, or was removed. */
  async function behaviourOf(request: ChargeRequest): Promise<CardBehaviour | undefined> {
    const { rows } = await database.query<{ testCard: string }>(
      `select test_card as "testCard" from sandbox_cards where ref = $1 and customer_ref = $2 and not removed`,
      [request.cardRef, request.customerRef],
    )
    const testCard = testCards.find((name) => name === rows[0]?.testCard)
    return testCard === undefined ? undefined : testCardTraits[testCard].behaviour
  }

  return {
    async issueCard(customerRef, testCard) {
      const ref = newRef('card')
      const { lastFour } = testCardTraits[testCard]
      await database.query(
        'insert into sandbox_cards (ref, customer_ref, test_card, last_four) values ($1, $2, $3, $4)',
        [ref, customerRef, testCard, lastFour],
      )
      return { ref, lastFour }
    },
    async removeCard(customerRef, cardRef) {
      await database.query('update sandbox_cards set removed = true where ref = $1 and customer_ref = $2', [
        cardRef,
        customerRef,
      ])
    },
    async charge(request) {
      const behaviour = await behaviourOf(request)
      const { status, declineCode } = decisionOf(behaviour)
      const { rowCount } = await database.query(
        `insert into sandbox_charges (ref, idempotency_key, customer_ref, card_ref, amount_minor, currency,
           description, status, decline_code, return_url)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (idempotency_key) do nothing`,
        [
          newRef('charge'),
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
      const charge = await findWhere('c.idempotency_key = $1', request.idempotencyKey)
      invariant(charge, 'A charge that was written is there')
      requireSameCharge(charge, request)
      return { charge, heard: rowCount === 0 || behaviour?.kind !== 'succeeds_unheard' }
    },
    findByKey: (idempotencyKey) => findWhere('c.idempotency_key = $1', idempotencyKey),
    find: (ref) => findWhere('c.ref = $1', ref),
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

function decisionOf(
  behaviour: CardBehaviour | undefined,
): Pick<BankCharge, 'status'> & { declineCode: DeclineCode | null } {
  switch (behaviour?.kind) {
    case undefined:
      return { status: 'declined', declineCode: 'card_not_found' }
    case 'declines':
      return { status: 'declined', declineCode: behaviour.code }
    case 'wants_confirmation':
      return { status: 'requires_action', declineCode: null }
    case 'succeeds':
    case 'succeeds_unheard':
      return { status: 'succeeded', declineCode: null }
  }
}

function requireSameCharge(charge: BankCharge, request: ChargeRequest): void {
  const same =
    charge.amountMinor === request.amountMinor &&
    charge.currency === request.currency &&
    charge.cardRef === request.cardRef
  if (!same) throw new Error('The sandbox bank was asked for another charge under the same idempotency key')
}

/** Whoever knows the reference of a charge may confirm it: it cannot be guessed. */
function newRef(kind: 'card' | 'charge'): string {
  return `sandbox_${kind}_${randomUUID().replaceAll('-', '')}`
}
