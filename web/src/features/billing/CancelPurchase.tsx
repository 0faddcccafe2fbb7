import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { billingKey } from '../../api/query-keys.ts'
import type { Purchase } from '../../api/types.ts'
import { toast } from '../../design/ui/toast.ts'

/** Cancels a purchase that waits for confirmation with the bank. If it has been confirmed by then, it is kept. */
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
          ? 'Too late to cancel: the purchase was already confirmed'
          : `Canceled: ${description}. Nothing was charged.`,
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
