import { newBooksState, type Payment, type Session, type StripeTestCard } from './books-state.ts'
import { addMethod, detach, makeCustomer } from './customers.ts'
import type { Form } from './form.ts'
import {
  cancelPayment,
  confirmPayment,
  decideAtBank,
  draftPayment,
  endProcessing,
  makePayment,
} from './payments.ts'
import { makeSession, typeInCard } from './sessions.ts'

/** The state of Stripe and the banks behind it, with their rules. */
export type Books = ReturnType<typeof openBooks>

/**
 * @param origin the address of the fake Stripe
 * @param nowMs Stripe's clock
 */
export function openBooks(origin: () => string, nowMs: () => number) {
  const state = newBooksState(origin, nowMs)
  return {
    ...state,
    makeCustomer: (form: Form) => makeCustomer(state, form),
    addMethod: (customer: string, card: StripeTestCard) => addMethod(state, customer, card),
    detach,
    draftPayment: (form: Form) => draftPayment(state, form),
    makePayment: (form: Form) => makePayment(state, form),
    confirmPayment: (payment: Payment, form: Form) => confirmPayment(state, payment, form),
    cancelPayment: (payment: Payment) => cancelPayment(state, payment),
    decideAtBank: (payment: Payment, decision: 'confirm' | 'decline') =>
      decideAtBank(state, payment, decision),
    endProcessing: (payment: Payment) => endProcessing(state, payment),
    makeSession: (form: Form) => makeSession(state, form),
    typeInCard: (session: Session, card: StripeTestCard) => typeInCard(state, session, card),
  }
}
