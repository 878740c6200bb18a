import type { KeySpec } from '../config/keys.ts'
import type { PluginRegistry } from '../worker/plugins.ts'

export interface Problem {
  key: string
  /** Java's text. */
  message: string
  /** What is known of the key, if anything. */
  spec: Pick<KeySpec<unknown>, 'default' | 'required'> | null
}

/** What to write into `file` instead, or undefined where the text says it all. */
export function wayOut(
  { key, message, spec }: Problem,
  file: string,
  plugins: PluginRegistry,
): string | undefined {
  if (message.startsWith('Missing required'))
    return file.endsWith('.json') ? `Add "${key}": "..." to ${file}.` : `Add a line ${key}=... to ${file}.`
  if (/could not be found\.$/.test(message) && key.endsWith('.converter')) {
    const type = key.startsWith('header') ? 'header_converter' : 'converter'
    const known = plugins.list(false).filter(plugin => plugin.type === type)
    return `This worker has ${known.map(plugin => plugin.class).join(', ')}.`
  }
  if (!message.startsWith('Invalid value') || spec === null) return undefined
  const byDefault = spec.default
  if (byDefault !== null && String(byDefault) !== '')
    return `Correct the value, or delete the line to get the default, ${byDefault}.`
  return spec.required ? 'Correct the value.' : 'Correct the value or delete the line.'
}
