import { z } from 'zod'

/** An email address in lower case, so that it names one user however it is typed. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('"email" must be an email address, such as ada@example.com.').max(254))
  .meta({ example: 'ada@example.com' })

export const RoleName = z.enum(['owner', 'admin', 'member']).meta({
  description:
    'owner: may do everything. admin: may do everything except change owners. member: may only read.',
})

/** A name that a person chose for something. */
export const Name = z.string().trim().min(1).max(100)
