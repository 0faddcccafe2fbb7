import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime, { type Address } from 'postal-mime'

/** Where mails are written to where there is no mail server. */
export function mailFolder(dataDir: string): string {
  return join(dataDir, 'mail')
}

/** A mail that was written into the folder. */
export type WrittenMail = {
  readonly id: string
  readonly date: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

const fileName = /^([a-z]+_[0-9a-f]{32})\.eml$/

/** The names of the mails in the folder, the newest first; none where there is no folder. */
export async function writtenMailIds(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const ids = names.map((name) => fileName.exec(name)?.[1]).filter((id) => id !== undefined)
  // What follows the prefix begins with the time.
  const timeOf = (id: string) => id.slice(id.indexOf('_'))
  return ids.sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
}

/** Undefined where there is none of this name. */
export async function readWrittenMail(folder: string, id: string): Promise<WrittenMail | undefined> {
  if (!(await writtenMailIds(folder)).includes(id)) return undefined
  const mail = await PostalMime.parse(await readFile(join(folder, `${id}.eml`)))
  return {
    id,
    date: mail.date ?? '',
    from: addressOf(mail.from),
    to: (mail.to ?? []).map((address) => addressOf(address)).join(', '),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
  }
}

function addressOf(address: Address | undefined): string {
  const { name = '', address: at = '' } = address ?? {}
  return name === '' ? at : `${name} <${at}>`
}
