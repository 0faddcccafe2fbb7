import { z } from 'zod'

/** An email address, in lower case: it names one account however it is typed. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('"email" must be an email address, such as ada@example.com.').max(254))
  .meta({ example: 'ada@example.com' })

export const RoleName = z
  .enum(['owner', 'admin', 'member'])
  .meta({ description: 'owner: everything. admin: everything but owners. member: may look.' })

/** A name that people gave to something. */
export const Name = z.string().trim().min(1).max(100)
