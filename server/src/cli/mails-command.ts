import { Command, InvalidArgumentError } from 'commander'
import { mailFolder, readWrittenMail, type WrittenMail, writtenMailIds } from '../alerts/index.ts'
import { loadConfig } from '../config.ts'

/** `talktime mails` and `talktime mails show [ID]` */
export function mailsCommand(): Command {
  const show: Command = new Command('show')
    .description('print a mail as text: the newest, or the one that is named')
    .argument('[id]', 'as the list names it')
    .action(async (id?: string) => {
      const folder = await ownFolder()
      const wanted = id ?? (await writtenMailIds(folder))[0]
      const mail = wanted === undefined ? undefined : await readWrittenMail(folder, wanted)
      if (mail === undefined) {
        const named = wanted === undefined ? '' : ` ${wanted}`
        return show.error(`error: there is no mail${named} in ${folder}`)
      }
      console.log(asText(mail))
    })
  return new Command('mails')
    .description('list the mails that were written to the data folder, newest first')
    .helpCommand(false)
    .option('--limit <count>', 'how many at most', countValue, 20)
    .action(async ({ limit }: { readonly limit: number }) => {
      const folder = await ownFolder()
      const ids = await writtenMailIds(folder)
      if (ids.length === 0) console.error(`There are no mails in ${folder}.`)
      for (const id of ids.slice(0, limit)) {
        const mail = await readWrittenMail(folder, id)
        if (mail !== undefined) console.log(`${id}  ${mail.date}  ${mail.to}  ${mail.subject}`)
      }
    })
    .addCommand(show)
}

async function ownFolder(): Promise<string> {
  const { dataDir, mail } = await loadConfig()
  if (mail.smtpUrl !== undefined) console.error('TALKTIME_SMTP_URL is set: newer mails went to that server.')
  return mailFolder(dataDir)
}

function asText({ date, from, to, subject, text }: WrittenMail): string {
  return `From: ${from}\nTo: ${to}\nDate: ${date}\nSubject: ${subject}\n\n${text.trimEnd()}`
}

function countValue(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.')
}
