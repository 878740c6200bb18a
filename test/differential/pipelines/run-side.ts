import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import type { TopicProbe } from '../../servers/topics.ts'
import { type ConnectWorker, type Side, startWorker } from '../../servers/worker.ts'
import type { PipelineCase, SinkCase } from './case.ts'
import { inputTime } from './case.ts'
import { errorLines, Neutral, type Outcome } from './outcome.ts'

export interface SideRun {
  bootstrap: string
  probe: TopicProbe
  /** Folder of this side. */
  dir: string
  /** What names of connectors and output topics begin with; both sides' are as long. */
  mark: string
  /** What names of input topics begin with, the same for both sides. */
  inputs: string
  cases: readonly PipelineCase[]
}

interface Placed {
  test: PipelineCase
  connector: string
  /** What all its output topics begin with. */
  prefix: string
  file: string
}

interface Status {
  connector: { state: string; trace?: string }
  tasks: { id: number; state: string; trace?: string }[]
}

/** Connectors that run side by side: enough to start them in few goes, few enough for a small machine. */
const AT_A_TIME = 60
/** ms for these to get to their ends */
const DEADLINE = 90_000

const worker = {
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
  'value.converter.schemas.enable': 'false',
  'offset.flush.interval.ms': '500',
}

/** Creates the topics that both sides' sinks read. */
export async function writeInputs(
  probe: TopicProbe,
  inputs: string,
  cases: readonly PipelineCase[],
): Promise<void> {
  const sinks = cases.filter(isSink)
  await probe.createAll(
    sinks.map(({ name, partitions = 1, topic: configs = {} }) => ({
      topic: inputs + name,
      partitions,
      configs,
    })),
  )
  await probe.produceRecords(
    sinks.flatMap(({ name, input }) =>
      input.map(({ key, value, headers = [], timestamp = inputTime, partition = 0 }) => ({
        topic: inputs + name,
        partition,
        timestamp,
        key: key === undefined ? null : Buffer.from(key),
        value: value == null ? null : Buffer.from(value),
        headers: headers.map(([header, content]): [Buffer, Buffer | null] => [
          Buffer.from(header),
          content === null ? null : Buffer.from(content),
        ]),
      })),
    ),
  )
}

/** Runs every case in one worker of this side; by name. */
export async function runSide(side: Side, run: SideRun): Promise<Map<string, Outcome>> {
  const { bootstrap, probe, dir, mark, cases } = run
  mkdirSync(dir, { recursive: true })
  const placed = cases.map(test => placeCase(test, run))
  const from = Date.now()
  const process = await startWorker(side, { bootstrap, dir, worker, env: { TZ: 'UTC', LANG: 'C.UTF-8' } })
  const statuses = new Map<string, Status>()
  const refusals = new Map<string, string>()
  try {
    for (let i = 0; i < placed.length; i += AT_A_TIME) {
      const wave = placed.slice(i, i + AT_A_TIME)
      await createAll(process, wave, run, refusals)
      await awaitEnds(process, wave, run, refusals)
      const all = await statusesOf(process)
      for (const [connector, status] of all) statuses.set(connector, status)
      for (const connector of all.keys()) await remove(process, connector)
    }
  } finally {
    await process.stop()
  }
  const neutral = new Neutral(
    [
      [dir, 'DIR'],
      [mark, 'MARK.'],
      [`127.0.0.1:${process.port}`, 'WORKER'],
    ],
    from,
    Date.now(),
  )
  const log = await process.log()
  const topics = await probe.topics(mark)
  const outcomes = new Map<string, Outcome>()
  for (const { test, connector, prefix, file } of placed) {
    const status = statuses.get(connector)
    const outcome: Outcome = {
      refused: refusals.has(connector) ? neutral.text(refusals.get(connector)!) : null,
      connector: status ? [status.connector.state, ...neutral.trace(status.connector.trace)] : [],
      tasks: (status?.tasks ?? []).map(task => [task.state, ...neutral.trace(task.trace)]),
      topics: {},
      file: isSink(test) ? sinkLines(file, test, neutral) : null,
      errorLog: errorLines(side, log, `${connector}-0`).map(lines => lines.map(line => neutral.text(line))),
    }
    for (const topic of topics.filter(({ name }) => name.startsWith(prefix))) {
      const records = []
      for (let partition = 0; partition < topic.partitions; partition++)
        records.push(...(await probe.readAll(topic.name, partition)))
      outcome.topics[neutral.text(topic.name)] = {
        partitions: topic.partitions,
        configs: await probe.topicConfigs(topic.name),
        records: records.map(record => neutral.record(record)),
      }
    }
    outcomes.set(test.name, outcome)
  }
  return outcomes
}

