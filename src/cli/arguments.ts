import { type ParseArgsConfig, parseArgs } from 'node:util'
import { EXIT, Failure } from './exit.ts'

/** Options and positionals of one command; what is wrong with them is a usage error with the command's `form`. */
export function readArguments<T extends ParseArgsConfig>(form: string, config: T) {
  try {
    return parseArgs(config)
  } catch (error) {
    const message = (error as Error).message.replace(/ To specify a positional argument.*/s, '')
    throw new Failure(EXIT.usage, message, { hint: `Usage: ${form}`, cause: error })
  }
}
