import { readFileSync } from 'node:fs'
import type { Properties } from '../config/properties.ts'
import { ConfigException } from '../data/errors.ts'
import { loginModuleOf } from '../kafka/jaas-file.ts'
import { jvmOptions } from './jvm-options.ts'

const PROPERTY = 'java.security.auth.login.config'
const CONTEXT = 'KafkaClient'
const KEY = 'sasl.jaas.config'
/** In the JVM the file is for every client of the process, whatever its keys begin with. */
const PREFIXES = ['', 'producer.', 'consumer.', 'admin.']

/**
 * Gives every client that has no sasl.jaas.config the login module of the JAAS file that -Djava.security.auth.login.config
 * names. What is wrong with the file stops a worker that logs in anywhere, and is a warning to another one.
 */
export function withLoginConfiguration(properties: Properties, options: string): Properties {
  const { values } = properties
  const { system } = jvmOptions(options)
  const path = system[PROPERTY]
  if (!path) return properties
  try {
    const module = loginModuleOf(CONTEXT, readFileSync(path, 'utf8'), system)
    if (module === null) throw new ConfigException(`it has no context ${CONTEXT}`)
    const missing = PREFIXES.map(prefix => prefix + KEY).filter(key => !Object.hasOwn(values, key))
    return { ...properties, values: { ...values, ...Object.fromEntries(missing.map(key => [key, module])) } }
  } catch (error) {
    const message = `${path}, the JAAS file in KAFKA_OPTS (-D${PROPERTY}), cannot be used: ${(error as Error).message}`
    if (!logsIn(values)) return { ...properties, warnings: [...properties.warnings, message] }
    throw new ConfigException(message, {
      cause: error,
      hint: `Correct it, or put the login module into ${KEY}.`,
    })
  }
}

function logsIn(values: Readonly<Record<string, string>>): boolean {
  return Object.entries(values).some(
    ([key, value]) => /(?:^|\.)security\.protocol$/.test(key) && /^\s*SASL_/i.test(value),
  )
}
