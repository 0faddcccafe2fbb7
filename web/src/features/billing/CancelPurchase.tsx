import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { billingKey } from '../../api/query-keys.ts'
import type { Purchase } from '../../api/types.ts'
import { toast } from '../../design/ui/toast.ts'

/** Gives up a purchase that waits for the bank's confirmation. One that was confirmed meanwhile stays bought. */
export function CancelPurchase(props: {
  purchase: Pick<Purchase, 'id' | 'description'>
  className?: string | undefined
  size?: 'xs' | 'sm'
}) {
  const queryClient = useQueryClient()
  const { id, description } = props.purchase
  const cancel = useMutation({
    mutationFn: () => readBody(api.POST('/v1/purchases/{id}/cancel', { params: { path: { id } } })),
    onSuccess: async (purchase) => {
      await queryClient.invalidateQueries({ queryKey: billingKey })
      toast(
        purchase.status === 'succeeded'
          ? 'It was confirmed already, and is bought'
          : `${description}: given up, nothing was charged`,
      )
    },
    onError: (error) => toast(asProblem(error).message),
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
