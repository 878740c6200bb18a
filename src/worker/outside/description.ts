/** Outside plugins as the worker knows them while their code runs in a task host: data that can be sent over IPC. */
import * as v from 'valibot'
import type { ConfigSpec, KeySpec } from '../../config/keys.ts'
import { Password } from '../../config/password.ts'
import { type ConfigProblem, type RawConfig, validateConfig } from '../../config/validate.ts'
import { IllegalWorkerStateException } from '../../data/errors.ts'
import type { Config, Plugin } from '../../sdk/plugin.ts'

/** Where a plugin that is not compiled in was found. */
export type OutsidePlugin = Plugin & { readonly outside: true; readonly file: string }

type KeyDescription = Omit<KeySpec<unknown>, 'schema' | 'default'> & {
  /** A PASSWORD's default travels as its text. */
  default: unknown
}

/** All that validation, lists and placement need of a plugin. */
export interface PluginDescription {
  kind: Plugin['kind']
  className: string
  version: string
  doc?: string
  unlisted?: boolean
  file: string
  config: Record<string, KeyDescription>
  taskClassName?: string
  idempotentPut?: boolean
  converter: boolean
  headerConverter: boolean
}

/** Leaves the plugin's functions out: the description goes from the process that has loaded it to the worker. */
export function describePlugin(plugin: OutsidePlugin): PluginDescription {
  return {
    kind: plugin.kind,
    className: plugin.className,
    version: plugin.version,
    ...(plugin.doc !== undefined && { doc: plugin.doc }),
    ...(plugin.unlisted === true && { unlisted: true }),
    file: plugin.file,
    config: Object.fromEntries(
      Object.entries(plugin.config).map(([name, spec]) => [name, describeKey(spec)]),
    ),
    ...('taskClassName' in plugin && { taskClassName: plugin.taskClassName }),
    ...('idempotentPut' in plugin && { idempotentPut: plugin.idempotentPut === true }),
    converter: plugin.kind === 'converter' && plugin.converter !== undefined,
    headerConverter: plugin.kind === 'converter' && plugin.headerConverter !== undefined,
  }
}

/** Asks the code itself, wherever it runs: what {@link outsideProblems} answers there. */
export type AskPlugin = (className: string, config: Config) => Promise<readonly ConfigProblem[]>

/**
 * A stand-in that can be listed and validated against but not run. Its keys are parsed here; their validators and
 * the plugin's own `validate` are asked for where the code is.
 */
export function describedPlugin(description: PluginDescription, ask: AskPlugin): OutsidePlugin {
  const { kind, className, version, doc, unlisted, file, taskClassName, idempotentPut } = description
  const elsewhere = (): never => {
    throw new IllegalWorkerStateException(`${className} of ${file} runs in task hosts only`)
  }
  const runs =
    kind === 'converter'
      ? {
          ...(description.converter && { converter: elsewhere }),
          ...(description.headerConverter && { headerConverter: elsewhere }),
        }
      : kind === 'transformation' || kind === 'predicate'
        ? { create: elsewhere }
        : { taskClassName, task: elsewhere, ...(idempotentPut !== undefined && { idempotentPut }) }
  return {
    kind,
    className,
    version,
    ...(doc !== undefined && { doc }),
    ...(unlisted === true && { unlisted }),
    outside: true,
    file,
    config: describedSpec(description.config),
    validate: (config: Config) => ask(className, config),
    ...runs,
  } as unknown as OutsidePlugin
}

/** What a stand-in cannot see of a configuration: the complaints of the keys' validators, then the plugin's own. */
export async function outsideProblems(plugin: OutsidePlugin, config: Config): Promise<ConfigProblem[]> {
  const raw = config as RawConfig
  const seen = validateConfig(describedSpec(describePlugin(plugin).config), raw)
  const problems = [...validateConfig(plugin.config, raw)].flatMap(([key, { errors }]) =>
    errors.filter(message => !seen.get(key)!.errors.includes(message)).map(message => ({ key, message })),
  )
  return [...problems, ...((await plugin.validate?.(config)) ?? [])]
}

function describeKey({ schema: _, ...spec }: KeySpec<unknown>): KeyDescription {
  return { ...spec, default: spec.default instanceof Password ? spec.default.value() : spec.default }
}

function describedSpec(keys: Record<string, KeyDescription>): ConfigSpec {
  return Object.fromEntries(
    Object.entries(keys).map(([name, spec]) => [
      name,
      {
        ...spec,
        default:
          spec.type === 'PASSWORD' && spec.default !== null
            ? new Password(String(spec.default))
            : spec.default,
        schema: v.any() as v.GenericSchema<unknown, unknown>,
      },
    ]),
  )
}
