/** The errors of a registry's converter, with Confluent's texts and what to do. */
import {
  type ConnectException,
  DataException,
  RetriableException,
  SerializationException,
} from '../../data/errors.ts'
import {
  AuthenticationException,
  AuthorizationException,
  DisconnectException,
  NetworkException,
  RegistryUnreachable,
  RestClientException,
  ThrottlingQuotaExceededException,
  TimeoutException,
} from './registry-errors.ts'

/** How one schema language words what fails; `topic` is set in. */
export interface ErrorTexts {
  /** Asked for a schema's id on the way out, by what was asked; the schema's text follows. */
  registering: string
  latest: string
  retrieving: string
  schemaForId(id: number | string, part: string): string
  /** A value that is none of the schema. */
  serializing: string
  deserializing(id: number | string): string
  writingFailed(topic: string): string
  writingTimedOut(topic: string): string
  writingNetwork(topic: string): string
  readingFailed(topic: string): string
  readingTimedOut(topic: string): string
}

/** Java: AbstractKafkaAvroSerializer, AvroConverter and those of the other languages */
export function errorTexts(label: string): ErrorTexts {
  const json = label === 'JSON'
  const avro = label === 'Avro'
  const wrote = (topic: string) =>
    `Converting Kafka Connect data to byte[] failed due to serialization error of topic ${topic}: `
  const read = (topic: string) =>
    `Converting byte[] to Kafka Connect data failed due to serialization error of topic ${topic}: `
  return {
    registering: `Error registering ${label} schema${avro ? '' : ': '}`,
    latest: avro ? 'Error retrieving latest version of Avro schema' : 'Error retrieving latest version: ',
    retrieving: `Error retrieving ${label} schema${avro ? '' : ': '}`,
    schemaForId: (id, part) => `Error retrieving ${label}${avro ? ` ${part}` : ''} schema for id ${id}`,
    serializing: `Error serializing ${label} message`,
    deserializing: id => `Error deserializing ${label} message for id ${id}`,
    writingFailed: json ? wrote : topic => `Failed to serialize ${label} data from topic ${topic}:`,
    writingTimedOut: json ? wrote : topic => `Failed to serialize ${label} data from topic ${topic} :`,
    writingNetwork: topic =>
      `Network connection error while serializing ${json ? 'Json' : label} data for topic ${topic}`,
    readingFailed: json ? read : topic => `Failed to deserialize data for topic ${topic} to ${label}:`,
    readingTimedOut: json ? read : topic => `Failed to deserialize data for topic ${topic} to ${label}: `,
  }
}

/**
 * What a serializer makes of a failed question: `asked` is what it says of a refusal, `working` of anything else.
 * Java: AbstractKafkaSchemaSerDe.toKafkaException
 */
export function serdeError(error: unknown, asked: string, working: string): ConnectException {
  if (error instanceof RestClientException) return refusalError(error, asked)
  if (error instanceof RegistryUnreachable && error.kind === 'timeout') {
    return new TimeoutException(working, { cause: error })
  }
  return isFinal(error) ? error : new SerializationException(working, { cause: error })
}

/** What is not worded anew: what a serializer throws, and what data themselves are the reason of. */
function isFinal(error: unknown): error is ConnectException {
  return FINAL.some(each => error instanceof each)
}

const FINAL = [
  SerializationException,
  DataException,
  TimeoutException,
  AuthenticationException,
  AuthorizationException,
  ThrottlingQuotaExceededException,
  DisconnectException,
]

function refusalError(cause: RestClientException, message: string): ConnectException {
  switch (cause.status) {
    case 401:
      return new AuthenticationException(message, { cause })
    case 403:
      return new AuthorizationException(message, { cause })
    case 429:
      return new ThrottlingQuotaExceededException(message, { cause })
    case 408:
    case 500:
    case 503:
    case 504:
      return new TimeoutException(message, { cause })
    case 502:
      return new DisconnectException(message, { cause })
    default:
      return new SerializationException(message, { cause })
  }
}

/** What the converter makes of what the serializer throws. Java: AvroConverter.fromConnectData */
export function writingError(error: ConnectException, topic: string, texts: ErrorTexts): ConnectException {
  return converterError(
    error,
    texts.writingFailed(topic),
    texts.writingTimedOut(topic),
    texts.writingNetwork(topic),
  )
}

/** Java: AvroConverter.toConnectData */
export function readingError(error: ConnectException, topic: string, texts: ErrorTexts): ConnectException {
  const network = `Network connection error while deserializing data for topic ${topic}`
  return converterError(error, texts.readingFailed(topic), texts.readingTimedOut(topic), network)
}

function converterError(
  cause: ConnectException,
  failed: string,
  timedOut: string,
  network: string,
): ConnectException {
  if (cause instanceof TimeoutException) return new RetriableException(timedOut, { cause })
  if (!(cause instanceof SerializationException)) return cause
  if (cause.cause instanceof RegistryUnreachable) {
    return new NetworkException(`${network}: ${cause.cause.message}`, { cause })
  }
  return new DataException(failed, { cause })
}
