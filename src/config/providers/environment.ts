import { ConfigException } from '../../data/errors.ts'
import { javaRegex } from '../java-regex.ts'
import type { ConfigProviderPlugin } from './provider.ts'

/**
 * `${env:NAME}`: environment variables as they were when the worker started. Java:
 * org.apache.kafka.common.config.provider.EnvVarConfigProvider
 */
export const envVarConfigProvider: ConfigProviderPlugin = {
  kind: 'config-provider',
  className: 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  version: '4.3.1',
  create(params, log) {
    const pattern = params['allowlist.pattern']
    if (pattern === undefined) {
      log.info("No pattern for environment variables provided. Using default pattern '(.*)'.")
    }
    const allowed = javaRegex(pattern ?? '.*', { whole: true })
    const all = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && allowed.test(entry[0]),
    )
    return {
      get(path, keys) {
        if (path !== '') {
          const text = `Path is not supported for EnvVarConfigProvider, invalid value '${path}'`
          log.error(text)
          throw new ConfigException(text, {
            hint: 'A reference to it has no path: the name of the provider, a colon, the name of the variable.',
          })
        }
        return { data: Object.fromEntries(all.filter(([name]) => keys?.has(name) ?? true)) }
      },
    }
  },
}
