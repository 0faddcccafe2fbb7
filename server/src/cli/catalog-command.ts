import { resolve } from 'node:path'
import { Command } from 'commander'
import { replaceCatalog } from '../plans/index.ts'
import { print } from './print.ts'
import { withDatabase } from './with-database.ts'

/** `talktime catalog load FILE`. Older scripts call it `catalogue`. */
export function catalogCommand(name: 'catalog' | 'catalogue'): Command {
  const load = new Command('load')
    .description('load plans and packages from a file into the catalog, replacing those with the same ids')
    .argument('<file>', 'JSON in the form of server/catalog.json')
    .action(async (file: string) => {
      const loaded = await withDatabase(({ database, nowMs }) =>
        database.transaction((tx) =>
          replaceCatalog(tx, resolve(file), { actor: 'command_line', atMs: nowMs }),
        ),
      )
      await print(`Loaded ${loaded.plans} plans and ${loaded.packages} packages.`)
    })
  return new Command(name).description('plans and packages').helpCommand(false).addCommand(load)
}