/** Each by its answer; refusals are noted. */
async function createAll(
  process: ConnectWorker,
  wave: readonly Placed[],
  run: SideRun,
  refusals: Map<string, string>,
): Promise<void> {
  for (const one of wave) {
    const refusal = await create(process, one, run)
    if (refusal !== null) refusals.set(one.connector, refusal)
  }
}

async function awaitEnds(
  process: ConnectWorker,
  wave: readonly Placed[],
  run: SideRun,
  refusals: ReadonlyMap<string, string>,
): Promise<void> {
  const waiting = new Set(wave.filter(({ connector }) => !refusals.has(connector)))
  const probing = async () => {
    for (const one of await over([...waiting], await statusesOf(process), run)) waiting.delete(one)
    return waiting.size === 0
  }
  try {
    await until('all connectors to be over', probing, DEADLINE, 250)
  } catch (error) {
    // What has not come to its end differs from what has: the comparison says in what.
    const names = [...waiting].map(({ connector }) => connector).join(', ')
    console.error(`${process.side}: ${error}: ${names}`, (error as Error).cause ?? '')
  }
}

async function remove(process: ConnectWorker, connector: string): Promise<void> {
  const answer = await process.fetch(`/connectors/${connector}`, { method: 'DELETE' })
  if (answer.status !== 204) throw new Error(`DELETE of ${connector} answered ${answer.status}`)
}

function placeCase(test: PipelineCase, { mark, dir }: SideRun): Placed {
  const file = join(dir, `${test.name}.txt`)
  if ('lines' in test)
    writeFileSync(file, Buffer.concat(test.lines.flatMap(line => [Buffer.from(line), Buffer.from('\n')])))
  return { test, connector: mark + test.name, prefix: `${mark}${test.name}.`, file }
}

/** The answer, if it is a refusal. */
async function create(
  process: ConnectWorker,
  { test, connector, prefix, file }: Placed,
  { inputs }: SideRun,
): Promise<string | null> {
  const topic = isSink(test) ? inputs + test.name : `${prefix}t`
  const place = { '<topic>': topic, '<dlq>': `${prefix}dlq`, '<file>': file }
  const given = Object.fromEntries(
    Object.entries(test.config).map(([key, value]) => [
      key,
      Object.entries(place).reduce((text, [mark, own]) => text.replaceAll(mark, own), value),
    ]),
  )
  const config = {
    name: connector,
    'connector.class': isSink(test) ? 'FileStreamSink' : 'FileStreamSource',
    'tasks.max': '1',
    [isSink(test) ? 'topics' : 'topic']: topic,
    file,
    ...given,
  }
  const answer = await process.fetch('/connectors', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: connector, config }),
  })
  const text = await answer.text()
  return answer.status === 201 ? null : `${answer.status} ${text}`
}

async function statusesOf(process: ConnectWorker): Promise<Map<string, Status>> {
  const answer = await process.fetch('/connectors?expand=status')
  const all = (await answer.json()) as Record<string, { status: Status }>
  return new Map(Object.entries(all).map(([name, { status }]) => [name, status]))
}

/** Those that have failed, or have done all that they had to do. */
async function over(
  waiting: readonly Placed[],
  statuses: Map<string, Status>,
  run: SideRun,
): Promise<Placed[]> {
  const hasFailed = ({ connector }: Placed) => {
    const status = statuses.get(connector)
    return status?.connector.state === 'FAILED' || status?.tasks.some(({ state }) => state === 'FAILED')
  }
  const failed = waiting.filter(hasFailed)
  const running = waiting.filter(one => !hasFailed(one))
  const sinks = running.filter(({ test }) => isSink(test))
  const committed = await run.probe.committed(sinks.map(({ connector }) => `connect-${connector}`))
  const topics = await run.probe.topics(run.mark)
  const written = await run.probe.recordCounts(topics)
  const done = running.filter(({ test, connector, prefix }) => {
    if (isSink(test)) return committed.get(`connect-${connector}`) === test.input.length
    const count = topics
      .filter(({ name }) => name.startsWith(prefix))
      .reduce((sum, { name }) => sum + (written.get(name) ?? 0), 0)
    return count >= (test.records ?? test.lines.length)
  })
  return [...failed, ...done]
}

function sinkLines(file: string, { partitions = 1 }: SinkCase, neutral: Neutral): string[] | null {
  if (!existsSync(file)) return null
  const lines = neutral.bytes(readFileSync(file)).split('\n')
  return partitions === 1 ? lines : lines.sort()
}

function isSink(test: PipelineCase): test is SinkCase {
  return 'input' in test
}
