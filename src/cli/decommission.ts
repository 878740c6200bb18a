import { ConfigProviders } from '../config/providers/providers.ts'
import { parseConfig } from '../config/validate.ts'
import { parseListener } from '../config/worker/listeners.ts'
import { restKeys } from '../config/worker/rest.ts'
import { HerderError } from '../herder/errors.ts'
import type { Decommissioned } from '../herder/herder.ts'
import { UnreachableError, type WorkerAnswer } from '../herder/other-workers.ts'
import { WorkerClient } from '../herder/worker-client.ts'
import { logger } from '../observe/log.ts'
import { hide } from '../observe/secrets.ts'
import { readArguments } from './arguments.ts'
import { EXIT, Failure } from './exit.ts'
import { say } from './output.ts'
import { ENVIRONMENT, hasConnectVariables, readWorkerProperties } from './worker-properties.ts'
import { workerTls } from './worker-tls.ts'

const FORM = 'bunnect decommission [worker.properties | --url http://host:8083]'
const PATH = '/bunnect/decommission'
/** Connect's own default of `listeners`. */
const DEFAULT_URL = 'http://localhost:8083'
/** Tasks get task.shutdown.graceful.timeout.ms to stop, and that may be minutes. */
const TIMEOUT_MS = 15 * 60_000
/** A worker has no request wait longer than 90 s, and goes on: whoever asks again waits for the same. */
const GOES_ON = /^Request timed out\. The worker is currently decommissioning/
/** As many names as a person reads. */
const MOST_NAMES = 40

const log = logger('bunnect.cli.Decommission')
const addressKeys = {
  listeners: restKeys.listeners,
  'rest.advertised.host.name': restKeys['rest.advertised.host.name'],
}

/** `decommission [worker.properties | --url URL]`: has a running worker hand its work to the others of its group. */
export async function decommission(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(FORM, {
    args: argv,
    options: { url: { type: 'string' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (positionals.length > 1 || (file !== undefined && values.url !== undefined))
    throw new Failure(EXIT.usage, 'decommission takes the property file of one worker, or its URL', {
      hint: `Usage: ${FORM}`,
    })
  const { url, raw } = values.url === undefined ? await addressIn(file) : { url: values.url, raw: {} }
  const answer = await ask(url, raw)
  if (answer.status !== 200) throw refused(url, answer)
  say(told(url, decommissioned(url, answer)))
  return EXIT.ok
}

async function ask(url: string, raw: Readonly<Record<string, string>>): Promise<WorkerAnswer> {
  if (!/^https?:\/\/[^/]/.test(url))
    throw new Failure(EXIT.usage, `'${url}' is no URL of a worker`, { hint: `Usage: ${FORM}` })
  const client = new WorkerClient({ tls: () => workerTls(raw) })
  const end = performance.now() + TIMEOUT_MS
  try {
    for (;;) {
      const answer = await client.ask(url, { method: 'POST', path: PATH })
      if (!GOES_ON.test(messageOf(answer) ?? '') || performance.now() > end) return answer
    }
  } catch (error) {
    if (error instanceof UnreachableError)
      throw new Failure(EXIT.uncaught, `no worker answers at ${url}: ${error.message}`, {
        hint: 'Is it running? Give the worker.properties that it was started with, or its address with --url.',
        cause: error,
      })
    if (error instanceof HerderError)
      throw new Failure(EXIT.uncaught, `${url} could not be asked: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    throw error
  }
}

function messageOf({ body }: WorkerAnswer): string | undefined {
  return ((body ?? {}) as { message?: string }).message
}

function refused(url: string, answer: WorkerAnswer): Failure {
  const { status, hint } = answer
  if (status === 404)
    return new Failure(EXIT.uncaught, `the worker at ${url} does not know how to hand over its work`, {
      hint: 'It is a JVM worker, or an older bunnect: stop it with SIGTERM. Others take its work over after scheduled.rebalance.max.delay.ms.',
    })
  const message = messageOf(answer) ?? `HTTP ${status}`
  return new Failure(EXIT.uncaught, `the worker at ${url} refuses: ${message}`, { hint })
}

function decommissioned(url: string, { body }: WorkerAnswer): Decommissioned {
  const { connectors, tasks, delay } = (body ?? {}) as Partial<Decommissioned>
  if (!Array.isArray(connectors) || !Array.isArray(tasks))
    throw new Failure(EXIT.uncaught, `${url} answered what no worker of bunnect answers`, {
      hint: 'See what is behind this address.',
    })
  return { connectors, tasks, delay: delay ?? null }
}

function told(url: string, { connectors, tasks, delay }: Decommissioned): string {
  const left = `${url} has left its group and runs nothing any more. Its process is still there: stop it now (SIGTERM).\n`
  if (connectors.length + tasks.length === 0) return `There was nothing to hand over.\n${left}`
  const others =
    delay === null
      ? 'Other workers of the group are given this at once.'
      : `${delay[0]?.toUpperCase()}${delay.slice(1)}.`
  return [
    'Handed over:',
    ...names('connector', connectors),
    ...names(
      'task',
      tasks.map(({ connector, task }) => `${connector}-${task}`),
    ),
    others,
    left,
  ].join('\n')
}

function names(what: string, all: readonly string[]): string[] {
  if (all.length === 0) return []
  const more = all.length > MOST_NAMES ? ` and ${all.length - MOST_NAMES} more` : ''
  return [
    `  ${all.length} ${what}${all.length === 1 ? '' : 's'}: ${all.slice(0, MOST_NAMES).join(', ')}${more}`,
  ]
}

/** Where the worker of these properties listens, as seen from this machine. */
async function addressIn(
  file: string | undefined,
): Promise<{ url: string; raw: Readonly<Record<string, string>> }> {
  const path = file ?? (hasConnectVariables(process.env) ? ENVIRONMENT : null)
  if (path === null) return { url: DEFAULT_URL, raw: {} }
  const { values } = await readWorkerProperties(path)
  const raw = await withProvidersValues(values)
  const { listeners, 'rest.advertised.host.name': advertised } = parseConfig(addressKeys, raw)
  const all = listeners.map(parseListener)
  const { protocol, host, port } = all.find(listener => listener.protocol === 'http') ?? all[0]!
  if (port === 0)
    throw new Failure(
      EXIT.start,
      `${path}: listeners names no port, so nobody knows where the worker listens`,
      {
        hint: 'Give its address with --url; its log has it.',
      },
    )
  // A certificate is for the name by which others know the worker.
  const isAny = ['', '0.0.0.0', '::'].includes(host)
  const name = protocol === 'https' && advertised ? advertised : isAny ? 'localhost' : host
  return { url: `${protocol}://${name.includes(':') ? `[${name}]` : name}:${port}`, raw }
}

async function withProvidersValues(
  values: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const providers = ConfigProviders.open(values, log)
  try {
    const { config, replaced } = await providers.resolve(values)
    hide(replaced.map(({ value }) => value)) // Invariant 5.
    return config
  } finally {
    await providers.close()
  }
}
