import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Config, loadConfig } from './config.ts'
import { systemClock } from './platform/clock.ts'
import { openServerDatabase, takeDataFolder } from './platform/database/connect.ts'
import { createLog } from './platform/log.ts'
import { StartProblem } from './platform/start-problem.ts'
import { welcome } from './welcome.ts'

/** How long requests in progress are waited for at the stop. */
const drainMsMax = 10_000

/** Aborted when the server is to stop, and when it is to stop without waiting for requests in progress. */
const stop = new AbortController()
const hurry = new AbortController()
listenForSignals()

/** What to undo at the stop, last thing first. */
const undo = new AsyncDisposableStack()
try {
  await start()
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
} catch (error) {
  if (!stop.signal.aborted) report('Talktime does not start.', error)
}
await undo.disposeAsync().catch((error: unknown) => report('Talktime did not stop in good order.', error))
process.exit()

async function start(): Promise<void> {
  const config = await loadConfig()
  const log = createLog(config.logLevel)
  const folder = await takeDataFolder(config, log)
  if (folder) undo.defer(folder.release)
  await checkPort(config)
  stop.signal.throwIfAborted()
  // The rooms are loaded while PostgreSQL starts, and not at all for a start that ends above.
  const loading = import('./app.ts')
  const loadingDemo = import('./demo/index.ts')
  for (const part of [loading, loadingDemo]) part.catch(() => {})
  const { database, stop: stopDatabase } = await openServerDatabase(config, folder, log)
  undo.defer(stopDatabase)
  const { createApp } = await loading
  stop.signal.throwIfAborted()
  const app = await createApp({ database, clock: systemClock, config, log })
  undo.defer(async () => {
    await Promise.race([app.close(), pause(drainMsMax, undefined, { signal: hurry.signal }).catch(() => {})])
  })
  stop.signal.throwIfAborted()
  const address = await app.listen().catch((error: unknown) => {
    throw listenProblem(config, error)
  })
  await folder?.announce(address)
  const { startDemo } = await loadingDemo
  const demo = await startDemo({ ...app, database, clock: systemClock, log, config, address })
  // Its calls are ended while the server still answers.
  undo.defer(demo.stop)
  console.log(
    welcome([
      `Talktime runs at ${config.publicUrl ?? address}`,
      'Open it in a browser and sign up; the API’s reference is at /docs.',
      ...demo.lines,
      'Ctrl-C stops it.',
    ]),
  )
  void demo.laterLines.then((lines) => {
    if (lines.length > 0 && !stop.signal.aborted) console.log(welcome(lines))
  })
}

/** A port that is taken is found out before anything is set up. */
async function checkPort({ port, host, ...config }: Config): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(listenProblem({ port, host, ...config }, error)))
    probe.listen(port, host, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

function listenProblem({ port, host }: Config, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartProblem(`Port ${port} of ${host} is in use by another program. Set PORT to a free one.`)
    case 'EACCES':
      return new StartProblem(`Port ${port} may not be used by this user. Set PORT to one above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartProblem(
        `HOST is "${host}", which is no address of this machine. Set it to 127.0.0.1 or 0.0.0.0.`,
      )
    default:
      return error
  }
}

/**
 * Ctrl-C, SIGTERM, a closed terminal, or the end of the script that started this process: each stops the server in
 * good order. One Ctrl-C may arrive several times, from the terminal and passed on; a second one, later, ends the
 * wait for requests in progress. PostgreSQL is always left to finish.
 */
function listenForSignals(): void {
  let stopAtMs = 0
  function onSignal(): void {
    if (!stop.signal.aborted) {
      stopAtMs = performance.now()
      console.error('Stopping …')
      stop.abort()
    } else if (performance.now() - stopAtMs > 500) {
      hurry.abort()
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.on('disconnect', onSignal)
  // Whoever read the output may be gone before the last line.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Reasons outside the program are told in their own words; anything else is a bug and is shown whole. */
function report(heading: string, error: unknown): void {
  process.exitCode = 1
  console.error(heading)
  console.error(error instanceof StartProblem ? error.message : error)
}
