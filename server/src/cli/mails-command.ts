import { Command, InvalidArgumentError } from 'commander'
import { readSettings } from '../config.ts'
import { requireDataFolder } from '../platform/data-folder.ts'
import {
  listWrittenMails,
  mailFolder,
  readWrittenMail,
  type WrittenMail,
} from '../platform/mail/mail-folder.ts'
import { print } from './print.ts'

/** `talktime mails` and `talktime mails show [ID]` */
export function mailsCommand(): Command {
  const show: Command = new Command('show')
    .description('print a mail as text: the newest, or the one with this id')
    .argument('[id]', 'its id, as the list shows it')
    .action(async (id?: string) => {
      const folder = await openMailFolder()
      const wanted = id ?? (await listWrittenMails(folder))[0]
      const mail = wanted === undefined ? undefined : await readWrittenMail(folder, wanted)
      if (mail === undefined) {
        const named = wanted === undefined ? '' : ` ${wanted}`
        return show.error(`error: no mail${named} in ${folder}`)
      }
      await print(formatMail(mail))
    })
  return new Command('mails')
    .description('list the mails in the data folder, newest first')
    .helpCommand(false)
    .option('--limit <count>', 'the maximum number of mails', parseCount, 20)
    .action(async ({ limit }: { readonly limit: number }) => {
      const folder = await openMailFolder()
      const ids = await listWrittenMails(folder)
      if (ids.length === 0) console.error(`There are no mails in ${folder}.`)
      for (const id of ids.slice(0, limit)) {
        const mail = await readWrittenMail(folder, id)
        if (mail !== undefined) await print(`${id}  ${mail.date}  ${mail.to}  ${mail.subject}`)
      }
    })
    .addCommand(show)
}

/** The folder of mails. Warns if mails go to a mail server instead. */
async function openMailFolder(): Promise<string> {
  const { dataDir, mail } = readSettings()
  if (mail.smtpUrl !== undefined)
    console.error('TALKTIME_SMTP_URL is set: newer mails were sent through that server.')
  await requireDataFolder(dataDir)
  return mailFolder(dataDir)
}

function formatMail({ date, from, to, subject, text }: WrittenMail): string {
  return `From: ${from}\nTo: ${to}\nDate: ${date}\nSubject: ${subject}\n\n${text.trimEnd()}`
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.')
}
