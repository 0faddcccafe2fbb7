/**
 * A slow reference model of a workspace's credits, against which tests compare the real books. It has no balance line,
 * no folding and no ledger. Every charge takes credit at once, and each call keeps its charge allocations. Credit
 * differs only by when it expires, which is all that the burn order and expiry depend on.
 */
export type ModelWorkspace = {
  readonly terms: {
    readonly monthlyMs: number
    readonly concurrentCallsMax: number
    readonly maxDurationMs: number
  }
  readonly anchorLocal: string
  cycleNumber: number
  cycleEndsAtMs: number
  /** Credit left, by the instant at which it expires; infinity for credit that never expires. */
  readonly leftMs: Map<number, number>
  /** Charges that no credit has paid, oldest first. */
  readonly debts: ModelAllocation[]
  readonly calls: Map<string, ModelCall>
  nextBoundaryMs: number
  grantedMs: number
  expiredMs: number
  deductedMs: number
}

/** A part of a charge and when the credit that paid it expires; `null` while it is unpaid. */
export type ModelAllocation = {
  expiresAtMs: number | null
  ms: number
  readonly call: ModelCall | null
  /** Whether it was a debt that the reversal of an unpaid charge canceled. */
  readonly canceled?: boolean
}

/** Who reports a fact. The operator's word replaces the workspace's. */
type Reporter = 'workspace' | 'operator'

export type ModelReport = { readonly atMs: number; readonly by: Reporter }

export type ModelCall = {
  readonly id: string
  readonly refusalReason: string | null
  readonly authorizedAtMs: number
  lastSeenAtMs: number | null
  answeredAtMs: number | null
  answeredBy: Reporter | null
  endedAtMs: number | null
  endedBy: Reporter | null
  endSource: 'reported' | 'presumed' | null
  /** The last boundary at which the live call was settled. */
  cutAtMs: number | null
  /** Its charges, in order. */
  allocations: ModelAllocation[]
}

const sum = (amounts: Iterable<number>) => [...amounts].reduce((total, amount) => total + amount, 0)

export const sumCharge = (call: ModelCall) => sum(call.allocations.map((allocation) => allocation.ms))
export const isOpen = (call: ModelCall) => call.refusalReason === null && call.endedAtMs === null
export const isLive = (call: ModelCall) => isOpen(call) && call.answeredAtMs !== null
export const findUnchargedStart = (call: ModelCall) => call.cutAtMs ?? call.answeredAtMs ?? 0

export function computeBalance(workspace: ModelWorkspace, nowMs: number): number {
  const liveMs = [...workspace.calls.values()].filter(isLive).map((call) => nowMs - findUnchargedStart(call))
  return sum(workspace.leftMs.values()) - sum(workspace.debts.map((debt) => debt.ms)) - sum(liveMs)
}

/** Adds credit, which pays debts first. */
export function grant(workspace: ModelWorkspace, amountMs: number, expiresAtMs: number): void {
  workspace.grantedMs += amountMs
  addCredit(workspace, amountMs, expiresAtMs)
  payDebts(workspace)
}

function addCredit(workspace: ModelWorkspace, amountMs: number, expiresAtMs: number): void {
  workspace.leftMs.set(expiresAtMs, (workspace.leftMs.get(expiresAtMs) ?? 0) + amountMs)
  workspace.nextBoundaryMs = Math.min(workspace.nextBoundaryMs, expiresAtMs)
}

/** Pays the oldest debts first, with the credit that burns first. */
function payDebts(workspace: ModelWorkspace): void {
  for (let debt = workspace.debts[0]; debt !== undefined; debt = workspace.debts[0]) {
    const [payer, payerMs] = findFirstToBurn(workspace)
    if (payer === null) return
    const paidMs = Math.min(payerMs, debt.ms)
    workspace.leftMs.set(payer, payerMs - paidMs)
    pay(workspace, debt, { expiresAtMs: payer, ms: paidMs, call: debt.call })
  }
}

/**
 * Cancels the oldest debts, for an unpaid charge of `call` that was reversed. Its own debts that are canceled are gone, with
 * the charge that they were. Returns how much that was.
 */
function cancelDebts(workspace: ModelWorkspace, call: ModelCall, amountMs: number): number {
  let restMs = amountMs
  let ownMs = 0
  for (let debt = workspace.debts[0]; debt !== undefined && restMs > 0; debt = workspace.debts[0]) {
    const ms = Math.min(restMs, debt.ms)
    restMs -= ms
    if (debt.call === call) {
      ownMs += ms
      shrink(workspace, debt, ms)
    } else
      pay(workspace, debt, { expiresAtMs: Number.POSITIVE_INFINITY, ms, call: debt.call, canceled: true })
  }
  return ownMs
}

