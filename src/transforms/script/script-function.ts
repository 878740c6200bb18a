import { Script } from 'node:vm'
import { ConnectException } from '../../data/errors.ts'
import type { CompiledScript } from './compiled-script.ts'
import type { PlacedScript } from './script-place.ts'
import type { ScriptRecord } from './script-record.ts'

const SCHEME = 'bunnect-script:'
const FRAME = /bunnect-script:.*?:(\d+):\d+/g

/** Runs the script's top level and gives its function. What it throws tells the script's own file and line. */
export function scriptFunction(
  { name }: PlacedScript,
  { js, lines }: CompiledScript,
): (record: ScriptRecord) => unknown {
  // In this realm: plain objects of another one would be no maps.
  const filename = SCHEME + name
  const blamed = (error: unknown) => failure(error, name, filename, lines)
  let made: unknown
  try {
    const load = new Script(`(function (exports) {${js}\n})`, { filename }).runInThisContext() as (
      exports: Record<string, unknown>,
    ) => void
    const exports: Record<string, unknown> = {}
    load(exports)
    made = exports['default']
  } catch (error) {
    throw blamed(error)
  }
  if (typeof made !== 'function')
    throw new ConnectException(`The script ${name} exports no function by default, but a ${typeof made}`)
  const call = made as (record: ScriptRecord) => unknown
  return record => {
    try {
      return call(record)
    } catch (error) {
      throw blamed(error)
    }
  }
}

function failure(error: unknown, name: string, filename: string, lines: readonly number[]): unknown {
  // The watchdog's interruption is for the one who set it.
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return error
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(filename)
  const [, generated] = at < 0 ? [] : (/^:(\d+)/.exec(stack.slice(at + filename.length)) ?? [])
  const line = generated === undefined ? undefined : lines[Number(generated) - 1]
  // The frames too say where it is in the script, not in what was made of it.
  const own = stack.replaceAll(FRAME, (frame, generated: string) =>
    lines[Number(generated) - 1] === undefined ? frame : `${name}:${lines[Number(generated) - 1]}`,
  )
  if (error instanceof Error) Reflect.set(error, 'stack', own)
  const what = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`
  return new ConnectException(`Script ${name}${line === undefined ? '' : `, line ${line}`}: ${what}`, {
    cause: error,
  })
}
