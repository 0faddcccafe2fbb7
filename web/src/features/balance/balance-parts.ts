import { afterDraws, type BurnableGrant, burnDown, byBurnOrder } from '@talktime/core/billing/burn-down'
import type { Balance, Grant } from '../../api/types.ts'

/** The kinds of credit that the dashboard tells apart. Adjustments count as promotional, as in the API's balance. */
export type BalancePart = 'monthly' | 'promotional' | 'topUp'

/** What a balance is made of, in milliseconds of talk time. It is their sum less the overdraft. */
export type BalanceParts = {
  readonly monthlyMs: number
  readonly promotionalMs: number
  readonly topUpMs: number
  readonly overdraftMs: number
}

type PartGrant = BurnableGrant & { readonly part: BalancePart }

/** The credit behind a balance when it was read, in burn order. */
export type CreditSplit = { readonly grants: readonly PartGrant[]; readonly overdraftMs: number }

const partsByKind: Record<Grant['kind'], BalancePart> = {
  monthly: 'monthly',
  top_up: 'topUp',
  promotional: 'promotional',
  adjustment: 'promotional',
}

/**
 * Splits a balance into grants that can be burned. How much each part has left is what the balance says. `grants`
 * say when it expires and how old it is; they may be older than the balance, and may be missing: credit that they
 * do not explain then burns as its kind usually does, monthly before promotional before top-up.
 */
export function splitCredit(balance: Balance, grants: readonly Grant[]): CreditSplit {
  const known = grants.map(readPartGrant)
  const usual: readonly PartGrant[] = [
    {
      ...makeUsualGrant('monthly', balance.monthly.remaining.milliseconds),
      expiresAtMs: Date.parse(balance.monthly.resetsAt),
    },
    makeUsualGrant('promotional', balance.promotional.remaining.milliseconds),
    {
      ...makeUsualGrant('topUp', balance.topUp.remaining.milliseconds),
      grantedAtMs: Number.MAX_SAFE_INTEGER,
    },
  ]
  return {
    grants: usual
      .flatMap((whole) =>
        explainPart(
          whole,
          known.filter(({ part }) => part === whole.part),
        ),
      )
      .sort(byBurnOrder),
    overdraftMs: balance.overdraft.milliseconds,
  }
}

function readPartGrant(grant: Grant): PartGrant {
  return {
    id: grant.id ?? '',
    part: partsByKind[grant.kind],
    remainingMs: grant.remaining.milliseconds,
    grantedAtMs: Date.parse(grant.grantedAt),
    expiresAtMs: grant.expiresAt === null ? null : Date.parse(grant.expiresAt),
  }
}

function makeUsualGrant(part: BalancePart, remainingMs: number): PartGrant {
  return { id: part, part, remainingMs, grantedAtMs: 0, expiresAtMs: null }
}

/**
 * Cuts the known grants of a part to what the part has left. What was used since they were read came off the grants
 * that burn first, so the last ones are kept. An empty part keeps an empty grant, which holds its place in the order.
 */
function explainPart(whole: PartGrant, known: readonly PartGrant[]): PartGrant[] {
  let unexplainedMs = whole.remainingMs
  const kept: PartGrant[] = []
  for (const grant of known.toSorted(byBurnOrder).toReversed()) {
    const remainingMs = Math.min(grant.remainingMs, unexplainedMs)
    if (remainingMs <= 0) continue
    kept.push({ ...grant, remainingMs })
    unexplainedMs -= remainingMs
  }
  if (unexplainedMs <= 0 && kept.length > 0) return kept
  return [...kept, { ...whole, remainingMs: unexplainedMs }]
}

/**
 * The parts when the balance is `balanceMs`: what was used since the split burns in the burn order of core. A balance
 * above the split means that credit arrived; the parts then stay as they were until the server says of which kind.
 */
export function partsAt(split: CreditSplit, balanceMs: number): BalanceParts {
  const totalMs = split.grants.reduce((total, { remainingMs }) => total + remainingMs, 0)
  const usedMs = Math.max(0, totalMs - split.overdraftMs - balanceMs)
  const { draws, unpaidMs } = burnDown(split.grants, usedMs)
  const left = afterDraws(split.grants, draws)
  const sum = (part: BalancePart) =>
    left.filter((grant) => grant.part === part).reduce((total, { remainingMs }) => total + remainingMs, 0)
  return {
    monthlyMs: sum('monthly'),
    promotionalMs: sum('promotional'),
    topUpMs: sum('topUp'),
    overdraftMs: split.overdraftMs + unpaidMs,
  }
}

/** All parts, by which burns first. */
export function partsInBurnOrder(split: CreditSplit): BalancePart[] {
  return [...new Set(split.grants.map(({ part }) => part))]
}
