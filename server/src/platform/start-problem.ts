/**
 * Talktime cannot start or go on for a reason outside the program. The message consists of whole sentences for the person
 * at the terminal, who sees no stack trace.
 */
export class StartProblem extends Error {
  override name = 'StartProblem'
}

/** Describes a file system error as the end of a sentence, such as "the disk is full". */
export function fileFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return FILE_FAULTS[code] ?? (error instanceof Error ? error.message : String(error))
}

const FILE_FAULTS: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exceeded',
  EFBIG: 'the size limit for files is reached',
  EISDIR: 'it is a folder and not a file',
  ENOTDIR: 'a part of the path is a file and not a folder',
  EEXIST: 'a file with this name already exists',
  ENOENT: 'no file can be created there',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the path is too long',
}

/** Hides the password in a URL, so that a message can show it. */
export function hidePassword(text: string): string {
  return text.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@')
}
