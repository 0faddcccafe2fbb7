import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { invalid } from '../../platform/problem.ts'
import { type ChargeOutcome, type ChargeRequest, type Gateway, testCards } from '../gateway.ts'
import { type BankCharge, openSandboxBank, type SandboxBank } from './bank.ts'
import { declines } from './cards.ts'

/** Payments without money: cards that do what their names say, at a bank in this database. */
export type SandboxGateway = Gateway & { readonly name: 'sandbox'; readonly bank: SandboxBank }

export function createSandboxGateway(deps: { database: Database; clock: Clock }): SandboxGateway {
  const bank = openSandboxBank(deps.database)
  return {
    name: 'sandbox',
    bank,
    async customer({ workspaceId }) {
      return `sandbox_customer_${workspaceId.replaceAll('-', '')}`
    },
    async addMethod(customerRef, { testCard }) {
      if (testCard === undefined) {
        throw invalid('/testCard', `"testCard" is missing: it must be one of ${testCards.join(', ')}.`)
      }
      const card = await bank.issueCard(customerRef, testCard)
      const expYear = new Date(deps.clock.now()).getUTCFullYear() + 3
      const { ref: methodRef, lastFour } = card
      return {
        kind: 'saved',
        method: { methodRef, brand: 'visa', lastFour, expMonth: 12, expYear, testCard },
      }
    },
    removeMethod: (customerRef, methodRef) => bank.removeCard(customerRef, methodRef),
    async charge(intent) {
      const { charge, heard } = await bank.charge({
        idempotencyKey: intent.purchaseId,
        customerRef: intent.customerRef,
        cardRef: intent.methodRef,
        amountMinor: intent.amountMinor,
        currency: intent.currency,
        description: intent.description,
        returnUrl: intent.returnUrl,
      })
      return heard ? outcomeOf(charge) : { outcome: 'unknown' }
    },
    lookUp,
    async cancel(intent) {
      const charge = await bank.findByKey(intent.purchaseId)
      if (charge !== undefined) await bank.finish(charge.ref, 'canceled')
      return lookUp(intent)
    },
  }

  async function lookUp(intent: ChargeRequest) {
    const charge = await bank.findByKey(intent.purchaseId)
    return charge === undefined ? ({ outcome: 'not_found' } as const) : outcomeOf(charge)
  }
}

/** What the bank says of a charge. */
export function outcomeOf(charge: BankCharge): ChargeOutcome {
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
  }
}
