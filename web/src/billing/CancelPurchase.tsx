import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { billingKey } from '../api/billing-queries.ts'
import { api, bodyOf } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import type { Purchase } from '../api/types.ts'
import { tell } from '../ui/tell.ts'

/** Gives up a purchase that waits for the bank's confirmation. One that was confirmed meanwhile stays bought. */
export function CancelPurchase(props: {
  purchase: Pick<Purchase, 'id' | 'description'>
  className?: string | undefined
  size?: 'xs' | 'sm'
}) {
  const queryClient = useQueryClient()
  const { id, description } = props.purchase
  const cancel = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/purchases/{id}/cancel', { params: { path: { id } } })),
    onSuccess: async (purchase) => {
      await queryClient.invalidateQueries({ queryKey: billingKey })
      tell(
        purchase.status === 'succeeded'
          ? 'It was confirmed already, and is bought'
          : `${description}: given up, nothing was charged`,
      )
    },
    onError: (error) => tell(asProblem(error).message),
  })
  return (
    <Button
      variant="subtle"
      color="gray"
      size={props.size ?? 'sm'}
      loading={cancel.isPending}
      onClick={() => cancel.mutate()}
      {...(props.className === undefined ? {} : { className: props.className })}
    >
      Cancel purchase
    </Button>
  )
}
