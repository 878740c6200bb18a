import { ConfigException } from '../../data/errors.ts'
import { clientSecurity } from '../../kafka/security.ts'
import type { Config } from '../../sdk/plugin.ts'
import { OauthTokens, oauthOptions, type TokenRequests } from './oauth-tokens.ts'
import type { ClientConfig } from './registry-keys.ts'

/** The value of a request's `Authorization`, null for none; what fetches it where it changes. */
export type AuthorizationHeader = string | null | (() => Promise<string>)

/** That of requests to a registry's URL. */
export type Authorization = (url: URL) => AuthorizationHeader

const BASIC_SOURCE = 'basic.auth.credentials.source'
const BEARER_SOURCE = 'bearer.auth.credentials.source'
const none: Authorization = () => null

/**
 * `given` are the client's keys as they were written: which of the two ways is wanted shows in what was written, not in
 * a default. @throws ConfigException  Java: RestService.configure
 */
export function authorization(given: Config, config: ClientConfig, requests: TokenRequests): Authorization {
  const basic = Boolean(given[BASIC_SOURCE])
  const bearer = Boolean(given[BEARER_SOURCE])
  if (basic && bearer) {
    throw new ConfigException(`Only one of '${BASIC_SOURCE}' and '${BEARER_SOURCE}' may be specified`)
  }
  if (bearer || (!basic && config['bearer.auth.token'].value() !== ''))
    return bearerToken(given, config, requests)
  return basicCredentials(given, config)
}

/** Of the keys as they were written, what `authorization` looks at beside their values. */
export function writtenSources(given: Config): unknown {
  return [given[BASIC_SOURCE], given[BEARER_SOURCE], given['sasl.mechanism']]
}

function basicCredentials(given: Config, config: ClientConfig): Authorization {
  const source = config[BASIC_SOURCE]
  if (source === 'URL') return url => basicHeader(fromUrl(url))
  if (source === 'USER_INFO') {
    const user = config['basic.auth.user.info'].value()
    if (user === '') {
      throw new ConfigException(
        'UserInfo must be provided when basic.auth.credentials.source is set to USER_INFO',
        {
          hint: 'Set basic.auth.user.info=user:password.',
        },
      )
    }
    return always(basicHeader(user))
  }
  if (source === 'SASL_INHERIT') return always(basicHeader(fromJaas(given)))
  throw new ConfigException(`${BASIC_SOURCE}=${source} is not supported`, {
    hint: 'URL, USER_INFO and SASL_INHERIT are.',
  })
}

function bearerToken(given: Config, config: ClientConfig, requests: TokenRequests): Authorization {
  const source = config[BEARER_SOURCE]
  if (source === 'OAUTHBEARER') {
    const tokens = new OauthTokens(oauthOptions(given, config, requests))
    return () => async () => `Bearer ${await tokens.token()}`
  }
  if (source !== 'STATIC_TOKEN') {
    throw new ConfigException(`${BEARER_SOURCE}=${source} is not supported`, {
      hint: 'STATIC_TOKEN with bearer.auth.token and OAUTHBEARER are; a config provider can bring a token too.',
    })
  }
  const token = config['bearer.auth.token'].value()
  if (token === '') {
    throw new ConfigException(
      'Token must be provided via bearer.auth.token config when bearer.auth.credentials.source is set to STATIC_TOKEN',
    )
  }
  return always(`Bearer ${token}`)
}

function always(header: string | null): Authorization {
  return header === null ? none : () => header
}

function basicHeader(userInfo: string | null): string | null {
  return userInfo === null ? null : `Basic ${Buffer.from(userInfo).toString('base64')}`
}

function fromUrl({ username, password }: URL): string | null {
  if (username === '' && password === '') return null
  return `${decoded(username)}:${decoded(password)}`
}

/** A `%` that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

function fromJaas(given: Config): string {
  const jaas = given['sasl.jaas.config']
  if (!jaas) {
    throw new ConfigException(`${BASIC_SOURCE}=SASL_INHERIT needs sasl.jaas.config`, {
      hint: "Set it among the converter's own keys (value.converter.sasl.jaas.config=…), or use USER_INFO: a converter does not see the settings of the worker's clients.",
    })
  }
  const sasl = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.jaas.config': jaas }
  const mechanism = given['sasl.mechanism'] ?? (jaas.includes('ScramLoginModule') ? 'SCRAM-SHA-256' : 'PLAIN')
  const { username, password } = clientSecurity({ ...sasl, 'sasl.mechanism': mechanism }).sasl!
  return `${username}:${password}`
}
