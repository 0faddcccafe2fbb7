import { assertNever } from '@talktime/core/exhaustive'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { invalid } from '../../platform/problem.ts'
import {
  type ChargeOutcome,
  type ChargeRequest,
  type Gateway,
  type MethodAnswer,
  type MethodRequest,
  type NotFound,
  testCards,
} from '../gateway.ts'
import { type BankCharge, openSandboxBank, type SandboxBank } from './bank-store.ts'
import { declines } from './cards.ts'

/** Payments without money: cards that do what their names say, at a bank in this database. */
export type SandboxGateway = Gateway & { readonly name: 'sandbox'; readonly bank: SandboxBank }

export function createSandboxGateway(deps: { database: Database; clock: Clock }): SandboxGateway {
  const bank = openSandboxBank(deps.database)

  async function addMethod(customerRef: string, { testCard }: MethodRequest): Promise<MethodAnswer> {
    if (testCard === undefined) {
      throw invalid('/testCard', `"testCard" is missing: it must be one of ${testCards.join(', ')}.`)
    }
    const { ref: methodRef, lastFour } = await bank.issueCard(customerRef, testCard)
    const expYear = new Date(deps.clock.now()).getUTCFullYear() + 3
    return {
      kind: 'saved',
      method: { methodRef, brand: 'visa', lastFour, expMonth: 12, expYear, testCard },
    }
  }

  async function lookUp({ purchaseId }: ChargeRequest): Promise<ChargeOutcome | NotFound> {
    const charge = await bank.findByKey(purchaseId)
    return charge === undefined ? { outcome: 'not_found' } : readOutcome(charge)
  }

  return {
    name: 'sandbox',
    bank,
    async createCustomer({ workspaceId }) {
      return `sandbox_customer_${workspaceId.replaceAll('-', '')}`
    },
    addMethod,
    removeMethod: (customerRef, methodRef) => bank.removeCard(customerRef, methodRef),
    async charge(request) {
      const { charge, isHeard } = await bank.charge({
        idempotencyKey: request.purchaseId,
        customerRef: request.customerRef,
        cardRef: request.methodRef,
        amountMinor: request.amountMinor,
        currency: request.currency,
        description: request.description,
        returnUrl: request.returnUrl,
      })
      return isHeard ? readOutcome(charge) : { outcome: 'unknown' }
    },
    lookUp,
    async cancel(request) {
      const charge = await bank.findByKey(request.purchaseId)
      if (charge !== undefined) await bank.finish(charge.ref, 'canceled')
      return lookUp(request)
    },
  }
}

/** Converts a charge in the bank's books to an outcome. */
export function readOutcome(charge: BankCharge): ChargeOutcome {
  const { ref: chargeRef, status, declineCode } = charge
  switch (status) {
    case 'succeeded':
      return { outcome: 'succeeded', chargeRef }
    case 'requires_action':
      return { outcome: 'requires_action', chargeRef, actionUrl: `/sandbox-bank/${chargeRef}` }
    case 'declined': {
      const code = declineCode ?? 'card_declined'
      const { class: declineClass, message } = declines[code]
      return { outcome: 'declined', chargeRef, code, message, class: declineClass }
    }
    default:
      return assertNever(status)
  }
}
