import { z } from 'zod'

/** An amount of money. */
export const Money = z
  .object({
    minor: z.int().meta({ description: 'In the currency’s smallest unit, such as cents.' }),
    currency: z.string().meta({ description: 'ISO 4217' }),
  })
  .meta({ id: 'Money' })

export type Money = z.infer<typeof Money>
