import { readFile } from 'node:fs/promises'
import { ConfigException } from '../../data/errors.ts'
import { parseProperties } from '../properties.ts'
import { AllowedPaths } from './allowed-paths.ts'
import type { ConfigProviderPlugin } from './provider.ts'

/**
 * `${file:/path/to/some.properties:key}`; the file is UTF-8 and read each time. Java:
 * org.apache.kafka.common.config.provider.FileConfigProvider
 */
export const fileConfigProvider: ConfigProviderPlugin = {
  kind: 'config-provider',
  className: 'org.apache.kafka.common.config.provider.FileConfigProvider',
  version: '4.3.1',
  create(params, log) {
    const paths = new AllowedPaths(params['allowed.paths'])
    return {
      async get(path, keys) {
        if (path === '') return { data: {} }
        const file = paths.resolve(path)
        if (file === null) {
          log.warn(`The path ${path} is not allowed to be accessed`)
          return { data: {} }
        }
        const { values } = parseProperties(await read(file, path), file)
        return { data: keys === undefined ? values : only(values, keys) }
      },
    }
  },
}

async function read(file: string, path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file))
  } catch (cause) {
    throw new ConfigException(`Could not read properties from file ${path}`, {
      cause,
      hint: `The worker must be able to read it: ${(cause as NodeJS.ErrnoException).code ?? 'it is not UTF-8'}.`,
    })
  }
}

function only(values: Record<string, string>, keys: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)))
}
