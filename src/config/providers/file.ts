import { parseProperties } from '../properties.ts'
import { AllowedPaths } from './allowed-paths.ts'
import type { ConfigProviderPlugin } from './provider.ts'
import { utf8File } from './utf8-file.ts'

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
        const file = paths.resolve(path, log)
        if (file === null) return { data: {} }
        const { values } = parseProperties(
          await utf8File(file, `Could not read properties from file ${path}`),
          file,
        )
        return { data: keys === undefined ? values : only(values, keys) }
      },
    }
  },
}

function only(values: Record<string, string>, keys: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)))
}
