import { compileAnswer } from '../transforms/script/compile-elsewhere.ts'
import { EXIT } from './exit.ts'
import { say } from './output.ts'

/** The process that a worker starts to have a script checked: a request on standard input, its answer on standard output. */
export async function compileScript(): Promise<number> {
  say(await compileAnswer(await Bun.stdin.text()))
  return EXIT.ok
}
