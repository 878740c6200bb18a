/** The `listeners` list. Java: org.apache.kafka.connect.runtime.rest.RestServer and RestServerConfig */
import { ConfigException } from '../../data/errors.ts'
import type { Validator } from '../keys.ts'
import { satisfies } from '../validators.ts'

export interface Listener {
  protocol: 'http' | 'https'
  /** Empty = every interface. */
  host: string
  /** 0 = any free port. */
  port: number
  /** As it was written. */
  url: string
}

const SHAPE = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)/

export const listenerUrls: Validator<readonly string[]> = satisfies(urls => {
  if (urls === null || urls.length === 0) {
    return {
      sentence:
        'Invalid value for listeners, at least one URL is expected, ex: http://localhost:8080,https://localhost:8443.',
    }
  }
  return urls.includes('') ? { sentence: 'Empty URL found when parsing listeners list.' } : null
})

/** Throws ConfigException with Java's texts. */
export function parseListener(url: string): Listener {
  const match = SHAPE.exec(url)
  if (!match) {
    throw new ConfigException("Listener doesn't have the right format (protocol://hostname:port).", {
      hint: `'${url}' is not of that form; http://127.0.0.1:8083 is.`,
    })
  }
  const [, protocol = '', host = '', port = ''] = match
  const lower = protocol.toLowerCase()
  if (lower !== 'http' && lower !== 'https') {
    throw new ConfigException('Listener protocol must be either "http" or "https".', {
      hint: `'${url}' has the protocol '${protocol}'.`,
    })
  }
  return { protocol: lower, host, port: Number(port), url }
}
