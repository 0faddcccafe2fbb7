import type Stripe from 'stripe'
import { publicId } from '../../public-ids.ts'
import type { Gateway } from '../gateway.ts'
import { callStripe } from './call-stripe.ts'
import { WORKSPACE_KEY } from './outcome.ts'

/**
 * Creates the workspace's customer at Stripe. The create request contains only what never changes about a workspace, so
 * that a repeat under its idempotency key creates no second customer. The name is added afterwards.
 */
export async function createCustomer(
  client: Stripe,
  { workspaceId, name, email }: Parameters<Gateway['createCustomer']>[0],
): Promise<string> {
  return callStripe(async () => {
    const { id } = await client.customers.create(
      { metadata: { [WORKSPACE_KEY]: publicId('workspace', workspaceId) } },
      { idempotencyKey: `customer-${workspaceId}` },
    )
    await client.customers.update(id, { name, ...(email !== null && { email }) })
    return id
  })
}
