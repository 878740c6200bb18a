/**
 * What can come between a converter and its schema. Those of Kafka's clients that pass are Connect's retriable here:
 * `errors.retry.timeout` holds for them.
 */
import { ConnectException, RetriableException } from '../../data/errors.ts'

/** The registry's own refusal. */
export class RestClientException extends ConnectException {
  static override readonly javaClass =
    'io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException'
  /** The same request may succeed later. Java: RestService.isRestClientExceptionRetriable */
  readonly retriable: boolean

  constructor(
    message: string,
    readonly status: number,
    readonly errorCode: number,
    hint?: string,
  ) {
    super(`${message}; error code: ${errorCode}`, hint === undefined ? {} : { hint })
    this.retriable = status === 408 || status === 429 || status >= 500
  }
}

/** No registry could be reached, or none answered in time. */
export class RegistryUnreachable extends ConnectException {
  readonly retriable = true

  constructor(
    message: string,
    readonly kind: 'timeout' | 'refused' | 'host' | 'tls' | 'broken',
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options)
  }

  override get javaClass(): string {
    return JAVA_CLASS[this.kind]
  }
}

const JAVA_CLASS = {
  timeout: 'java.net.SocketTimeoutException',
  refused: 'java.net.ConnectException',
  host: 'java.net.UnknownHostException',
  tls: 'javax.net.ssl.SSLException',
  broken: 'java.net.SocketException',
}

/** It answered, but not as a registry does. */
export class UnusableAnswer extends ConnectException {
  static override readonly javaClass = 'java.io.IOException'
}

/** Schema and data do not fit where the configuration wants that they do. */
export class IncompatibleSchema extends ConnectException {
  static override readonly javaClass = 'java.io.IOException'
}

export class TimeoutException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.errors.TimeoutException'
}
export class NetworkException extends RetriableException {
  static override readonly javaClass: string = 'org.apache.kafka.common.errors.NetworkException'
}
export class DisconnectException extends RetriableException {
  static override readonly javaClass: string = 'org.apache.kafka.common.errors.DisconnectException'
}
export class ThrottlingQuotaExceededException extends RetriableException {
  static override readonly javaClass: string =
    'org.apache.kafka.common.errors.ThrottlingQuotaExceededException'
}
export class AuthenticationException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.errors.AuthenticationException'
}
export class AuthorizationException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.errors.AuthorizationException'
}

/** Fewer bytes than a field of them needs. */
export class BufferUnderflowException extends ConnectException {
  static override readonly javaClass = 'java.nio.BufferUnderflowException'
}
