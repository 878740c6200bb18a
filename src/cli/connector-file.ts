import { readFile } from 'node:fs/promises'
import { validateConnector } from '../config/connector-config.ts'
import { type ConnectorFile, readConnectorFile } from '../config/files.ts'
import { ConnectException } from '../data/errors.ts'
import type { Herder } from '../herder/herder.ts'
import { logger } from '../observe/log.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { EXIT, Failure, hintOf, sentence } from './exit.ts'
import { wayOut } from './way-out.ts'

const log = logger('bunnect.cli.ConnectorFile')

export interface ConnectorFileContext {
  herder: Herder
  plugins: PluginRegistry
  /** The worker's configuration as written. */
  worker: Readonly<Record<string, string>>
}

/** Creates the connector that a file of the command line describes. Whatever is wrong is a Failure with the place. */
export async function createConnector(path: string, context: ConnectorFileContext): Promise<void> {
  const file = await read(path)
  for (const warning of file.warnings) log.warn(warning)
  try {
    await context.herder.putConnector(file.name, file.config, {
      replace: false,
      ...(file.initialState && { initialState: file.initialState }),
    })
    log.info(`Created connector ${file.name}`)
  } catch (error) {
    throw failed(
      complaints(file, context) ?? [`${path}: ${sentence((error as Error).message, hintOf(error))}`],
      error,
    )
  }
}

async function read(path: string): Promise<ConnectorFile> {
  try {
    return await readConnectorFile(path)
  } catch (error) {
    const { message } = error as Error
    const text = message.startsWith(path) ? message : `${path}: ${message}`
    const better = (error as Error).cause instanceof SyntaxError ? await jsonComplaint(path) : null
    throw failed([sentence(better ?? text, hintOf(error))], error)
  }
}

/** Where and why a text is no JSON; the native parser does not tell. */
async function jsonComplaint(path: string): Promise<string | null> {
  const [{ parseJson }, { JsonParseException }] = await Promise.all([
    import('../converters/json/jackson-parser.ts'),
    import('../converters/json/parse-error.ts'),
  ])
  try {
    parseJson(await readFile(path))
    return null
  } catch (error) {
    if (!(error instanceof JsonParseException)) throw error
    const [why = '', ...rest] = error.message.split('\n at ')
    const [, line, column] = /line: (\d+), column: (\d+)\]$/.exec(rest.join('')) ?? []
    return `${path}:${line}:${column}: not valid JSON: ${why.replace(/ \(start marker at .*\)$/, '')}`
  }
}

/** The problems of the configuration, each where its key stands; null if there is no such problem. */
function complaints(file: ConnectorFile, { plugins, worker }: ConnectorFileContext): string[] | null {
  const place = (key: string) => (file.lines.has(key) ? `${file.path}:${file.lines.get(key)}` : file.path)
  try {
    const { keys, errorCount } = validateConnector(file.config, { plugins, worker })
    if (errorCount === 0) return null
    const all = keys.flatMap(({ name, spec, errors }) =>
      errors.map(message =>
        sentence(`${place(name)}: ${message}`, wayOut({ key: name, message, spec }, file.path, plugins)),
      ),
    )
    return [...new Set(all)]
  } catch (error) {
    if (!(error instanceof ConnectException)) throw error
    return [`${place('connector.class')}: ${error.message}`]
  }
}

/** Java: the line of ConnectStandalone, with the reason instead of a stack below it. */
function failed(reasons: string[], cause: unknown): Failure {
  const lines = reasons.map(reason => `Failed to create connector for ${reason}`)
  return new Failure(EXIT.herder, lines.join('\n'), { cause, hint: '' })
}