/** Takes the last `amountMs` of a call's debts off the call. They stay, and belong to no call. */
function detachDebts(workspace: ModelWorkspace, call: ModelCall, amountMs: number): void {
  for (let restMs = amountMs; restMs > 0; ) {
    const last = call.allocations.findLast(({ expiresAtMs }) => expiresAtMs === null)
    if (last === undefined) throw new Error('More is reversed than was charged')
    const ms = Math.min(restMs, last.ms)
    restMs -= ms
    workspace.debts.splice(workspace.debts.indexOf(last) + 1, 0, { expiresAtMs: null, ms, call: null })
    shrink(workspace, last, ms)
  }
}

/** Replaces the beginning of a debt with a paid allocation. */
function pay(workspace: ModelWorkspace, debt: ModelAllocation, paid: ModelAllocation): void {
  debt.call?.allocations.splice(debt.call.allocations.indexOf(debt), 0, paid)
  shrink(workspace, debt, paid.ms)
}

/** Reduces a debt and removes it once nothing is left of it. */
function shrink(workspace: ModelWorkspace, debt: ModelAllocation, ms: number): void {
  debt.ms -= ms
  if (debt.ms > 0) return
  workspace.debts.splice(workspace.debts.indexOf(debt), 1)
  if (debt.call) debt.call.allocations = debt.call.allocations.filter((allocation) => allocation !== debt)
}

function findFirstToBurn({ leftMs }: ModelWorkspace): [number | null, number] {
  const open = [...leftMs].filter(([, left]) => left > 0).sort(([a], [b]) => a - b)
  return open[0] ?? [null, 0]
}

export function charge(workspace: ModelWorkspace, amountMs: number, call: ModelCall | null): void {
  let restMs = amountMs
  while (restMs > 0) {
    const [payer, payerMs] = findFirstToBurn(workspace)
    const ms = payer === null ? restMs : Math.min(restMs, payerMs)
    const allocation: ModelAllocation = { expiresAtMs: payer, ms, call }
    if (payer === null) workspace.debts.push(allocation)
    else workspace.leftMs.set(payer, payerMs - ms)
    call?.allocations.push(allocation)
    restMs -= ms
  }
}

export function deduct(workspace: ModelWorkspace, amountMs: number): void {
  workspace.deductedMs += amountMs
  charge(workspace, amountMs, null)
}

/**
 * Returns the last part of a call's charge to the credit that paid it. Credit that has expired since expires at once. An
 * unpaid part cancels debts.
 */
export function reverseCharge(
  workspace: ModelWorkspace,
  call: ModelCall,
  amountMs: number,
  nowMs: number,
): void {
  const returned: { expiresAtMs: number; ms: number }[] = []
  const { allocations } = call
  const debtMs = sum(allocations.filter(({ expiresAtMs }) => expiresAtMs === null).map(({ ms }) => ms))
  // Credit is drawn in the order of the charges, so what nobody has paid is at the end.
  const ownUnpaidMs = Math.min(amountMs, debtMs)
  let unpaidMs = ownUnpaidMs
  for (let restMs = amountMs - ownUnpaidMs; restMs > 0; ) {
    const last = allocations.findLast(({ expiresAtMs }) => expiresAtMs !== null)
    if (last === undefined || last.expiresAtMs === null) throw new Error('More is reversed than was charged')
    const ms = Math.min(restMs, last.ms)
    restMs -= ms
    last.ms -= ms
    if (last.ms === 0) allocations.splice(allocations.indexOf(last), 1)
    if (last.canceled) unpaidMs += ms
    else returned.push({ expiresAtMs: last.expiresAtMs, ms })
  }
  const canceledMs = Math.min(unpaidMs, sum(workspace.debts.map((debt) => debt.ms)))
  const canceledOwnMs = cancelDebts(workspace, call, canceledMs)
  detachDebts(workspace, call, Math.max(0, ownUnpaidMs - canceledOwnMs))
  if (unpaidMs > canceledMs) addCredit(workspace, unpaidMs - canceledMs, Number.POSITIVE_INFINITY)
  for (const back of returned) {
    if (back.expiresAtMs <= nowMs) workspace.expiredMs += back.ms
    else addCredit(workspace, back.ms, back.expiresAtMs)
  }
  payDebts(workspace)
}
