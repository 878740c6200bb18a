import type { ConfigProblem } from '../../../config/validate.ts'
import { ConnectException } from '../../../data/errors.ts'
import type { Config, Plugin } from '../../../sdk/plugin.ts'
import type { OutsidePlugin } from '../../outside/description.ts'
import { errorToWire } from '../error-wire.ts'
import type { HostCalls } from '../protocol.ts'

/** The outside plugins of this process. The code that loads them is read when the first one is. */
export class OutsideFiles {
  readonly #loaded = new Map<string, Promise<readonly Plugin[]>>()
  #described: readonly OutsidePlugin[] = []

  /** Throws ConnectException for a file that cannot be loaded. */
  async load(files: readonly string[]): Promise<readonly Plugin[]> {
    return (await Promise.all(files.map(file => this.#load(file)))).flat()
  }

  async describe(paths: readonly string[]): Promise<HostCalls['describe']['answer']> {
    const [{ loadPlugins }, { describePlugin }] = await Promise.all([
      import('../../outside/load.ts'),
      import('../../outside/description.ts'),
    ])
    const { plugins, failures } = await loadPlugins(paths)
    this.#described = plugins
    return {
      plugins: plugins.map(describePlugin),
      failures: failures.map(({ file, error }) => ({ file, error: errorToWire(error) })),
    }
  }

  async validate(className: string, config: Config): Promise<ConfigProblem[]> {
    const plugin = this.#described.find(described => described.className === className)
    if (!plugin)
      throw new ConnectException(
        `${className} cannot check its configuration: its file is gone or cannot be loaded`,
        { hint: 'The log of the worker tells what is wrong with the file.' },
      )
    const { outsideProblems } = await import('../../outside/description.ts')
    return await outsideProblems(plugin, config)
  }

  #load(file: string): Promise<readonly Plugin[]> {
    const known = this.#loaded.get(file)
    if (known) return known
    const loading = loadOne(file)
    this.#loaded.set(file, loading)
    // Whoever starts it again, after the file was mended perhaps, has it read again.
    loading.catch(() => this.#loaded.delete(file))
    return loading
  }
}

async function loadOne(file: string): Promise<readonly Plugin[]> {
  const { loadPlugins } = await import('../../outside/load.ts')
  const { plugins, failures } = await loadPlugins([file])
  const failure = failures[0]
  if (failure)
    throw new ConnectException(`The plugin ${failure.file} cannot be loaded`, {
      cause: failure.error,
      hint: 'Correct the file and restart the connector and its tasks.',
    })
  return plugins
}
