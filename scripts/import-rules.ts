import { dirname, join, normalize } from 'node:path'

interface Rule {
  /** Parts, or single files of a part (an entry with a slash). `*` is everything in src and connectors. */
  parts: readonly string[]
  /** Modules of Bun, of Node and of npm. A folder's own entry replaces that of its part. */
  packages: readonly string[]
}

const WORKER_PARTS = [
  'sdk',
  'data',
  'waiting',
  'config',
  'converters',
  'transforms',
  'kafka',
  'pipeline',
  'stores',
  'observe',
] as const

const HERDER_PARTS = [
  'sdk',
  'data',
  'waiting',
  'config',
  'converters',
  'kafka',
  'pipeline',
  'stores',
  'group',
  'worker',
  'observe',
] as const

/**
 * What each part of the product may import (design.md §6: imports point down). A name is a folder of src, or a
 * folder or file below one; `connectors` are those of the project. The longest name that fits a file counts.
 */
const rules: Record<string, Rule> = {
  data: { parts: [], packages: [] },
  // Deadlines, and what a signal ends: invariant 7.
  waiting: { parts: [], packages: [] },
  'data/ascii-stretch.ts': { parts: [], packages: ['node:buffer'] },
  observe: { parts: [], packages: ['node:fs', 'node:path'] },
  formats: { parts: ['data'], packages: [] },
  config: { parts: ['data'], packages: ['valibot'] },
  'config/files.ts': { parts: ['data'], packages: ['node:fs/promises'] },
  'config/providers': { parts: ['data'], packages: ['node:fs', 'node:fs/promises', 'node:path'] },
  sdk: { parts: ['data', 'waiting', 'config', 'observe'], packages: [] },
  // Like any plugin of somebody's: by the name that the SDK has for them.
  'sdk/examples': { parts: [], packages: ['bunnect', 'bunnect/testing', 'node:crypto'] },
  converters: { parts: ['sdk', 'data', 'config', 'formats'], packages: [] },
  // Keys and certificates are read as for brokers.
  'converters/registry': {
    parts: ['sdk', 'data', 'config', 'formats', 'kafka/key-stores.ts', 'kafka/security.ts'],
    packages: [],
  },
  registry: {
    parts: ['data', 'config', 'formats', 'observe'],
    packages: ['bun:sqlite', 'hono', 'node:crypto', 'node:fs', 'node:path', 'valibot'],
  },
  transforms: { parts: ['sdk', 'data', 'config'], packages: [] },
  'transforms/script': { parts: ['sdk', 'data', 'config'], packages: ['node:fs', 'node:path', 'node:vm'] },
  'transforms/script/compiler': {
    parts: [],
    packages: [
      'node:fs',
      'node:module',
      'node:path',
      'node:vm',
      'typescript-6',
      'typescript-6/lib/typescript.js',
    ],
  },
  kafka: { parts: ['data', 'waiting', 'config', 'observe'], packages: ['node:fs', 'node:crypto'] },
  // Types alone: security.ts and client-properties.ts say what the admin client is given.
  'kafka/security.ts': { parts: ['data', 'config'], packages: ['node:tls'] },
  'kafka/client-properties.ts': { parts: ['data', 'config', 'observe'], packages: ['@platformatic/kafka'] },
  'kafka/librdkafka': {
    parts: ['data', 'waiting', 'config', 'observe'],
    packages: ['@platformatic/kafka', 'node:fs', 'bun:ffi'],
  },
  // Kafka's protocol itself, for what a worker asks brokers without records.
  'kafka/wire': {
    parts: ['data', 'waiting', 'config', 'observe'],
    packages: ['node:crypto', 'node:net', 'node:tls'],
  },
  'kafka/embedded': {
    parts: ['data', 'config', 'observe'],
    packages: ['bun:sqlite', 'node:crypto', 'node:events', 'node:fs', 'node:path'],
  },
  pipeline: {
    parts: [
      'sdk',
      'data',
      'waiting',
      'config',
      'converters',
      'observe',
      'kafka/port.ts',
      'kafka/packed-batch.ts',
      'kafka/send-errors.ts',
    ],
    packages: [],
  },
  'pipeline/watchdog.ts': { parts: ['sdk', 'data'], packages: ['node:vm'] },
  // The conformance kit: it meets workers over REST and topics as whoever runs it gives them.
  testing: { parts: ['sdk', 'data', 'converters', 'pipeline/field-buffer.ts'], packages: [] },
  // Bytes and assignors are pure; the member alone speaks to brokers.
  group: { parts: ['data', 'waiting', 'config', 'kafka', 'observe'], packages: [] },
  stores: {
    parts: ['data', 'waiting', 'config', 'kafka', 'observe'],
    packages: ['bun:sqlite', 'node:fs', 'node:path'],
  },
  worker: {
    parts: WORKER_PARTS,
    packages: [],
  },
  'worker/hosts': {
    parts: WORKER_PARTS,
    packages: ['bun:ffi', 'bun:jsc', 'node:async_hooks', 'node:fs', 'node:os', 'node:path', 'node:util'],
  },
  'worker/outside': {
    parts: ['sdk', 'data', 'config', 'observe'],
    packages: ['node:fs', 'node:path', 'valibot', 'yauzl'],
  },
  herder: { parts: HERDER_PARTS, packages: [] },
  'herder/worker-client.ts': {
    parts: [],
    packages: ['node:http', 'node:https', 'node:zlib'],
  },
  'herder/distributed': { parts: HERDER_PARTS, packages: ['node:crypto'] },
  rest: {
    parts: [
      'data',
      'waiting',
      'config',
      'converters',
      'observe',
      'herder/herder.ts',
      'herder/errors.ts',
      'herder/other-workers.ts',
    ],
    packages: ['hono', 'node:buffer'],
  },
  cli: {
    parts: ['*'],
    packages: ['hono', 'node:fs', 'node:fs/promises', 'node:os', 'node:path', 'node:tty', 'node:util'],
  },
  'cli/demo': {
    parts: ['*'],
    packages: ['bun:sqlite', 'node:fs', 'node:fs/promises', 'node:os', 'node:path', 'node:tty'],
  },
  'cli/conformance': {
    parts: ['*'],
    packages: ['@platformatic/kafka', 'node:fs', 'node:fs/promises', 'node:os', 'node:path'],
  },
  // Runs when the program is built.
  'cli/sdk-declarations.ts': { parts: [], packages: ['node:path', 'typescript-6'] },
  'main.ts': { parts: ['cli'], packages: [] },
  connectors: { parts: ['sdk/index.ts'], packages: ['node:*'] },
  // Each loads when the first connection of its kind is opened.
  'connectors/jdbc/drivers': {
    parts: ['sdk/index.ts'],
    packages: [
      'node:*',
      'bun:sqlite',
      'pg',
      'mysql2',
      'oracledb',
      'oracledb/lib/impl/datahandlers/buffer.js',
      'oracledb/lib/thin/sqlnet/networkSession.js',
      'tedious',
      'tedious/lib/message',
      'tedious/lib/token/colmetadata-token-parser',
      'tedious/lib/token/handler',
      'tedious/lib/token/helpers',
      'tedious/lib/token/stream-parser',
      'tedious/lib/token/token',
      'tedious/lib/token/token-stream-parser',
      'tedious/lib/value-parser',
    ],
  },
}

