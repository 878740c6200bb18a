import { logger } from '../observe/log.ts'
import { CONNECT_COMMIT, CONNECT_VERSION, VERSION } from '../observe/version.ts'

/**
 * What the JVM worker says of its own life, word for word under the same logger names: people and their scripts wait
 * for these lines. Java: AbstractConnectCli, AppInfoParser, RestServer, Connect
 */

const cli = logger('org.apache.kafka.connect.cli.AbstractConnectCli')
const appInfo = logger('org.apache.kafka.common.utils.AppInfoParser')
const rest = logger('org.apache.kafka.connect.runtime.rest.RestServer')
const connect = logger('org.apache.kafka.connect.runtime.Connect')

/** The first thing that a worker does. */
export function tellInitializing(): void {
  cli.info('Kafka Connect worker initializing ...')
  appInfo.info(`Kafka version: ${CONNECT_VERSION}`)
  appInfo.info(`Kafka commitId: ${CONNECT_COMMIT}`)
  appInfo.info(`Kafka startTimeMs: ${Math.floor(performance.timeOrigin)}`)
}

/** Just before the herder starts. */
export function tellStarting(): void {
  connect.info('Kafka Connect starting')
}

/** The herder runs, and REST answers for it at `urls`. */
export function tellStarted({ urls, workerId }: { urls: readonly string[]; workerId: string }): void {
  rest.info('REST resources initialized; server is started and ready to handle requests')
  connect.info('Kafka Connect started')
  cli.info(
    `bunnect ${VERSION} (Kafka Connect ${CONNECT_VERSION}) serves REST at ${urls.join(', ')}, worker id ${workerId}`,
  )
}

export function tellStopping(): void {
  connect.info('Kafka Connect stopping')
}

export function tellStopped(): void {
  connect.info('Kafka Connect stopped')
}
