import { createBooksState, type Payment, type Session, type StripeTestCard } from './books-state.ts'
import { addMethod, createCustomer, detach } from './customers.ts'
import type { Form } from './form.ts'
import {
  cancelPayment,
  confirmPayment,
  createDraft,
  createPayment,
  decideAtBank,
  endProcessing,
} from './payments.ts'
import { createSession, typeInCard } from './sessions.ts'

/** The state of Stripe and the banks behind it, with their rules. */
export type Books = ReturnType<typeof openBooks>

/**
 * @param origin the address of the fake Stripe
 * @param nowMs Stripe's clock
 */
export function openBooks(origin: () => string, nowMs: () => number) {
  const state = createBooksState(origin, nowMs)
  return {
    ...state,
    createCustomer: (form: Form) => createCustomer(state, form),
    addMethod: (customer: string, card: StripeTestCard) => addMethod(state, customer, card),
    detach,
    createDraft: (form: Form) => createDraft(state, form),
    createPayment: (form: Form) => createPayment(state, form),
    confirmPayment: (payment: Payment, form: Form) => confirmPayment(state, payment, form),
    cancelPayment: (payment: Payment) => cancelPayment(state, payment),
    decideAtBank: (payment: Payment, decision: 'confirm' | 'decline') =>
      decideAtBank(state, payment, decision),
    endProcessing: (payment: Payment) => endProcessing(state, payment),
    createSession: (form: Form) => createSession(state, form),
    typeInCard: (session: Session, card: StripeTestCard) => typeInCard(state, session, card),
  }
}
