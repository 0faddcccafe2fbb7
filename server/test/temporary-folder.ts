import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, on Linux. */
const MEMORY_FOLDER = '/dev/shm'
const SPACE_BYTES_MIN = 2 * 1024 ** 3

/**
 * The folder for databases that live as long as a test: in memory where there is room for hundreds of them. Killing a
 * process loses nothing that it wrote to a file there, just as on a disk.
 */
export async function fastestFolder(): Promise<string> {
  const memory = await statfs(MEMORY_FOLDER).catch(() => undefined)
  const spaceBytes = memory === undefined ? 0 : memory.bavail * memory.bsize
  return spaceBytes >= SPACE_BYTES_MIN && freemem() >= SPACE_BYTES_MIN ? MEMORY_FOLDER : tmpdir()
}

/** Makes a temporary folder for one test or test file. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(await fastestFolder(), 'talktime-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
