// Updates the dashboard's description of the API: saves /openapi.json of a running server and generates types from it.
// Usage: npm run schema -w web [-- ADDRESS]
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const address = process.argv[2] ?? 'http://127.0.0.1:4400'
const kept = new URL('openapi.json', import.meta.url)
const types = new URL('src/api/schema.gen.ts', import.meta.url)

const response = await fetch(`${address}/openapi.json`)
if (!response.ok) throw new Error(`${address}/openapi.json responded with ${response.status}`)
await writeFile(kept, `${JSON.stringify(await response.json(), null, 2)}\n`)
const description = JSON.parse(await readFile(kept, 'utf8'))
await writeFile(types, astToString(await openapiTS(description, { defaultNonNullable: false })))
console.log('Updated web/openapi.json and web/src/api/schema.gen.ts.')
