/**
 * Configurations whose classes this worker lacks, where other workers of the group may have them. Ours: a JVM worker
 * refuses what it cannot load itself.
 */
import type { ConfigInfos } from '../../config/config-infos.ts'
import { withoutNulls } from '../../config/connector/checked-key.ts'
import { invalidConnector } from '../../config/connector-config.ts'
import type { Joined } from '../../group/membership.ts'
import { logger } from '../../observe/log.ts'
import { ElsewhereError, HerderError, LacksPluginError } from '../errors.ts'
import type { SubmittedConfig } from '../herder.ts'
import type { OtherWorkers } from '../other-workers.ts'
import { checkStillWanted } from '../still-wanted.ts'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')

export interface Group {
  /** Of the last round; null before. */
  current: Joined | null
  /** URLs of the other members, as far as a leader knows. */
  urls: readonly string[]
  others: OtherWorkers
  signal?: AbortSignal | undefined
}

/**
 * The configuration to store after all, of one that was refused with `error`: where that is for want of plugins alone,
 * the leader judges, and the leader asks those who may have them. Otherwise nobody could create a Java connector while
 * bunnect leads a group of both kinds. Throws `error`, ElsewhereError for the leader, or what a worker that has the
 * plugins has against the configuration.
 */
export async function acceptedElsewhere(
  error: unknown,
  config: SubmittedConfig,
  group: Group,
): Promise<Record<string, string>> {
  const { current, urls } = group
  if (!(error instanceof LacksPluginError) || current === null) throw error
  if (!current.isLeader) throw new ElsewhereError(current.assignment.leaderUrl)
  for (const url of urls) if (await acceptedBy(url, config, group)) return withoutNulls(config)
  throw error
}

/** False where that worker lacks the plugins too, or does not answer. Throws HerderError with its complaints. */
async function acceptedBy(url: string, config: SubmittedConfig, { others, signal }: Group): Promise<boolean> {
  const name = config['connector.class'] ?? ''
  let infos: ConfigInfos
  try {
    // Throws for half a surrogate pair, which is no class's name anywhere.
    const path = `/connector-plugins/${encodeURIComponent(name)}/config/validate`
    const request = { method: 'PUT', path, body: JSON.stringify(config) } as const
    const { status, body } = await others.ask(url, request, signal)
    if (status !== 200 || !Array.isArray((body as ConfigInfos | null)?.configs)) {
      log.debug(`${url} does not check a configuration of ${name}: HTTP ${status}`)
      return false
    }
    infos = body as ConfigInfos
  } catch (error) {
    checkStillWanted({ ...(signal && { signal }) })
    log.debug(`${url} could not be asked to check a configuration of ${name}: ${(error as Error).message}`)
    return false
  }
  const { error_count: count, configs } = infos
  // Whatever answers there: what is no complaint says nothing against the configuration, and nothing for it.
  const errors = configs.flatMap(one => one?.value?.errors ?? [])
  if (count === 0) return true
  // Every worker that lacks one of the classes says so: another one may have them all.
  if (errors.every(text => /: Class .* could not be found\.$/s.test(text))) return false
  throw new HerderError('BAD_REQUEST', invalidConnector(errors, count))
}
