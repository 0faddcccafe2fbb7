import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime, { type Address } from 'postal-mime'

/** The folder for mails of a server without a mail server. */
export function mailFolder(dataDir: string): string {
  return join(dataDir, 'mail')
}

/** A mail in the folder. */
export type WrittenMail = {
  readonly id: string
  readonly date: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

const mailFileName = /^([a-z]+_[0-9a-f]{32})\.eml$/

/** Lists the ids of the mails in a folder, newest first. Returns an empty list if there is no folder. */
export async function listWrittenMails(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const ids = names.map((name) => mailFileName.exec(name)?.[1]).filter((id) => id !== undefined)
  // The part after the prefix begins with the time.
  const timeOf = (id: string) => id.slice(id.indexOf('_'))
  return ids.sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
}

/** Reads a mail of a folder by its id. Returns undefined if there is none. */
export async function readWrittenMail(folder: string, id: string): Promise<WrittenMail | undefined> {
  if (!(await listWrittenMails(folder)).includes(id)) return undefined
  const mail = await PostalMime.parse(await readFile(join(folder, `${id}.eml`)))
  return {
    id,
    date: mail.date ?? '',
    from: formatAddress(mail.from),
    to: (mail.to ?? []).map((address) => formatAddress(address)).join(', '),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
  }
}

function formatAddress(address: Address | undefined): string {
  const { name = '', address: at = '' } = address ?? {}
  return name === '' ? at : `${name} <${at}>`
}
