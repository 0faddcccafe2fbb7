import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** A mail as received over SMTP. */
export type ReceivedMail = { readonly to: readonly string[]; readonly source: string }

/** A real mail server on a free port that keeps every mail it accepts. */
export type Mailbox = {
  /** The value for TALKTIME_SMTP_URL. */
  readonly url: string
  readonly mails: ReceivedMail[]
  /** Whether it accepts mails. While `false`, it responds with 451 Busy. */
  open: boolean
  /** Addresses that it rejects with 550 No such user. */
  readonly unknown: Set<string>
  close(): Promise<void>
}

export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom(_address, _session, callback) {
      callback(mailbox.open ? null : answer(451, '4.3.2 Busy. Come again later.'))
    },
    onRcptTo({ address }, _session, callback) {
      callback(mailbox.unknown.has(address) ? answer(550, '5.1.1 No such user here') : null)
    },
    onData(stream, { envelope }, callback) {
      text(stream).then((source) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), source: readable(source) })
        callback()
      }, callback)
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const mailbox: Mailbox = {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    open: true,
    unknown: new Set(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return mailbox
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}

/** Decodes a mail's quoted-printable text, so that tests can search its sentences. */
export function readable(source: string): string {
  return source
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
