import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * What each part of the product may import (design.md §6: imports point down). A name is a folder of src,
 * `connectors` those of the project; an entry with a slash is one file.
 */
const allowed: Record<string, string[]> = {
  data: [],
  observe: [],
  config: ['data'],
  sdk: ['data', 'config', 'observe'],
  converters: ['sdk', 'data', 'config'],
  kafka: ['data', 'config', 'observe'],
  pipeline: ['sdk', 'data', 'config', 'converters', 'observe', 'kafka/port.ts', 'kafka/packed-batch.ts'],
  stores: ['data', 'config', 'kafka', 'observe'],
  worker: ['sdk', 'data', 'config', 'converters', 'kafka', 'pipeline', 'stores', 'observe'],
  herder: ['sdk', 'data', 'config', 'converters', 'kafka', 'pipeline', 'stores', 'worker', 'observe'],
  rest: ['data', 'config', 'converters', 'observe', 'herder/herder.ts', 'herder/errors.ts'],
  cli: ['*'],
  'main.ts': ['cli'],
  connectors: ['sdk/index.ts'],
}

interface Import {
  from: string
  to: string
  line: number
}

const root = join(import.meta.dir, '..')
const files = [...new Bun.Glob('{src,connectors}/**/*.ts').scanSync(root)].sort()
const imports = files.flatMap(importsOf)
const faults = [...imports.flatMap(forbidden), ...folderCycles()]

for (const fault of faults) console.log(fault)
if (faults.length > 0) {
  console.log(`${faults.length} import(s) against the direction; the table is in scripts/check-imports.ts`)
  process.exit(1)
}
console.log(`${imports.length} imports in ${files.length} files point down`)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g)) {
    const specifier = match[2]!
    const to = specifier === '#bunnect' ? 'src/sdk/index.ts' : normalize(join(dirname(file), specifier))
    if (!specifier.startsWith('.') && specifier !== '#bunnect') continue
    found.push({ from: file, to, line: text.slice(0, match.index).split('\n').length })
  }
  return found
}

/** data, config … for files of src; connectors; the file name for src/main.ts */
function partOf(file: string): string {
  const [top, second] = file.split('/')
  return top === 'src' ? second! : top!
}

function forbidden({ from, to, line }: Import): string[] {
  const part = partOf(from)
  const target = partOf(to)
  const rules = allowed[part]
  if (rules === undefined) return [`${from}:${line}: src/${part} is not in the table of parts`]
  if (part === 'connectors' && target === 'connectors') {
    return from.split('/')[1] === to.split('/')[1]
      ? []
      : [`${from}:${line}: a connector imports another one, ${to}`]
  }
  if (target === part || rules.includes('*') || rules.includes(target)) return []
  if (rules.includes(to.replace(/^src\//, ''))) return []
  return [`${from}:${line}: ${part} must not import ${to}`]
}

/** Folders that import each other in a ring; a folder and its own subfolders count as one direction. */
function folderCycles(): string[] {
  const edges = new Map<string, Map<string, Import>>()
  for (const one of imports) {
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
