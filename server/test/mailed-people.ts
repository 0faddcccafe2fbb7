import { cookieOf, type TestAnswer, type TestApp, testApp } from './app.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'

/** A server that delivers mail, and where people confirm their address. */
export type MailedApp = TestApp & {
  readonly mailbox: Mailbox
  /** The mails to an address so far, oldest first, once all that are due have been sent. */
  mailsTo(email: string): Promise<string[]>
  /** The token of the link in the newest mail to an address. */
  tokenTo(email: string): Promise<string>
  /** Signs up and confirms the address in the same browser. */
  join(email: string, options?: { readonly password?: string; readonly name?: string }): Promise<JoinedPerson>
}

export type JoinedPerson = { readonly cookie: string; readonly answer: TestAnswer }

/** A password that is good enough for anybody. */
export const goodPassword = 'walnut harbor eclipse'

export async function mailedApp(verifyEmail = true): Promise<MailedApp> {
  const mailbox = await openMailbox()
  const t = await testApp({
    config: { mail: { smtpUrl: mailbox.url, from: 'Talktime <hello@talktime.example>' }, verifyEmail },
  })
  const mailsTo = async (email: string) => {
    await t.app.access.signIn.mails.idle()
    return mailbox.mails.filter(({ to }) => to.includes(email)).map(({ source }) => source)
  }
  const tokenTo = async (email: string) => readToken((await mailsTo(email)).at(-1) ?? '')
  return {
    ...t,
    mailbox,
    mailsTo,
    tokenTo,
    async join(email, { password = goodPassword, name = 'Ada' } = {}) {
      const signedUp = await t.request('POST', '/v1/sign-up', { body: { name, email, password } })
      const answer = await t.request('POST', '/v1/email-confirmations/confirm', {
        cookie: cookieOf(signedUp),
        body: { token: await tokenTo(email) },
      })
      return { cookie: cookieOf(answer), answer }
    },
    async close() {
      await t.close()
      await mailbox.close()
    },
  }
}

/** Reads the token of a mail's link. */
export function readToken(source: string): string {
  return decodeURIComponent(/#token=([^\s"<>]+)/.exec(source)?.[1] ?? '')
}
