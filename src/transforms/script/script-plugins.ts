import { key, type Parsed } from '../../config/keys.ts'
import type { ConfigProblem } from '../../config/validate.ts'
import { parseConfig } from '../../config/validate.ts'
import { ConfigException, DataException } from '../../data/errors.ts'
import {
  type Config,
  type PredicatePlugin,
  predicate,
  type TransformationPlugin,
  transformation,
} from '../../sdk/plugin.ts'
import { compile, compileNow } from './compile-elsewhere.ts'
import type { CompiledScript, ScriptKind } from './compiled-script.ts'
import { scriptFunction } from './script-function.ts'
import { type PlacedScript, placedScript, type ScriptPolicy, ScriptRefused } from './script-place.ts'
import { recordsOf, type ScriptRecord, scriptRecord } from './script-record.ts'

/** Of the transformation and of the predicate; no Java class has this name. */
export const SCRIPT_CLASS = 'bunnect.Script'
const VERSION = '1.0'

const config = {
  file: key.string({
    doc: 'The script: a TypeScript or JavaScript file below plugin.path, absolute or from there. Its text is a function of the record, an expression of `record`, the body of such a function, or a module that exports one by default.',
    importance: 'high',
    default: null,
  }),
  code: key.string({
    doc: 'The script itself, where the worker allows that by bunnect.script.inline=true.',
    importance: 'high',
    default: null,
  }),
}

/**
 * The transformation and the predicate bunnect.Script, as far as this worker allows it. Their code is the users':
 * they are treated like plugins that are not compiled in.
 */
export function scriptPlugins(policy: ScriptPolicy): [TransformationPlugin, PredicatePlugin] {
  const common = (kind: ScriptKind) => ({
    className: SCRIPT_CLASS,
    version: VERSION,
    outside: true,
    config,
    validate: (raw: Config) => problemsOf(raw, kind, policy),
  })
  return [
    transformation({
      ...common('transformation'),
      doc: 'Runs a script of your own on every record; it may return the record, several, or none.',
      create(config) {
        const run = functionOf(config, 'transformation', policy)
        return {
          apply(record) {
            const seen = scriptRecord(record)
            return recordsOf(run(seen), record, seen)
          },
        }
      },
    }),
    predicate({
      ...common('predicate'),
      doc: 'True where a script of your own says so.',
      create(config) {
        const run = functionOf(config, 'predicate', policy)
        return {
          test(record) {
            const answer = run(scriptRecord(record))
            if (typeof answer === 'boolean') return answer
            throw new DataException(`A predicate's script must return true or false, not ${typeof answer}.`)
          },
        }
      },
    }),
  ]
}

function functionOf(
  config: { file: string | null; code: string | null },
  kind: ScriptKind,
  policy: ScriptPolicy,
): (record: ScriptRecord) => unknown {
  const script = placedScript(config, policy)
  const compiled = compileNow({ kind, text: script.text })
  if (compiled.problems.length > 0) throw new ConfigException(complaints(script, compiled).join('\n'))
  return scriptFunction(script, compiled)
}

async function problemsOf(raw: Config, kind: ScriptKind, policy: ScriptPolicy): Promise<ConfigProblem[]> {
  let script: PlacedScript
  try {
    script = placedScript(parseConfig(config, raw) as Parsed<typeof config>, policy)
  } catch (error) {
    if (error instanceof ScriptRefused) return [{ key: error.key, message: error.message }]
    throw error
  }
  const compiled = await compile({ kind, text: script.text })
  return complaints(script, compiled).map(message => ({ key: script.key, message }))
}

/** As compilers tell: `file:line:column: what`. */
function complaints({ name }: PlacedScript, { problems }: CompiledScript): string[] {
  return problems.map(({ line, column, message }) =>
    name === 'code'
      ? `The script is not usable: line ${line}, column ${column}: ${message}`
      : `The script is not usable: ${name}:${line}:${column}: ${message}`,
  )
}
