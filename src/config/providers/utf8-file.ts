import { readFile } from 'node:fs/promises'
import { ConfigException } from '../../data/errors.ts'

/** The whole of a file. Throws ConfigException with `message` when it cannot be read or is not UTF-8. */
export async function utf8File(file: string, message: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file))
  } catch (cause) {
    throw new ConfigException(message, {
      cause,
      hint: `The worker must be able to read it: ${(cause as NodeJS.ErrnoException).code ?? 'it is not UTF-8'}.`,
    })
  }
}
