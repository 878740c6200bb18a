import { join } from 'node:path'
import { type ProcessCost, processCost } from '../servers/process-cost.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'
import type { Bench, Measurement, Mode } from './case.ts'

/** Worker keys of every case: plain text on both sides, everything else as it comes. */
const workerKeys = {
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
}

export interface WorkerOverrides {
  bootstrap?: string
  worker?: Record<string, string>
  /** default standalone */
  mode?: Mode
  /** of a distributed worker; default: a new one */
  group?: string
  /** default: a new one */
  dir?: string
  env?: Record<string, string>
  /** given on the command line of a standalone worker */
  connectors?: Record<string, string>[]
  /** default true */
  awaitRest?: boolean
}

let started = 0

/** The contender that is bunnect with that many task hosts. */
export function withHosts(hosts: number): string {
  return `bunnect hosts=${hosts}`
}

/** The contender that is bunnect without metrics. */
export const unmeasured = 'bunnect metrics=false'

/**
 * Starts a contender's worker (jvm, bunnect, or what `withHosts` names) in a fresh folder, so that no run resumes
 * from another one's offsets.
 */
export function benchWorker(
  bench: Bench,
  contender: string,
  overrides: WorkerOverrides = {},
): Promise<ConnectWorker> {
  const hosts = /^bunnect hosts=(\d+)$/.exec(contender)?.[1]
  const side: Side = contender === 'jvm' ? 'jvm' : 'bunnect'
  const name = `${side}-${process.pid}-${++started}`
  const mode = overrides.mode ?? 'standalone'
  return startWorker(side, {
    bootstrap: overrides.bootstrap ?? bench.bootstrap,
    dir: overrides.dir ?? join(bench.dir, name),
    mode,
    ...(overrides.env && { env: overrides.env }),
    ...(overrides.awaitRest === false && { awaitRest: false }),
    ...(overrides.connectors && { connectors: overrides.connectors }),
    worker: {
      ...(mode === 'distributed' && groupKeys(overrides.group ?? `bench-${name}`)),
      ...workerKeys,
      ...(hosts === undefined ? {} : { 'bunnect.task.hosts': hosts }),
      ...(contender === unmeasured && { 'bunnect.metrics': 'false' }),
      ...overrides.worker,
    },
  })
}

/** One group and its topics, with as few partitions as a single worker needs. */
function groupKeys(group: string): Record<string, string> {
  return {
    'group.id': group,
    'config.storage.topic': `${group}-configs`,
    'config.storage.replication.factor': '1',
    'offset.storage.topic': `${group}-offsets`,
    'offset.storage.replication.factor': '1',
    'status.storage.topic': `${group}-status`,
    'status.storage.replication.factor': '1',
  }
}

/** Rate from `from` until now for `records`, with the CPU that the worker spent in between. */
export function rate(
  records: number,
  from: { at: number; cost: ProcessCost },
  worker: ConnectWorker,
): Measurement {
  const seconds = (performance.now() - from.at) / 1000
  const cost = processCost(worker.pid)
  return {
    figure: records / seconds,
    cpuSeconds: cost.cpuSeconds - from.cost.cpuSeconds,
    peakRssMb: cost.peakRssMb,
  }
}

/** Time in ms from `from` until now, with the CPU that the worker spent in between. */
export function since(from: { at: number; cost: ProcessCost }, worker: ConnectWorker): Measurement {
  const figure = performance.now() - from.at
  const { cpuSeconds, peakRssMb } = processCost(worker.pid)
  return { figure, cpuSeconds: cpuSeconds - from.cost.cpuSeconds, peakRssMb }
}

export function mark(worker: ConnectWorker): { at: number; cost: ProcessCost } {
  return { at: performance.now(), cost: processCost(worker.pid) }
}

/** Fails with the worker's log when a task has failed or the process has ended, so that no case waits in vain. */
export async function checkAlive(worker: ConnectWorker, connector: string): Promise<void> {
  const answer = await worker.fetch(`/connectors/${connector}/status`).catch(error => {
    throw new Error(`${worker.side} does not answer: ${error}`)
  })
  const text = await answer.text()
  if (text.includes('"FAILED"')) throw new Error(`${worker.side}: ${text}\n${await worker.log()}`)
}
