import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { freePort } from '../servers/ports.ts'
import { until } from '../servers/run.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'
import type { ComparableAnswer } from './allowed-differences.ts'
import { type RawAnswer, rawRequest } from './raw-http.ts'
import type { Step } from './rest-script.ts'
import type { OpenApi } from './schema-check.ts'

export type Mode = 'standalone' | 'distributed'

export interface Recording {
  answers: ComparableAnswer[]
  /** By index: the answer as it came, for the document to be held against. */
  raw: { status: number; text: string }[]
  /** What the worker says at /openapi.json; null on the JVM. */
  document: OpenApi | null
}

export interface RecordOptions {
  side: Side
  mode: Mode
  bootstrap: string
  dir: string
  script: readonly Step[]
  /** Keys of the worker beyond the usual ones; `$ADMIN` stands for a free port. */
  worker?: Record<string, string>
}

/**
 * Runs the script against a worker of this side and returns its answers by index, freed of what differs between any
 * two runs. Folders of all runs need names of one length: parse errors tell the column.
 */
export async function record(options: RecordOptions): Promise<Recording> {
  const { side, mode, bootstrap, dir, script } = options
  mkdirSync(dir, { recursive: true })
  await Bun.write(join(dir, 'in.txt'), 'one\ntwo\n')
  const admin = await freePort()
  const more = Object.entries(options.worker ?? {}).map(([key, value]) => [
    key,
    value.replace('$ADMIN', String(admin)),
  ])
  const worker = await startWorker(side, {
    bootstrap,
    mode,
    dir,
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      ...(mode === 'distributed' && groupKeys(`rest-${process.pid}-${basename(dir)}`)),
      ...Object.fromEntries(more),
    },
  })
  const recording: Recording = { answers: [], raw: [], document: null }
  const { answers, raw } = recording
  try {
    // Distributed workers answer from a state that may be empty until they have joined their group.
    await until('the worker to be healthy', async () => (await worker.fetch('/health')).status === 200)
    for (const step of script) {
      const port = step.admin ? admin : worker.port
      const answer = await answerTo(side, worker, port, step)
      raw.push({ status: answer.status, text: answer.body })
      answers.push(comparableAnswer(worker, step, answer))
      if (step.settles !== undefined) await worker.awaitState(...step.settles)
      if (step.awaits !== undefined) await awaitText(worker, step.awaits)
    }
    if (side === 'bunnect')
      recording.document = (await (await worker.fetch('/openapi.json')).json()) as OpenApi
  } catch (error) {
    throw new Error(
      `${side} at "${script[answers.length]?.name ?? script[answers.length - 1]?.name}": ${error}`,
      { cause: error },
    )
  } finally {
    await worker.stop()
  }
  return recording
}

function groupKeys(name: string): Record<string, string> {
  return {
    'group.id': name,
    'config.storage.topic': `${name}-configs`,
    'offset.storage.topic': `${name}-offsets`,
    'status.storage.topic': `${name}-status`,
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'offset.storage.partitions': '1',
    'status.storage.partitions': '1',
  }
}

async function awaitText(worker: ConnectWorker, [path, text]: [path: string, text: RegExp]): Promise<void> {
  let seen = ''
  await until(`${text} at ${path}`, async () => {
    seen = await (await worker.fetch(path)).text()
    return text.test(seen)
  }).catch(error => {
    throw new Error(`${error.message}; last answer: ${seen}`, { cause: error })
  })
}

async function answerTo(side: Side, worker: ConnectWorker, port: number, step: Step): Promise<RawAnswer> {
  const fill = (text: string) => text.replaceAll('$DIR', worker.dir).replaceAll('$RUN', basename(worker.dir))
  const body = step.body === undefined ? undefined : fill(step.body)
  const ask = () =>
    rawRequest(port, step.method, step.path, step.headers, body).catch(error => ({
      status: 0,
      headers: {},
      body: String(error),
    }))
  return await until(`an answer to ${step.name}${step.until ? ` with ${step.until}` : ''}`, async () => {
    const answer = await ask()
    // Some milliseconds after each change of the JVM; nothing was done then. Ours holds the request meanwhile.
    if (side === 'jvm' && MOMENTARY.test(answer.body)) return false
    return (step.until === undefined || answer.body.search(step.until) >= 0) && answer
  })
}

/** What the JVM says in distributed mode while it knows that its group is about to change. */
const MOMENTARY = /because a rebalance is expected|momentarily due to stale configuration/

const COMPARED = [
  'vary',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
  'access-control-allow-credentials',
  'x-one',
  'x-two',
]

function comparableAnswer(
  worker: ConnectWorker,
  step: Step,
  { status, headers, body }: RawAnswer,
): ComparableAnswer {
  const general = body
    .replaceAll(worker.dir, '$DIR')
    .replaceAll(`rest-differential-${basename(worker.dir)}`, 'rest-differential-$RUN')
    .replaceAll(`127.0.0.1:${worker.port}`, 'WORKER')
    .replace(/"last_modified":\d+/g, '"last_modified":"TIME"')
  const others = COMPARED.flatMap(name => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value.split(/, */).toSorted().join(',')] as const]
  })
  return {
    status,
    contentType: headers['content-type'],
    location: headers['location']?.replaceAll(`127.0.0.1:${worker.port}`, 'WORKER'),
    allow: headers['allow'],
    ...(others.length > 0 && { headers: Object.fromEntries(others) }),
    body:
      step.path.startsWith('/admin/loggers') && step.method === 'GET'
        ? ownLoggers(comparable(general))
        : comparable(general),
  }
}

/** Which loggers a program has is its own affair: those of the script are compared. */
function ownLoggers(list: unknown): unknown {
  if (typeof list !== 'object' || list === null || 'level' in list || 'error_code' in list) return list
  return Object.fromEntries(Object.entries(list).filter(([name]) => name.startsWith('org.example')))
}

function comparable(text: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return text
  }
  return withoutFrames(parsed)
}

/** Of a trace only its messages count: the frames belong to the program that made it. */
function withoutFrames(value: unknown): unknown {
  if (Array.isArray(value)) {
    // the list of connectors has no order
    return value.every(item => typeof item === 'string') ? value.toSorted() : value.map(withoutFrames)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== 'trace' || typeof item !== 'string') return [key, withoutFrames(item)]
      return [
        key,
        item
          .split('\n')
          .filter(line => !/^\s+(at |\.\.\. )/.test(line))
          .join('\n')
          .trimEnd(),
      ]
    }),
  )
}
