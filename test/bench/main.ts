import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBroker } from '../servers/kafka.ts'
import { lineBytes, sha256, writeNumberedFile } from '../servers/numbered-lines.ts'
import { TopicProbe } from '../servers/topics.ts'
import type { Bench, BenchCase, Measurement, Mode } from './case.ts'
import { avroRead, avroWrite } from './cases/avro.ts'
import { create } from './cases/create.ts'
import { decommission } from './cases/decommission.ts'
import { embedded } from './cases/embedded.ts'
import { fileSink } from './cases/file-sink.ts'
import { fileSource } from './cases/file-source.ts'
import { idle } from './cases/idle.ts'
import { jdbcSink } from './cases/jdbc-sink.ts'
import { jdbcSource } from './cases/jdbc-source.ts'
import { join as joinGroup } from './cases/join.ts'
import { jsonSink } from './cases/json-sink.ts'
import { jsonSchemaSource, jsonSource } from './cases/json-source.ts'
import { many } from './cases/many.ts'
import { rebalance } from './cases/rebalance.ts'
import { rest } from './cases/rest.ts'
import { restart } from './cases/restart.ts'
import { smtChain, smtChainSchema } from './cases/smt-chain.ts'
import { start } from './cases/start.ts'
import { startDistributed } from './cases/start-distributed.ts'
import { takeover } from './cases/takeover.ts'
import { type CaseResult, ratios, rows, table } from './report.ts'
import { unmeasured, withHosts } from './worker-run.ts'

const cases = [
  start,
  startDistributed,
  joinGroup,
  takeover,
  decommission,
  rebalance,
  idle,
  create,
  rest,
  many,
  restart,
  fileSource,
  fileSink,
  embedded,
  jsonSource,
  jsonSink,
  jsonSchemaSource,
  smtChain,
  smtChainSchema,
  avroWrite,
  avroRead,
  jdbcSource,
  jdbcSink,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    lines: { type: 'string', default: '5000000' },
    only: { type: 'string' },
    hosts: { type: 'string' },
    metrics: { type: 'boolean', default: false },
    bootstrap: { type: 'string' },
    mode: { type: 'string', default: 'standalone' },
    dir: { type: 'string', default: resolve(import.meta.dir, '../../.cache/bench') },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) {
  console.log(`usage: scripts/bench [case …] [--json FILE] [--rounds 3] [--lines 5000000] [--only CONTENDER] [--hosts N] [--metrics]
                     [--mode standalone|distributed] [--bootstrap HOST:PORT] [--dir FOLDER]
Runs each case on JVM Connect 4.3.1 and on dist/bunnect (or BUNNECT_BIN) in turn: same broker, same input.
--only jvm or --only bunnect leaves the other one out; --hosts N runs bunnect a second time with N task hosts beside none
and tells what that costs. --mode is that of the workers in the cases whose text does not name one; --metrics runs it without metrics, too:
what that loses is negative where metrics cost.
CPU is user + system of the worker and its children within the measured time; peak RSS is VmHWM.
${cases.map(c => `  ${c.name.padEnd(18)} ${c.about}`).join('\n')}`)
  process.exit()
}

const wanted = positionals.length === 0 ? cases : positionals.map(caseNamed)
const rounds = positiveInteger('rounds', values.rounds)
const lines = positiveInteger('lines', values.lines)
const hosts = values.hosts === undefined ? undefined : withHosts(positiveInteger('hosts', values.hosts))
mkdirSync(values.dir, { recursive: true })
const runs = join(values.dir, `run-${process.pid}`)
mkdirSync(runs)

const input = join(values.dir, `lines-${lines}.txt`)
await writeNumberedFile(input, lines)
const broker =
  values.bootstrap === undefined ? await startBroker({ measured: true, dir: join(runs, 'kafka') }) : undefined
const bootstrap = values.bootstrap ?? broker!.bootstrap
const bench: Bench = {
  bootstrap,
  dir: runs,
  mode: modeNamed(values.mode),
  lines,
  probe: new TopicProbe(bootstrap),
  input,
  inputBytes: lines * (lineBytes + 1),
  inputSha256: await sha256(input),
}
try {
  const results: CaseResult[] = []
  for (const benchCase of wanted) results.push(await runCase(benchCase))
  console.log(table(results))
  if (values.json !== undefined) await Bun.write(values.json, JSON.stringify(results.map(forJson), null, 2))
} finally {
  await bench.probe.close()
  await broker?.stop()
  rmSync(runs, { recursive: true, force: true })
}

async function runCase(benchCase: BenchCase): Promise<CaseResult> {
  await benchCase.prepare?.(bench)
  const contenders: string[] = benchCase.contenders.filter(
    name => values.only === undefined || values.only === name,
  )
  if (hosts !== undefined && benchCase.countsRecords && contenders.includes('bunnect')) contenders.push(hosts)
  if (values.metrics && benchCase.countsRecords && contenders.includes('bunnect')) contenders.push(unmeasured)
  const measured = new Map<string, Measurement[]>(contenders.map(name => [name, []]))
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const contender of contenders) {
        const one = await benchCase.run(bench, contender, round)
        measured.get(contender)!.push(one)
        console.error(
          `${benchCase.name} ${contender} round ${round}: ${one.figure.toFixed(1)} ${benchCase.unit}, ` +
            `${one.cpuSeconds.toFixed(2)} CPU-s, ${one.peakRssMb.toFixed(0)} MB` +
            Object.entries(one.also ?? {})
              .map(([what, value]) => `, ${value.toFixed(Number.isInteger(value) ? 0 : 2)} ${what}`)
              .join(''),
        )
      }
    }
  } finally {
    await benchCase.finish?.(bench)
  }
  return { case: benchCase, lines: benchCase.records?.(lines) ?? lines, rounds: measured }
}

function forJson(result: CaseResult) {
  return {
    case: result.case.name,
    about: result.case.about,
    unit: result.case.unit,
    lines: result.case.countsRecords ? result.lines : undefined,
    medians: rows(result),
    timesBetter: ratios(result),
    rounds: Object.fromEntries(result.rounds),
  }
}

function caseNamed(name: string): BenchCase {
  const found = cases.find(c => c.name === name)
  if (found !== undefined) return found
  console.error(`no case "${name}"; there are ${cases.map(c => c.name).join(', ')}`)
  process.exit(1)
}

function modeNamed(name: string): Mode {
  if (name === 'standalone' || name === 'distributed') return name
  console.error(`--mode is standalone or distributed, not "${name}"`)
  process.exit(1)
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  console.error(`--${name} must be a positive integer, not "${text}"`)
  process.exit(1)
}
