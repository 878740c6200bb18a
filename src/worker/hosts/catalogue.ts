import type { ConfigProblem } from '../../config/validate.ts'
import { ConnectException, causes } from '../../data/errors.ts'
import { logger, writeLine } from '../../observe/log.ts'
import type { Config } from '../../sdk/plugin.ts'
import { describedPlugin, type OutsidePlugin, type PluginDescription } from '../outside/description.ts'
import { pluginPlaces } from '../outside/places.ts'
import { type HostWorker, hostSetup } from './child-host.ts'
import { type ErrorWire, RemoteException } from './error-wire.ts'
import { HostConnection } from './host-connection.ts'
import type { HostSettings } from './settings.ts'

const log = logger('bunnect.worker.hosts.Catalogue')
const NAME = 'plugin-catalogue'
const CLOSE_MS = 1000

export interface CatalogueContents {
  /** Stand-ins that can be listed and validated against; their code runs in hosts. */
  plugins: OutsidePlugin[]
  failures: { file: string; error: Error }[]
}

interface Described {
  plugins: PluginDescription[]
  failures: { file: string; error: ErrorWire }[]
}

/**
 * The host that knows what outside plugins there are: it loads their code to ask it, and runs nothing. One that does
 * not come back is killed and started again when the next question comes.
 */
export class Catalogue {
  readonly #paths: readonly string[]
  readonly #worker: HostWorker
  readonly #settings: HostSettings
  #host: HostConnection | null = null
  /** The files that could be loaded. */
  #files: readonly string[] = []
  #contents: Promise<unknown> = Promise.resolve()

  /** `paths` is plugin.path. */
  constructor(paths: readonly string[], worker: HostWorker, settings: HostSettings) {
    this.#paths = paths
    this.#worker = worker
    this.#settings = settings
  }

  /** Reads everything anew, in a new process: code that was loaded once stays as it was. Never rejects for a plugin. */
  async read(): Promise<CatalogueContents> {
    const reading = this.#read()
    this.#contents = reading.catch(() => {})
    return await reading
  }

  async close(): Promise<void> {
    const host = this.#host
    this.#host = null
    await host?.close(CLOSE_MS)
  }

  async #read(): Promise<CatalogueContents> {
    await this.close()
    const { plugins, failures } = await this.#describe()
    this.#files = [...new Set(plugins.map(plugin => plugin.file))]
    return {
      plugins: plugins.map(plugin => describedPlugin(plugin, (name, config) => this.#validate(name, config))),
      failures: failures.map(({ file, error }) => ({ file, error: new RemoteException(error) })),
    }
  }

  async #describe(): Promise<Described> {
    try {
      return await this.#ask(this.#paths)
    } catch (error) {
      log.warn(`Not all plugins could be loaded at once, they are tried one by one: ${causes(error)}`)
    }
    const { modules } = pluginPlaces(this.#paths)
    const failures: Described['failures'] = []
    const good: string[] = []
    for (const { file } of modules) {
      try {
        await this.close()
        await this.#ask([file])
        good.push(file)
      } catch (error) {
        const message = `${file}: loading it did not come to an end: ${(error as Error).message}`
        failures.push({ file, error: { javaClass: ConnectException.javaClass, message, frames: '' } })
      }
    }
    await this.close()
    const rest = await this.#ask(good)
    return { plugins: rest.plugins, failures: [...failures, ...rest.failures] }
  }

  async #validate(className: string, config: Config): Promise<readonly ConfigProblem[]> {
    await this.#contents
    // One that has died was not asked for its plugins yet.
    if (!this.#host?.alive) await this.#ask(this.#files)
    return await this.#connection().call('validate', { className, config }, this.#deadlineMs, () =>
      this.#late(`validate of ${className}`),
    )
  }

  #ask(paths: readonly string[]): Promise<Described> {
    return this.#connection().call('describe', { paths }, this.#deadlineMs, () =>
      this.#late('loading the plugins'),
    )
  }

  get #deadlineMs(): number {
    return this.#settings.pluginTimeoutMs
  }

  #late(what: string): ConnectException {
    return new ConnectException(`${what} has not returned within ${this.#deadlineMs} ms`, {
      hint: 'bunnect.plugin.timeout.ms is how long a call of a plugin may take.',
    })
  }

  #connection(): HostConnection {
    if (this.#host?.alive) return this.#host
    const host = new HostConnection({
      setup: hostSetup(NAME, this.#worker, this.#settings),
      settings: this.#settings,
      answer: async () => {
        throw new ConnectException('A catalogue of plugins has no offsets')
      },
      told: message => {
        if (message.type === 'log') writeLine(message.line)
      },
      // It does nothing but what plugins ask of it.
      inPlugin: () => true,
      isGivenUp: () => false,
      ended: () => {
        if (this.#host === host) this.#host = null
      },
    })
    this.#host = host
    return host
  }
}
