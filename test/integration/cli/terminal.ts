import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { until } from '../../servers/run.ts'
import { bunnectBinary } from '../../servers/worker.ts'

export const STRING = 'org.apache.kafka.connect.storage.StringConverter'

/** A worker on the embedded log in the working directory, REST on any free port. */
export const WORKER = {
  'bootstrap.servers': 'embedded',
  'bunnect.data.dir': 'data',
  listeners: 'http://127.0.0.1:0',
  'key.converter': STRING,
  'value.converter': STRING,
  'offset.storage.file.filename': 'connect.offsets',
}
export const SOURCE = {
  name: 'source',
  'connector.class': 'FileStreamSource',
  file: 'in.txt',
  topic: 't',
}
export const SINK = { name: 'sink', 'connector.class': 'FileStreamSink', file: 'out.txt', topics: 't' }

/** One `key=value` a line, in the order given; undefined leaves a key out. */
export function properties(entries: Record<string, string | undefined>): string {
  return Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

export interface Ended {
  /** Exit code, or the name of the signal that ended it. */
  code: number | string
  out: string
  err: string
  /** What it told the person: lines that begin with `bunnect: `, without that. */
  said: string[]
  /** Log lines of at least WARN, from the level on. */
  warned: string[]
}

export interface RunOptions {
  args: string[]
  /** Put before the program, such as `unshare -m sh -c …`. */
  before?: string[]
  env?: Record<string, string>
  /** Instead of dist/bunnect. */
  program?: string[]
  stdin?: 'ignore' | Blob
}

/** A folder in which dist/bunnect is run as a person would run it. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunnect-cli-'))
  readonly #programs: Program[] = []

  path(name: string): string {
    return join(this.folder, name)
  }

  write(files: Record<string, string | Uint8Array>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true })
      writeFileSync(this.path(name), content)
    }
  }

  start(options: RunOptions): Program {
    const program = new Program(this.folder, options)
    this.#programs.push(program)
    return program
  }

  /** Runs to the end, which has to come by itself. */
  run(options: RunOptions): Promise<Ended> {
    return this.start(options).ended()
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export class Program {
  readonly child: Bun.Subprocess<'ignore' | Blob, 'pipe', 'pipe'>
  out = ''
  err = ''
  readonly #read: Promise<unknown>

  constructor(folder: string, options: RunOptions) {
    const { args, before = [], env = {}, stdin = 'ignore', program = [bunnectBinary()] } = options
    this.child = Bun.spawn([...before, ...program, ...args], {
      cwd: folder,
      stdin,
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...process.env, ...env },
    })
    this.#read = Promise.all([
      collect(this.child.stdout, text => {
        this.out += text
      }),
      collect(this.child.stderr, text => {
        this.err += text
      }),
    ])
  }

  /** Waits for a text on standard error, or fails when the program ends before. */
  async says(text: string): Promise<void> {
    await until(
      `"${text}" from bunnect`,
      () => this.err.includes(text) || this.child.exitCode !== null,
      60_000,
      5,
    )
    // What it has said last may not have been read yet.
    if (this.child.exitCode !== null) await this.#read
    if (!this.err.includes(text))
      throw new Error(`it ended with ${this.child.exitCode} and said\n${this.err}`)
  }

  /** The base URL of REST, once it is known. */
  async rest(): Promise<string> {
    await this.says('serves REST at ')
    return /serves REST at (\S+?),/.exec(this.err)![1]!
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  async ended(): Promise<Ended> {
    await this.child.exited
    await this.#read
    const { out, err } = this
    const lines = err.split('\n')
    return {
      code: this.child.signalCode ?? this.child.exitCode!,
      out,
      err,
      said: lines.filter(line => line.startsWith('bunnect: ')).map(line => line.slice('bunnect: '.length)),
      warned: lines.flatMap(line => /^\[[^\]]+\] ((?:WARN|ERROR) .*)$/.exec(line)?.[1] ?? []),
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL')
    await this.child.exited
  }
}

/** The log in this folder, which may have begun before a full hour: `connect-2026-11-23-00.log`, then `connect.log`. */
export function hourlyLog(folder: string): string {
  const files = readdirSync(folder).filter(name => /^connect[-.].*log$/.test(name))
  return files
    .sort()
    .map(name => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

/** The trace of a connector's first task, once it has failed. */
export async function failure(rest: string, connector: string): Promise<string> {
  return await until(`${connector} to fail`, async () => {
    const answer = await fetch(`${rest}/connectors/${connector}/tasks/0/status`)
    const status = (await answer.json()) as { state?: string; trace?: string }
    return status.state === 'FAILED' && (status.trace ?? '')
  })
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }))
}
