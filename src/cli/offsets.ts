import { readPropertiesFile } from '../config/files.ts'
import { exportJavaOffsets } from '../stores/open-offsets.ts'
import { readArguments } from './arguments.ts'
import { EXIT, Failure } from './exit.ts'
import { say } from './output.ts'

const FORM = 'bunnect offsets export --java FILE worker.properties'
const KEY = 'offset.storage.file.filename'

/** `offsets export --java FILE worker.properties`: the way back to the JVM's standalone worker. */
export async function offsets(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(FORM, {
    args: argv,
    options: { java: { type: 'string' } },
    allowPositionals: true,
  })
  const [verb, workerFile] = positionals
  if (verb !== 'export' || !values.java || !workerFile || positionals.length > 2)
    throw new Failure(EXIT.usage, 'offsets needs export, --java FILE and the worker properties', {
      hint: `Usage: ${FORM}`,
    })
  const worker = await readPropertiesFile(workerFile)
  const file = worker.values[KEY]?.trim()
  if (!file)
    throw new Failure(EXIT.start, `${workerFile}: ${KEY} is missing`, {
      hint: 'Give the file of the standalone worker whose offsets are wanted.',
    })
  const count = await exportJavaOffsets(file, values.java)
  say(
    `Wrote ${count} source ${count === 1 ? 'offset' : 'offsets'} to ${values.java}. ` +
      `Point ${KEY} of the JVM worker at it.\n`,
  )
  return EXIT.ok
}
