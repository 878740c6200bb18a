import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'

/** Connectors that misbehave where their configuration says. */
const PLUGINS = join(import.meta.dir, 'plugins')
const STRING = 'org.apache.kafka.connect.storage.StringConverter'

/** A worker whose hosts are looked after closely: one that is silent for 1.5 s is killed. */
export function startHostsWorker(
  bootstrap: string,
  worker: Record<string, string> = {},
  more: { dir?: string; connectors?: Record<string, string>[] } = {},
): Promise<ConnectWorker> {
  return startWorker('bunnect', {
    bootstrap,
    ...more,
    worker: {
      'key.converter': STRING,
      'value.converter': STRING,
      'offset.flush.interval.ms': '200',
      'task.shutdown.graceful.timeout.ms': '2000',
      'plugin.path': PLUGINS,
      'bunnect.task.host.timeout.ms': '1500',
      'bunnect.plugin.timeout.ms': '3000',
      'bunnect.transform.timeout.ms': '500',
      // What these tests are about is how things fail.
      'bunnect.restart.policy': 'never',
      ...worker,
    },
  })
}

export interface TaskStatus {
  id: number
  state: string
  trace?: string
}

export interface Status {
  connector: { state: string; trace?: string }
  tasks: TaskStatus[]
}

/** Null where there is none (yet). */
export async function statusOf(worker: ConnectWorker, connector: string): Promise<Status | null> {
  const answer = await worker.fetch(`/connectors/${connector}/status`)
  const body = await answer.text()
  return answer.status === 200 ? (JSON.parse(body) as Status) : null
}

/** The trace of the task once it has failed. */
export function taskFailure(worker: ConnectWorker, connector: string, task = 0): Promise<string> {
  return until(`task ${connector}-${task} to fail`, async () => {
    const found = (await statusOf(worker, connector))?.tasks.find(({ id }) => id === task)
    return found?.state === 'FAILED' && found.trace
  })
}

/** The trace of the connector itself once it has failed. */
export function connectorFailure(worker: ConnectWorker, connector: string): Promise<string> {
  return until(`connector ${connector} to fail`, async () => {
    const found = (await statusOf(worker, connector))?.connector
    return found?.state === 'FAILED' && found.trace
  })
}

/** Answers with the status and body of the request. */
export async function submit(
  worker: ConnectWorker,
  config: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const answer = await worker.fetch('/connectors', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: config['name'], config }),
  })
  return { status: answer.status, body: await answer.text() }
}

/** Process ids of the children of a process, by proc(5). */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(child => parentOf(child) === pid)
}

/** The hosts that run tasks of this worker: those that its log names and that live. */
export async function taskHosts(worker: ConnectWorker): Promise<number[]> {
  const started = [...(await worker.log()).matchAll(/Started Task host \S+ \(pid (\d+)\)/g)]
  const alive = new Set(childrenOf(worker.pid))
  return started.map(match => Number(match[1])).filter(pid => alive.has(pid))
}

/** True for a process that runs; one that has ended and was not waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
  } catch {
    return null // It has ended while the folder was read.
  }
}
