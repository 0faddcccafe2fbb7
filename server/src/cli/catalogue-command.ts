import { resolve } from 'node:path'
import { Command } from 'commander'
import { loadCatalog } from '../plans/index.ts'
import { withDatabase } from './with-database.ts'

/** `talktime catalogue load FILE` */
export function catalogueCommand(): Command {
  const load = new Command('load')
    .description('put the plans and packages of a file into the catalogue, replacing those of the same ids')
    .argument('<file>', 'JSON in the form of server/catalogue.json')
    .action(async (file: string) => {
      const loaded = await withDatabase(({ database }) =>
        database.transaction((tx) => loadCatalog(tx, resolve(file), 'replace')),
      )
      console.log(`Loaded ${loaded.plans} plans and ${loaded.packages} packages.`)
    })
  return new Command('catalogue').description('plans and packages').helpCommand(false).addCommand(load)
}
