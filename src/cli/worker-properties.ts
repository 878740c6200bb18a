import { readPropertiesFile } from '../config/files.ts'
import type { Properties } from '../config/properties.ts'

/** In place of a file's path: the worker's keys are in CONNECT_… variables. */
export const ENVIRONMENT = 'the environment'

/**
 * The keys of a worker as they are written, from a property file or from the environment, and what a JAAS file named
 * in KAFKA_OPTS adds to them. Throws ConfigException.
 */
export async function readWorkerProperties(path: string): Promise<Properties> {
  const properties = path === ENVIRONMENT ? await fromVariables() : await readPropertiesFile(path)
  const options = `${process.env['KAFKA_OPTS'] ?? ''} ${process.env['EXTRA_ARGS'] ?? ''}`
  if (!options.includes('java.security.auth.login.config')) return properties
  const { withLoginConfiguration } = await import('./login-configuration.ts')
  return withLoginConfiguration(properties, options)
}

/** Whether the environment has keys of a worker. */
export function hasConnectVariables(env: Readonly<Record<string, string | undefined>>): boolean {
  return Object.keys(env).some(name => name.startsWith('CONNECT_') && !name.startsWith('CONNECT_LOG4J'))
}

async function fromVariables(): Promise<Properties> {
  const { connectVariables } = await import('./connect-variables.ts')
  return { values: connectVariables(process.env), lines: new Map(), warnings: [] }
}