interface Import {
  from: string
  /** A file of the project, or the specifier of a package. */
  to: string
  isPackage: boolean
  line: number
}

/**
 * What breaks the rules, as `file:line: reason`, and how many imports there are. `files` are texts by path from
 * the root of the project. No file at all is a fault too: then the caller looked in the wrong place.
 */
export function checkImports(files: ReadonlyMap<string, string>): { faults: string[]; imports: number } {
  if (files.size === 0) return { faults: ['no source file was found'], imports: 0 }
  const imports: Import[] = []
  const faults: string[] = []
  for (const [file, text] of files) {
    const found = importsOf(file, text)
    imports.push(...found.imports)
    faults.push(...found.faults)
  }
  return {
    faults: [...faults, ...imports.flatMap(forbidden), ...folderCycles(imports)],
    imports: imports.length,
  }
}

const STATEMENT = /(?:\bfrom|\bimport)\s*(['"])([^'"\n]+)\1/g
/** A call's specifier may stand in any quotes; one that is put together cannot be checked. */
const CALL = /(?<![.\w#])(?:import|require)\s*\(\s*(?:(['"`])([^'"`\n]*)\1\s*[,)]|([^)\s][^\n]{0,40}))/g

function importsOf(file: string, source: string): { imports: Import[]; faults: string[] } {
  const text = withoutComments(source)
  const imports: Import[] = []
  const faults: string[] = []
  const lineOf = (index: number) => text.slice(0, index).split('\n').length
  const add = (specifier: string, index: number) => {
    const isPackage = !specifier.startsWith('.') && specifier !== '#bunnect'
    const own = specifier === '#bunnect' ? 'src/sdk/index.ts' : normalize(join(dirname(file), specifier))
    imports.push({ from: file, to: isPackage ? specifier : own, isPackage, line: lineOf(index) })
  }
  for (const match of text.matchAll(STATEMENT)) {
    // Texts of protobuf schemas, and what prints them, have such lines too.
    if (!/\.proto$|\$\{/.test(match[2]!)) add(match[2]!, match.index)
  }
  for (const match of text.matchAll(CALL)) {
    if (match[2] !== undefined && !match[2].includes('${')) add(match[2], match.index)
    else if (!LOADERS.has(file))
      faults.push(`${file}:${lineOf(match.index)}: what is imported cannot be read from the text`)
  }
  return { imports, faults }
}

/** Whose duty is to import what users name. */
const LOADERS: ReadonlySet<string> = new Set([
  'src/worker/outside/load.ts',
  'src/cli/conformance/suite-file.ts',
])

/** Comments become spaces, their line ends stay: examples in them are no imports. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, comment => comment.replace(/[^\n]/g, ' '))
}

/** data, config … for files of src; connectors; the file name for src/main.ts */
function partOf(file: string): string {
  const [top, second] = file.split('/')
  return top === 'src' ? second! : top!
}

function ruleOf(file: string): Rule | undefined {
  let name = file.startsWith('src/') ? file.slice('src/'.length) : file
  while (name !== '.' && !Object.hasOwn(rules, name)) name = dirname(name)
  return rules[name]
}

function forbidden({ from, to, isPackage, line }: Import): string[] {
  const at = `${from}:${line}`
  const part = partOf(from)
  const rule = ruleOf(from)
  if (rule === undefined) return [`${at}: src/${part} is not in the table of parts`]
  if (isPackage) {
    const known = rule.packages.includes(to) || (to.startsWith('node:') && rule.packages.includes('node:*'))
    return known ? [] : [`${at}: ${part} must not import the package ${to}`]
  }
  if (!/^(?:src|connectors)\//.test(to)) return [`${at}: ${to} is not part of the product`]
  const target = partOf(to)
  if (part === 'connectors' && target === 'connectors') {
    return from.split('/')[1] === to.split('/')[1] ? [] : [`${at}: a connector imports another one, ${to}`]
  }
  if (target === part || rule.parts.includes('*') || rule.parts.includes(target)) return []
  if (rule.parts.includes(to.replace(/^src\//, ''))) return []
  return [`${at}: ${part} must not import ${to}`]
}

/** Folders that import each other in a ring; a folder and its own subfolders count as one direction. */
function folderCycles(imports: readonly Import[]): string[] {
  const edges = new Map<string, Map<string, Import>>()
  for (const one of imports) {
    if (one.isPackage) continue
    const a = dirname(one.from)
    const b = dirname(one.to)
    if (a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)) continue
    const targets = edges.get(a) ?? new Map<string, Import>()
    edges.set(a, targets)
    if (!targets.has(b)) targets.set(b, one)
  }
  const found: string[] = []
  const done = new Set<string>()
  const visit = (folder: string, path: string[]): void => {
    const start = path.indexOf(folder)
    if (start >= 0) {
      const ring = [...path.slice(start), folder]
      const places = ring.slice(1).map((next, i) => {
        const { from, line } = edges.get(ring[i]!)!.get(next)!
        return `${from}:${line}`
      })
      found.push(`folders import each other: ${ring.join(' -> ')} (${places.join(', ')})`)
      return
    }
    if (done.has(folder)) return
    for (const next of edges.get(folder)?.keys() ?? []) visit(next, [...path, folder])
    done.add(folder)
  }
  for (const folder of edges.keys()) visit(folder, [])
  return found
}
