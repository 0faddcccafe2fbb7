import { Button, Loader } from '@mantine/core'
import { IconBuildingBank } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Purchase } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import { mayManage, useMembership } from '../workspace/index.ts'
import { purchasesQuery } from './billing-queries.ts'
import { CancelPurchase } from './CancelPurchase.tsx'
import { Notice } from './Notice.tsx'

/** Notices of purchases that wait for a confirmation with the bank or for its response. They disappear when settled. */
export function OpenPurchases({ timeZone }: { timeZone: string }) {
  const pages = useInfiniteQuery(purchasesQuery).data?.pages
  const open = pages?.flatMap((page) => page.data).filter(isOpen) ?? []
  return open.map((purchase) => <OpenPurchase key={purchase.id} purchase={purchase} timeZone={timeZone} />)
}

const isOpen = ({ status }: Purchase) => status === 'pending' || status === 'requires_action'

function OpenPurchase({ purchase, timeZone }: { purchase: Purchase; timeZone: string }) {
  const manages = mayManage(useMembership().workspace.role)
  const what = `${purchase.description} for ${money(purchase.amount)}`
  const when = instant(purchase.createdAt, 'dayTime', timeZone)
  if (purchase.status === 'pending') {
    return (
      <Notice tone="plain" icon={<Loader size={18} />} title={`${what}: checking the payment`}>
        Ordered {when}. The bank has not responded yet. You will not be charged twice.
      </Notice>
    )
  }
  return (
    <Notice
      tone="warn"
      icon={<IconBuildingBank size={20} stroke={1.75} />}
      title={`${what}: confirm with your bank`}
      actions={
        manages && (
          <>
            <CancelPurchase purchase={purchase} size="xs" />
            {purchase.actionUrl !== null && (
              <Button component="a" href={purchase.actionUrl} size="xs">
                Finish at your bank
              </Button>
            )}
          </>
        )
      }
    >
      Ordered {when}
      {purchase.origin === 'auto_reload' && ' by auto-reload'}. You will not be charged until you confirm.
    </Notice>
  )
}
