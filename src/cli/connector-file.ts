import { readFile } from 'node:fs/promises'
import { connectorKeys } from '../config/connector/common.ts'
import { validateConnector } from '../config/connector-config.ts'
import { type ConnectorFile, readConnectorFile } from '../config/files.ts'
import { ConnectException } from '../data/errors.ts'
import type { ConfigResolver } from '../herder/config-resolver.ts'
import type { Herder } from '../herder/herder.ts'
import { logger } from '../observe/log.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { complaints, placeIn } from './complaints.ts'
import { EXIT, Failure, hintOf, sentence } from './exit.ts'

const log = logger('org.apache.kafka.connect.cli.ConnectStandalone')

export interface ConnectorFileContext {
  herder: Herder
  plugins: PluginRegistry
  /** The worker's configuration as written. */
  worker: Readonly<Record<string, string>>
  /** Values for references, as the herder has checked them. */
  resolver: Pick<ConfigResolver, 'resolve'>
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
      (await problemsOf(file, context)) ?? [`${path}: ${sentence((error as Error).message, hintOf(error))}`],
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
    import('../data/json/jackson-parser.ts'),
    import('../data/json/parse-error.ts'),
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
async function problemsOf(
  file: ConnectorFile,
  { plugins, worker, resolver }: ConnectorFileContext,
): Promise<string[] | null> {
  try {
    const { config } = await resolver.resolve(file.config)
    const { keys, errorCount } = await validateConnector(config, { plugins, worker })
    if (errorCount === 0) return null
    const known = new Set(keys.filter(key => key.spec !== null).map(key => key.name))
    const problems = keys.flatMap(({ name, spec, errors }) =>
      withoutEcho(name, errors).map(message => ({ key: name, message, spec })),
    )
    return complaints(problems, { ...file, isKnown: key => known.has(key), plugins })
  } catch (error) {
    if (!(error instanceof ConnectException)) throw error
    const key = 'connector.class'
    if (file.lines.has(key)) return [sentence(`${placeIn(file, key)}: ${error.message}`, hintOf(error))]
    const isKnown = (other: string) => Object.hasOwn(connectorKeys, other)
    return complaints([{ key, message: error.message, spec: null }], { ...file, isKnown, plugins })
  }
}

/** Without the JVM's complaint that a malformed value, which it has put null for, is null. */
function withoutEcho(name: string, [first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return []
  return [first, ...rest.filter(text => !text.startsWith(`Invalid value null for configuration ${name}:`))]
}

/** Java: the line of ConnectStandalone, with the reason instead of a stack below it. */
function failed(reasons: string[], cause: unknown): Failure {
  const lines = reasons.map(reason => `Failed to create connector for ${reason}`)
  return new Failure(EXIT.herder, lines.join('\n'), { cause, hint: '' })
}
