import { parseArgs } from 'node:util'
import { readPropertiesFile } from '../config/files.ts'
import { exportJavaOffsets } from '../stores/open-offsets.ts'
import { EXIT, Failure } from './exit.ts'

const FORM = 'bunnect offsets export --java FILE worker.properties'

/** `offsets export --java FILE worker.properties`: the way back to the JVM's standalone worker. */
export async function offsets(argv: string[]): Promise<number> {
  const { values, positionals } = arguments_(argv)
  const [verb, workerFile] = positionals
  if (verb !== 'export' || !values.java || !workerFile || positionals.length > 2) {
    throw new Failure(EXIT.usage, 'offsets needs: export, --java FILE and the worker properties.', {
      hint: FORM,
    })
  }
  const properties = await readPropertiesFile(workerFile)
  const file = properties.values['offset.storage.file.filename']
  if (!file) {
    throw new Failure(EXIT.start, `${workerFile} has no offset.storage.file.filename.`, {
      hint: 'Only standalone workers keep their offsets in a file.',
    })
  }
  const count = await exportJavaOffsets(file.trim(), values.java)
  process.stdout.write(
    `Wrote ${count} source ${count === 1 ? 'offset' : 'offsets'} to ${values.java}. ` +
      'Point offset.storage.file.filename of the JVM worker at it.\n',
  )
  return EXIT.ok
}

function arguments_(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: { java: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message, { hint: FORM })
  }
}
