import { creditsFromMs } from '@talktime/core/billing/credits'
import { z } from 'zod'

/** An amount of credit in a response of the API, in both units. Milliseconds are exact; credits are for people. */
export const Amount = z
  .object({
    milliseconds: z.int().meta({ description: 'Talk time in milliseconds: exact.' }),
    credits: z.number().meta({ description: 'The amount in credits: 1 credit is 60,000 milliseconds.' }),
  })
  .meta({
    id: 'Amount',
    description: 'An amount of credit.',
    example: { milliseconds: 90_000, credits: 1.5 },
  })

export type Amount = z.infer<typeof Amount>

/** The amount of `milliseconds` of talk time. */
export function amountOf(milliseconds: number): Amount {
  return { milliseconds, credits: creditsFromMs(milliseconds) }
}
