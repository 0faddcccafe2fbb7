import type Stripe from 'stripe'
import { publicId } from '../../public-ids.ts'
import type { Gateway } from '../gateway.ts'
import { workspaceKey } from './outcome.ts'
import { reachable } from './unreachable.ts'

/**
 * The workspace's customer at Stripe. It is made by what never changes of a workspace, so that a repeat, under the
 * same idempotency key, makes no second one; then it gets its name.
 */
export async function makeCustomer(
  client: Stripe,
  { workspaceId, name, email }: Parameters<Gateway['customer']>[0],
): Promise<string> {
  return reachable(async () => {
    const { id } = await client.customers.create(
      { metadata: { [workspaceKey]: publicId('workspace', workspaceId) } },
      { idempotencyKey: `customer-${workspaceId}` },
    )
    await client.customers.update(id, { name, ...(email !== null && { email }) })
    return id
  })
}
