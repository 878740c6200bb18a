/**
 * Compiles scripts in a short-lived process of this same program: the TypeScript compiler takes 100 MB, which no
 * worker and no task host should keep.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConnectException } from '../../data/errors.ts'
import type { CompiledScript, ScriptSource } from './compiled-script.ts'

/** The command of this program that {@link compileAnswer} serves. */
const COMPILE_COMMAND = 'compile-script'
/** Half of what a check may take, so that one script cannot use up the time of the next. */
const TIMEOUT_MS = 30_000
const KNOWN_MOST = 64

const known = new Map<string, CompiledScript>()
const compiling = new Map<string, Promise<CompiledScript>>()
let last: Promise<unknown> = Promise.resolve()

/** For validation: nobody waits in the meantime. The answer is kept for who runs the script. */
export async function compile(source: ScriptSource): Promise<CompiledScript> {
  const id = idOf(source)
  const found = known.get(id) ?? compiling.get(id)
  if (found) return await found
  // Invariant 7: one process at a time, however many configurations are checked.
  const answer = last.then(() => compileInChild(source)).finally(() => compiling.delete(id))
  compiling.set(id, answer)
  last = answer.catch(() => {}) // Whoever asked has the error.
  return await answer
}

async function compileInChild(source: ScriptSource): Promise<CompiledScript> {
  const child = Bun.spawn(program(), {
    stdin: new Blob([JSON.stringify(source)]),
    stdout: 'pipe',
    stderr: 'pipe',
    env: {},
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  const [output, complaint, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return kept(source, output, code === 0 ? null : complaint || `exit code ${code}`)
}

/** For those who make a transformation and cannot wait: a third of a second once for each script and process. */
export function compileNow(source: ScriptSource): CompiledScript {
  const found = known.get(idOf(source))
  if (found) return found
  const { stdout, stderr, success, exitCode } = Bun.spawnSync(program(), {
    stdin: new TextEncoder().encode(JSON.stringify(source)),
    stdout: 'pipe',
    stderr: 'pipe',
    env: {},
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  return kept(source, stdout.toString(), success ? null : stderr.toString() || `exit code ${exitCode}`)
}

/** What the other process does: the request's JSON to the answer's. */
export async function compileAnswer(request: string): Promise<string> {
  const [{ loadCompiler }, { compileScript }] = await Promise.all([
    import('./compiler/typescript.ts'),
    import('./compiler/compile.ts'),
  ])
  return JSON.stringify(compileScript(loadCompiler(), JSON.parse(request) as ScriptSource))
}

function program(): string[] {
  const compiledIn = import.meta.dir.startsWith('/$bunfs/')
  const main = compiledIn ? [] : [resolve(import.meta.dir, '../../main.ts')]
  // Under its name there may be a newer one by now, with other answers; see proc(5).
  const self = existsSync('/proc/self/exe') ? '/proc/self/exe' : process.execPath
  return [self, ...main, COMPILE_COMMAND]
}

function idOf({ kind, text }: ScriptSource): string {
  return `${kind} ${text}`
}

function kept(source: ScriptSource, output: string, failure: string | null): CompiledScript {
  if (failure !== null) throw new ConnectException(`The script could not be compiled: ${failure.trim()}`)
  const script = JSON.parse(output) as CompiledScript
  known.set(idOf(source), script)
  const [oldest] = known.keys()
  if (known.size > KNOWN_MOST && oldest !== undefined) known.delete(oldest)
  return script
}
