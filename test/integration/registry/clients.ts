import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../servers/run.ts'

const root = resolve(import.meta.dir, '../../..')
const cache = join(root, '.cache/registry-clients')

/** Where npm's `@confluentinc/schemaregistry` is; the first call takes two minutes. */
export function npmClient(): Promise<string> {
  return installed('npm', '@confluentinc/schemaregistry@1.10.1', package_ => [
    'echo \'{"private":true}\' > package.json',
    `npm install --ignore-scripts --no-audit --no-fund --no-package-lock ${package_}`,
  ])
}

/** Python with `confluent-kafka` and its serializers. */
export async function pythonClient(): Promise<string> {
  const folder = await installed(
    'python',
    'confluent-kafka[avro,schemaregistry,protobuf,json]==2.16.0',
    package_ => [
      `python3 -c 'import ensurepip, venv' 2> /dev/null || ${join(root, 'scripts/apt')} python3-venv`,
      'python3 -m venv .',
      `bin/pip install --quiet --disable-pip-version-check '${package_}'`,
    ],
  )
  return join(folder, 'bin/python')
}

/** Once for all who ask at the same time, and for all later runs. */
async function installed(
  name: string,
  package_: string,
  commands: (package_: string) => string[],
): Promise<string> {
  const folder = join(cache, `${name}-${package_.replace(/^@?[^@=]*[@=]+/, '')}`)
  mkdirSync(folder, { recursive: true })
  const script = ['set -eu', 'cd "$0"', 'test -e .done && exit', ...commands(package_), 'touch .done']
  await run(['flock', `${folder}.lock`, 'sh', '-c', script.join('\n'), folder])
  return folder
}
