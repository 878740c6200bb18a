import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigException } from '../../data/errors.ts'
import { AllowedPaths } from './allowed-paths.ts'
import type { ConfigProviderPlugin } from './provider.ts'
import { utf8File } from './utf8-file.ts'

/**
 * `${directory:/path/to/folder:name}`: the whole content of a file, line ends included. Java:
 * org.apache.kafka.common.config.provider.DirectoryConfigProvider
 */
export const directoryConfigProvider: ConfigProviderPlugin = {
  kind: 'config-provider',
  className: 'org.apache.kafka.common.config.provider.DirectoryConfigProvider',
  version: '4.3.1',
  create(params, log) {
    const paths = new AllowedPaths(params['allowed.paths'])
    return {
      async get(path, keys) {
        if (path === '') return { data: {} }
        const folder = paths.resolve(path, log)
        if (folder === null) return { data: {} }
        if (!(await isOf(folder, 'folder'))) {
          log.warn(`The path ${path} is not a directory`)
          return { data: {} }
        }
        const names = (await list(folder)).filter(name => keys === undefined || keys.has(name))
        const entries: [string, string][] = []
        for (const name of names) {
          const file = join(folder, name)
          if (!(await isOf(file, 'file'))) continue
          entries.push([name, await utf8File(file, `Could not read file ${file} for property ${name}`)])
        }
        return { data: Object.fromEntries(entries) }
      },
    }
  },
}

async function isOf(path: string, kind: 'folder' | 'file'): Promise<boolean> {
  try {
    const found = await stat(path)
    return kind === 'folder' ? found.isDirectory() : found.isFile()
  } catch {
    return false // As Java's Files.isDirectory and isRegularFile: what cannot be looked at is none.
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new ConfigException(`Could not list directory ${folder}`, { cause })
  }
}
