import type { ConfigProblem } from '../../config/validate.ts'
import { ConnectException, causes } from '../../data/errors.ts'
import { logger, writeLine } from '../../observe/log.ts'
import type { Config } from '../../sdk/plugin.ts'
import { describedPlugin, type OutsidePlugin, type PluginDescription } from '../outside/description.ts'
import { pluginPlaces } from '../outside/places.ts'
import { type ErrorWire, RemoteException } from './error-wire.ts'
import { HostConnection } from './host-connection.ts'
import { type HostWorker, hostSetup } from './host-setup.ts'
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

/** A process that has been asked what there is at certain places; for nothing else before it has told. */
interface Asked {
  connection: HostConnection
  described: Promise<Described>
}

/**
 * The host that knows what outside plugins there are: it loads their code to ask it, and runs nothing. One that does
 * not come back is killed and started again when the next question comes.
 */
export class Catalogue {
  readonly #paths: readonly string[]
  readonly #worker: HostWorker
  readonly #settings: HostSettings
  #host: Asked | null = null
  /** The files that could be loaded. */
  #files: readonly string[] = []
  #contents: Promise<unknown> = Promise.resolve()
  /** Questions that are asked for the second time, one after the other; new ones wait. */
  #again: Promise<unknown> = Promise.resolve()

  /** `paths` is plugin.path. */
  constructor(paths: readonly string[], worker: HostWorker, settings: HostSettings) {
    this.#paths = paths
    this.#worker = worker
    this.#settings = settings
  }

  /** Reads everything anew, in a new process: code that was loaded once stays as it was. Never rejects for a plugin. */
  async read(): Promise<CatalogueContents> {
    const reading = this.#read()
    this.#contents = reading.catch(() => {}) // Whoever asked has the error.
    return await reading
  }

  async close(): Promise<void> {
    const host = this.#host
    this.#host = null
    await host?.connection.close(CLOSE_MS)
  }

  async #read(): Promise<CatalogueContents> {
    const { plugins, failures } = await this.#describe()
    this.#files = [...new Set(plugins.map(plugin => plugin.file))]
    return {
      plugins: plugins.map(plugin => describedPlugin(plugin, (name, config) => this.#validate(name, config))),
      failures: failures.map(({ file, error }) => ({ file, error: new RemoteException(error) })),
    }
  }

  async #describe(): Promise<Described> {
    try {
      return await this.#anew(this.#paths)
    } catch (error) {
      log.warn(`Not all plugins could be loaded at once, they are tried one by one: ${causes(error)}`)
    }
    const { modules } = pluginPlaces(this.#paths)
    const failures: Described['failures'] = []
    const good: string[] = []
    for (const { file } of modules) {
      try {
        await this.#anew([file])
        good.push(file)
      } catch (error) {
        const message = `${file}: loading it did not come to an end: ${(error as Error).message}`
        failures.push({ file, error: { javaClass: ConnectException.javaClass, message, frames: '' } })
      }
    }
    const rest = await this.#anew(good)
    return { plugins: rest.plugins, failures: [...failures, ...rest.failures] }
  }

  async #anew(paths: readonly string[]): Promise<Described> {
    await this.close()
    return await this.#start(paths).described
  }

  async #validate(className: string, config: Config): Promise<readonly ConfigProblem[]> {
    await this.#again
    const first = await this.#ask(className, config)
    if (!('lost' in first)) return first.problems
    // Some question has ended the host, or its files have changed. By itself each shows whose fault it was.
    const second = this.#again.then(() => this.#ask(className, config))
    this.#again = second.catch(() => {}) // Whoever asked has the error.
    const answer = await second
    if ('lost' in answer)
      throw new ConnectException(
        `validate of ${className} did not come to an end: ${(answer.lost as Error).message}`,
        { cause: answer.lost },
      )
    return answer.problems
  }

  async #ask(
    className: string,
    config: Config,
  ): Promise<{ problems: readonly ConfigProblem[] } | { lost: unknown }> {
    await this.#contents
    const { connection, described } = this.#host?.connection.alive ? this.#host : this.#start(this.#files)
    try {
      await described
      const late = () => this.#late(`validate of ${className}`)
      const call = connection.call('validate', { className, config }, this.#deadlineMs, late)
      return { problems: await call }
    } catch (error) {
      if (connection.alive) throw error
      return { lost: error }
    }
  }

  #start(paths: readonly string[]): Asked {
    const connection = this.#connect()
    const late = () => this.#late('loading the plugins')
    const described = connection.call('describe', { paths }, this.#deadlineMs, late)
    described.catch(() => {}) // It is for whoever awaits it.
    this.#host = { connection, described }
    return this.#host
  }

  get #deadlineMs(): number {
    return this.#settings.pluginTimeoutMs
  }

  #late(what: string): ConnectException {
    return new ConnectException(`${what} has not returned within ${this.#deadlineMs} ms`, {
      hint: 'bunnect.plugin.timeout.ms is how long a call of a plugin may take.',
    })
  }

  #connect(): HostConnection {
    return new HostConnection({
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
      ended: () => {},
    })
  }
}
