import { fileFault, StartProblem } from '../platform/start-problem.ts'

/** The result of a command could not be printed. */
export class PrintProblem extends StartProblem {
  override name = 'PrintProblem'
  /** Whether the reader has gone, as `head` does once it has seen enough. */
  readonly isClosed: boolean

  constructor(error: NodeJS.ErrnoException) {
    super(`The result could not be written to standard output: ${fileFault(error)}.`)
    this.isClosed = error.code === 'EPIPE'
  }
}

/** Prints a line of a command's result. Rejects with PrintProblem unless all of it was taken. */
export function print(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => (error ? reject(new PrintProblem(error)) : resolve()))
  })
}
