import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@talktime/core/passwords/password-rule'
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

/** A password that somebody chooses. Whether it is good enough is checked apart, with its owner's words. */
export const NewPassword = z
  .string()
  .min(PASSWORD_LENGTH_MIN)
  .max(PASSWORD_LENGTH_MAX)
  .meta({
    format: 'password',
    description: `At least ${PASSWORD_LENGTH_MIN} characters, and not easy to guess.`,
  })
