import { join, resolve } from 'node:path'
import type { BenchCase } from '../case.ts'

interface Rates {
  /** Records per second of CPU. */
  readonly rate: number
  readonly cpuSeconds: number
  readonly peakRssMb: number
  /** Of the bytes that the records are. */
  readonly sha256: string
}

const folder = resolve(import.meta.dir, '../avro')
const records = (lines: number): number => Math.ceil(lines * 0.4)

export const avroWrite = avroCase('write', 'to bytes')
export const avroRead = avroCase('read', 'from bytes')

function avroCase(direction: 'write' | 'read', words: string): BenchCase {
  let java: string[] = []
  let sha256: string | undefined
  return {
    name: `avro-${direction}`,
    about: `records of 10 fields ${words} on one core, beside Avro for Java alone; bytes compared`,
    unit: 'records/s',
    contenders: ['jvm', 'bunnect'],
    countsRecords: true,
    records,
    async prepare(bench) {
      java = await javaCommand(join(bench.dir, 'avro'))
    },
    async run(bench, contender) {
      const count = String(records(bench.lines))
      const rates = await output(
        contender === 'bunnect'
          ? [process.execPath, join(folder, 'rates.ts'), direction, count]
          : [...java, direction, count, await registeredSchema()],
      )
      const { rate, cpuSeconds, peakRssMb, sha256: found } = JSON.parse(rates) as Rates
      sha256 ??= found
      if (found !== sha256) throw new Error(`${contender} has other bytes than the first run`)
      return { figure: rate, cpuSeconds, peakRssMb }
    },
  }
}

/** As it would be registered; both write the same bytes with it. */
async function registeredSchema(): Promise<string> {
  const { schema } = JSON.parse(await output([process.execPath, join(folder, 'rates.ts'), 'write', '1'])) as {
    schema: string
  }
  return schema
}

/** Fetches Avro for Java with Maven and compiles the program, once. */
async function javaCommand(dir: string): Promise<string[]> {
  const classPath = `${dir}/classes:${dir}/lib/*`
  await output([
    'mvn',
    '-q',
    '-B',
    '-f',
    join(folder, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${dir}/lib`,
  ])
  await output(['javac', '-cp', `${dir}/lib/*`, '-d', `${dir}/classes`, join(folder, 'AvroRates.java')])
  return ['java', '-cp', classPath, '-Xmx512m', '-XX:+UseSerialGC', 'AvroRates']
}

async function output(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'pipe' })
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code === 0) return text
  throw new Error(`${command[0]} ended with ${code}: ${errors}`)
}
