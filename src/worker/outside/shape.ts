/** Whether what a file exports is a plugin, and a whole one. */
import type { Plugin } from '../../sdk/plugin.ts'

type Members = Readonly<Record<string, unknown>>

const MAKERS: Readonly<Record<Plugin['kind'], string>> = {
  source: 'sourceConnector',
  sink: 'sinkConnector',
  converter: 'converter',
  transformation: 'transformation',
  predicate: 'predicate',
}

/** Functions that a kind must have and may have. */
const FUNCTIONS: Readonly<Record<Plugin['kind'], { must: readonly string[]; may: readonly string[] }>> = {
  source: { must: ['task'], may: ['start', 'stop', 'taskConfigs', 'exactlyOnceSupport', 'alterOffsets'] },
  sink: { must: ['task'], may: ['start', 'stop', 'taskConfigs', 'alterOffsets'] },
  converter: { must: [], may: ['converter', 'headerConverter'] },
  transformation: { must: ['create'], may: [] },
  predicate: { must: ['create'], may: [] },
}

/** True for what carries a plugin's `kind`: whether it is a sound one, {@link complaintsAbout} tells. */
export function claimsToBePlugin(value: unknown): value is Plugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    Object.hasOwn(MAKERS, String(value.kind))
  )
}

/** What is missing or of the wrong type, each as a part of a sentence; none for a sound plugin. */
export function complaintsAbout(plugin: Plugin): string[] {
  const members = plugin as unknown as Members
  const { kind } = plugin
  const complaints: string[] = []
  const text = (name: string) => {
    const value = members[name]
    if (typeof value !== 'string' || value.trim() === '')
      complaints.push(`${name} must be a text, not ${said(value)}`)
  }
  text('className')
  text('version')
  if (kind === 'source' || kind === 'sink') text('taskClassName')
  for (const name of FUNCTIONS[kind].must) {
    if (typeof members[name] !== 'function')
      complaints.push(`${name} must be a function, not ${said(members[name])}`)
  }
  for (const name of [...FUNCTIONS[kind].may, 'validate']) {
    const value = members[name]
    if (value !== undefined && typeof value !== 'function')
      complaints.push(`${name} must be a function, not ${said(value)}`)
  }
  if (kind === 'converter' && !members['converter'] && !members['headerConverter'])
    complaints.push('it has neither converter nor headerConverter')
  if (typeof members['className'] === 'string' && /[\s,]/.test(members['className']))
    complaints.push(`className must have neither blanks nor commas: '${members['className']}'`)
  return [...complaints, ...complaintsAboutConfig(members['config'])]
}

/** The function of the SDK that makes such a plugin. */
export function makerOf(plugin: Plugin): string {
  return MAKERS[plugin.kind]
}

function complaintsAboutConfig(config: unknown): string[] {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    return [`config must be an object of keys, such as { topic: key.string({ … }) }, not ${said(config)}`]
  return Object.entries(config as Members).flatMap(([name, spec]) => {
    const isKey =
      typeof spec === 'object' && spec !== null && 'type' in spec && 'schema' in spec && 'required' in spec
    return isKey ? [] : [`config.${name} must be made by key.string, key.int …, not ${said(spec)}`]
  })
}

function said(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return `'${value}'`
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
