import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Balance, Grant } from '../../api/types.ts'
import { type CreditSplit, splitCredit } from './balance-parts.ts'
import { grantsQuery } from './balance-queries.ts'

const noGrants: readonly Grant[] = []

/**
 * The credit behind a balance, in burn order. Grants are read only while there is promotional credit: without it the
 * order follows from the balance alone.
 */
export function useCreditSplit(balance: Balance): { split: CreditSplit; grants: readonly Grant[] } {
  const enabled = balance.promotional.remaining.milliseconds > 0
  const grants = useQuery({ ...grantsQuery, enabled }).data ?? noGrants
  const split = useMemo(() => splitCredit(balance, grants), [balance, grants])
  return { split, grants }
}
