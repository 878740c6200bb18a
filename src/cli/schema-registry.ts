import { join } from 'node:path'
import { readPropertiesFile } from '../config/files.ts'
import { parseListener } from '../config/worker/listeners.ts'
import { logger } from '../observe/log.ts'
import { type RegistryConfig, registryConfig, TLS_PREFIX } from '../registry/config.ts'
import { openRegistry } from '../registry/open.ts'
import { type RestServer, serve } from '../rest/server.ts'
import { readArguments } from './arguments.ts'
import { placeIn } from './complaints.ts'
import { EXIT, Failure } from './exit.ts'
import { listenerTls } from './listener-tls.ts'
import { REGISTRY_FILE } from './own-registry.ts'
import { untilSignal } from './signals.ts'

const FORM =
  'bunnect schema-registry [schema-registry.properties] [--listeners http://127.0.0.1:8081] [--data DIR]'
/** Nothing that the registry answers takes longer. */
const STOP_MS = 10_000

const log = logger('io.confluent.kafka.schemaregistry.rest.SchemaRegistryMain')

/** Serves a schema registry until a signal. Java: SchemaRegistryMain */
export async function schemaRegistry(argv: string[]): Promise<number> {
  const signal = untilSignal()
  try {
    const config = await readConfig(argv)
    const listeners = config.listeners.map(parseListener)
    const isHttps = listeners.some(({ protocol }) => protocol === 'https')
    const file = join(config.dataDir, REGISTRY_FILE)
    const registry = openRegistry({ file, settings: config.settings })
    let server: RestServer | undefined
    try {
      server = serve(listeners, [], isHttps ? { main: listenerTls(config.tls, TLS_PREFIX) } : {})
      server.mount(registry)
      log.info(`Server started, listening for requests at ${urls(server).join(', ')}; schemas are in ${file}`)
      return (await signal.received).exitCode
    } finally {
      // Who is being answered is answered first: what they were told is in the file then.
      await server?.close(STOP_MS)
      registry.close()
    }
  } finally {
    signal.dispose()
  }
}

async function readConfig(argv: string[]): Promise<RegistryConfig> {
  const { values, positionals } = readArguments(FORM, {
    args: argv,
    options: { listeners: { type: 'string' }, data: { type: 'string' } },
    allowPositionals: true,
  })
  if (positionals.length > 1)
    throw new Failure(EXIT.usage, 'schema-registry takes one property file', { hint: `Usage: ${FORM}` })
  const [path] = positionals
  const file = path === undefined ? null : await readPropertiesFile(path)
  for (const warning of file?.warnings ?? []) log.warn(warning)
  const raw = {
    ...file?.values,
    ...(values.listeners !== undefined && { listeners: values.listeners }),
    ...(values.data !== undefined && { 'bunnect.data.dir': values.data }),
  }
  try {
    const config = registryConfig(raw)
    if (config.unread.length > 0)
      log.warn(
        `${path}: nobody reads ${config.unread.join(', ')}; schemas are kept in ${join(config.dataDir, REGISTRY_FILE)}, not in Kafka`,
      )
    return config
  } catch (error) {
    throw placed(error, path, file?.lines)
  }
}

function placed(error: unknown, path: string | undefined, lines: ReadonlyMap<string, number> | undefined) {
  const message = (error as Error).message
  const key = [...(lines?.keys() ?? [])].find(one => message.includes(one))
  const place = path === undefined || key === undefined ? '' : `${placeIn({ path, lines: lines! }, key)}: `
  return new Failure(EXIT.start, place + message, { cause: error })
}

function urls({ bound }: RestServer): string[] {
  return bound.map(({ listener: { protocol, host }, port }) => {
    const shown = host === '' ? 'localhost' : host.includes(':') ? `[${host}]` : host
    return `${protocol}://${shown}:${port}`
  })
}
