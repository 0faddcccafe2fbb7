import { api, readBody } from '../../api/client.ts'

/** Has the mail sent again that confirms an email address. */
export const requestConfirmation = (email: string) =>
  readBody(api.POST('/v1/email-confirmations', { body: { email } }))
