import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Config, loadConfig } from './config.ts'
import { openServerDatabase, takeDataFolder } from './platform/database/connect.ts'
import { divideHandles } from './platform/file-handles.ts'
import { createLog } from './platform/log.ts'
import { createServerClock } from './platform/server-clock.ts'
import { StartProblem } from './platform/start-problem.ts'
import { formatWelcome } from './welcome.ts'

/** How long a stop waits for requests in progress. */
const DRAIN_MS_MAX = 10_000

/** Signals within this time of the first one are taken as repeats of it. */
const REPEATED_SIGNAL_MS = 500

/** Aborted when the server should stop. */
const stop = new AbortController()
/** Aborted when the stop should no longer wait for requests in progress. */
const hurry = new AbortController()
listenForSignals()

/** What a stop undoes, in reverse order. */
const undo = new AsyncDisposableStack()
try {
  await start()
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
} catch (error) {
  if (!stop.signal.aborted) report('Talktime could not start.', error)
}
await undo.disposeAsync().catch((error: unknown) => report('Talktime did not shut down cleanly.', error))
process.exit()

async function start(): Promise<void> {
  const config = await loadConfig()
  const handles = divideHandles()
  const log = createLog(config.logLevel)
  const folder = await takeDataFolder(config, log)
  if (folder) undo.defer(folder.release)
  await checkPort(config)
  stop.signal.throwIfAborted()
  // The rooms load while PostgreSQL starts. A start that fails above never loads them.
  const loading = import('./app.ts')
  const loadingDemo = import('./demo/index.ts')
  for (const part of [loading, loadingDemo]) part.catch(() => {})
  const { database, stop: stopDatabase } = await openServerDatabase(config, folder, log)
  undo.defer(stopDatabase)
  const { createApp } = await loading
  stop.signal.throwIfAborted()
  const clock = createServerClock({ log })
  const postgresFolder = folder?.folder
  const app = await createApp({ database, clock, config, log, postgresFolder, handles })
  undo.defer(async () => {
    await Promise.race([
      app.close(),
      pause(DRAIN_MS_MAX, undefined, { signal: hurry.signal }).catch(() => {}),
    ])
  })
  stop.signal.throwIfAborted()
  const address = await app.listen().catch((error: unknown) => {
    throw explainListenError(config, error)
  })
  await folder?.announce(address)
  const { startDemo } = await loadingDemo
  const demo = await startDemo({ ...app, database, clock, log, config, address })
  // The demo ends its calls while the server still answers.
  undo.defer(demo.stop)
  console.log(
    formatWelcome([
      `Talktime runs at ${config.publicUrl ?? address}`,
      'Open it in a browser and sign up. The API reference is at /docs.',
      ...demo.lines,
      'Press Ctrl-C to stop it.',
    ]),
  )
  void demo.laterLines.then((lines) => {
    if (lines.length > 0 && !stop.signal.aborted) console.log(formatWelcome(lines))
  })
}

/** Fails if the port is taken, before anything is set up. */
async function checkPort({ port, host, ...config }: Config): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(explainListenError({ port, host, ...config }, error)))
    probe.listen(port, host, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

/** The problem that a failure to listen is reported as; any other error stays what it is. */
function explainListenError({ port, host }: Config, error: unknown): unknown {
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
 * Stops the server on Ctrl-C, SIGTERM, a closed terminal, or the end of the script that started this process. One Ctrl-C
 * may arrive several times: from the terminal, and passed on by the script. A second one, at least half a second later,
 * ends the wait for requests in progress. PostgreSQL always gets to finish.
 */
function listenForSignals(): void {
  let stopAtMs = 0
  function onSignal(): void {
    if (!stop.signal.aborted) {
      stopAtMs = performance.now()
      console.error('Stopping …')
      stop.abort()
    } else if (performance.now() - stopAtMs > REPEATED_SIGNAL_MS) {
      hurry.abort()
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.on('disconnect', onSignal)
  // The reader of the output may be gone before the last line.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Prints why the server stops. A StartProblem explains itself; anything else is a bug, printed with its stack. */
function report(heading: string, error: unknown): void {
  process.exitCode = 1
  console.error(heading)
  console.error(error instanceof StartProblem ? error.message : error)
}
