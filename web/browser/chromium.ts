import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * A Chromium for tests: one that is installed on the machine and starts, or else the one that comes as an npm
 * package.
 */
export async function launchBrowser(): Promise<Browser> {
  for (const executablePath of installed.filter((path) => existsSync(path))) {
    try {
      return await launch({ executablePath })
    } catch {
      // Some systems have a script there that only says how to install the browser.
    }
  }
  return launchPackagedBrowser()
}

/** The Chromium that comes as an npm package. */
export async function launchPackagedBrowser(): Promise<Browser> {
  return launch(await packagedChromium())
}

type Installation = { executablePath: string; env?: Record<string, string> }

// /dev/shm is too small for a browser in many containers.
const launch = (installation: Installation) =>
  chromium.launch({ ...installation, args: ['--disable-dev-shm-usage', '--font-render-hinting=none'] })

/**
 * Unpacks the Chromium of @sparticuz/chromium once, into node_modules. The package itself unpacks into the
 * temporary folder, where a file cut short by a killed test run, or one that another run is still writing, counts
 * as done: so it is given a folder of its own, which is put in place when complete.
 */
async function packagedChromium(): Promise<Installation> {
  const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../..')
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..')
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  const folder = join(projectRoot, 'node_modules/.talktime-chromium', `${version}-with-fonts`)
  if (!existsSync(folder)) await unpack(folder)
  const executablePath = join(folder, 'chromium')
  const ofFonts = { FONTCONFIG_PATH: join(folder, 'fonts'), XDG_CACHE_HOME: join(folder, 'cache') }
  const env = { ...stringsOf(process.env), ...ofFonts }
  if (spawnSync(executablePath, ['--version']).status === 0) return { executablePath, env }
  // The package brings the libraries that the machine lacks.
  return { executablePath, env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } }
}

/** The package's own names folders of other machines: a browser that finds no font draws no text at all. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`

async function unpack(folder: string): Promise<void> {
  const { default: packaged, inflate } = await import('@sparticuz/chromium')
  const draft = `${folder}.${process.pid}`
  await mkdir(draft, { recursive: true })
  const temporaryFolder = process.env.TMPDIR
  process.env.TMPDIR = draft
  try {
    await packaged.executablePath()
    await inflate(
      join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin/al2023.tar.br'),
    )
  } finally {
    if (temporaryFolder === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = temporaryFolder
  }
  await writeFile(join(draft, 'fonts/fonts.conf'), fontsConf)
  try {
    await rename(draft, folder)
  } catch {
    // Another process was first.
    await rm(draft, { recursive: true })
  }
}

const stringsOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
