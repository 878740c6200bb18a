import { withoutNulls } from '../../config/connector/checked-key.ts'
import { referencesIn } from '../../config/providers/references.ts'
import type { ConnectException } from '../../data/errors.ts'
import type { Logger } from '../../observe/log.ts'
import type { Config } from '../../sdk/plugin.ts'
import { type MissingPlugin, MissingPlugins, type WorkerAbilities } from '../../worker/missing-plugins.ts'
import type { ConfigResolver } from '../config-resolver.ts'
import { JoinRefusedError } from '../errors.ts'
import type { ConfigSnapshot } from './config-events.ts'
import { type Lacking, unsupportedReport } from './join-report.ts'

export interface JoinGateParts extends WorkerAbilities {
  /** bunnect.join.unsupported */
  unsupported: 'fail' | 'allow'
  group: string
  resolver: Pick<ConfigResolver, 'resolve'>
  log: Logger
}

type Stored = NonNullable<ReturnType<ConfigSnapshot['connectorConfig']>>

/**
 * Which of the group's connectors this worker cannot run, for want of a class, a version, a config provider or of
 * exactly-once: asked before it joins, for what it tells the leader of itself, and when it is given one all the same.
 * Ours: a JVM worker joins, and what it lacks fails there.
 */
export class JoinGate {
  readonly #parts: JoinGateParts
  readonly #missing: MissingPlugins
  /** By stored configuration, which never changes. */
  #known = new WeakMap<Stored, readonly MissingPlugin[]>()
  #edition: object
  #last: { snapshot: ConfigSnapshot; unable: readonly string[] } | null = null

  constructor(parts: JoinGateParts) {
    this.#parts = parts
    this.#missing = new MissingPlugins(parts)
    this.#edition = parts.plugins.edition
  }

  /** Throws JoinRefusedError where something is missing and this worker may not join without. */
  async check(snapshot: ConfigSnapshot): Promise<void> {
    await this.#resolveClasses(snapshot)
    const lacking = this.#lacking(snapshot)
    if (lacking.length === 0) return
    const { unsupported, group, log } = this.#parts
    const report = unsupportedReport(lacking)
    if (unsupported === 'fail') throw new JoinRefusedError(group, report)
    log.warn(
      `This worker joins the group ${group} though it cannot run all that is configured (bunnect.join.unsupported=allow): ${report}`,
    )
  }

  /** Names of the connectors that this worker cannot run. Costs nothing where nothing has changed. */
  unable(snapshot: ConfigSnapshot): readonly string[] {
    this.#refresh()
    if (this.#last?.snapshot !== snapshot) {
      const unable = [...new Set(this.#lacking(snapshot).map(({ connector }) => connector))]
      this.#last = { snapshot, unable }
    }
    return this.#last.unable
  }

  /**
   * Why a connector must not be started here, in Java's words and with a hint; null where it may. What providers have
   * given of its `stored` configuration is remembered for what this worker tells of itself.
   */
  refusal(config: Config, stored: Stored | null): ConnectException | null {
    const lacking = this.#missing.of(config)
    if (stored !== null && namesClassByReference(stored) && stemsFrom(config, stored))
      this.#remember(stored, config, lacking)
    for (const missing of lacking) {
      const error = missing.error()
      if (error !== null) return error
    }
    return null
  }

  #lacking(snapshot: ConfigSnapshot): Lacking[] {
    this.#refresh()
    return snapshot.connectors().flatMap(connector => {
      const stored = snapshot.connectorConfig(connector)
      return stored === null ? [] : this.#of(stored).map(missing => ({ connector, missing }))
    })
  }

  #of(stored: Stored): readonly MissingPlugin[] {
    let missing = this.#known.get(stored)
    if (missing === undefined) {
      missing = this.#missing.of(withoutNulls(stored))
      this.#known.set(stored, missing)
    }
    return missing
  }

  /** Files on plugin.path come and go. */
  #refresh(): void {
    const { edition } = this.#parts.plugins
    if (edition === this.#edition) return
    this.#edition = edition
    this.#known = new WeakMap()
    this.#last = null
  }

  /** Class names that a config provider gives. One that it does not give is for the start of the connector to tell. */
  async #resolveClasses(snapshot: ConfigSnapshot): Promise<void> {
    const stored = snapshot.connectors().map(name => snapshot.connectorConfig(name))
    const unclear = stored.filter(config => config !== null && namesClassByReference(config)) as Stored[]
    await Promise.all(unclear.map(config => this.#resolveOne(config)))
  }

  async #resolveOne(stored: Stored): Promise<void> {
    const raw = withoutNulls(stored)
    let resolved: Config
    try {
      resolved = withoutNulls((await this.#parts.resolver.resolve(raw)).config)
    } catch (error) {
      this.#parts.log.debug(
        `Classes of connector ${raw['name']} are not known yet: ${(error as Error).message}`,
      )
      return
    }
    this.#remember(stored, resolved, this.#missing.of(resolved))
  }

  #remember(stored: Stored, resolved: Config, missing: readonly MissingPlugin[]): void {
    // Invariant 5: what the provider gave is not told.
    const told = missing.map(one => {
      const name = stored[one.key] ?? ''
      return resolved[one.key] === name
        ? one
        : { ...one, name, why: 'what it stands for is not here', hint: null }
    })
    this.#known.set(stored, told)
    this.#last = null
  }
}

/** What was resolved a moment ago may be of the configuration before. */
function stemsFrom(resolved: Config, stored: Stored): boolean {
  return Object.entries(stored).every(
    ([key, value]) => value === null || referencesIn(value).length > 0 || resolved[key] === value,
  )
}

const CLASS_KEY =
  /^(?:connector\.class|transforms|predicates|(?:transforms|predicates)\..*\.type|.*converter)$/

function namesClassByReference(config: Stored): boolean {
  return Object.entries(config).some(
    ([key, value]) => value?.includes('${') && CLASS_KEY.test(key) && referencesIn(value).length > 0,
  )
}
