/**
 * Talktime can't start, or can't go on, for a reason that lies outside the program. The message is whole
 * sentences for the person at the terminal, who sees it without a stack trace.
 */
export class StartProblem extends Error {
  override name = 'StartProblem'
}

/** What an error of the file system means, as the end of a sentence: "the disk is full". */
export function fileFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return fileFaults[code] ?? (error instanceof Error ? error.message : String(error))
}

const fileFaults: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the size limit for files is reached',
  ENOTDIR: 'a part of the path is a file and not a folder',
  EEXIST: 'a file stands there already',
  ENOENT: 'no file can be made there',
  ELOOP: 'its symbolic links go round in a circle',
  ENAMETOOLONG: 'the path is too long',
}

/** An address as a message may show it. */
export function withoutPassword(text: string): string {
  return text.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@')
}
