/**
 * `bun test/conform/run.ts FILE…`: runs the vectors and `configDefs` of files of the form of
 * vectors/data-vectors.json. A line per failure, what was expected and what came; closes with
 * `N passed, N failed`. Vectors of a group that we do not know fail.
 */
import { readFile } from 'node:fs/promises'
import { check } from './data/check.ts'
import { declaredKeys, type KeyVector } from './data/config-definitions.ts'
import { deviation } from './data/deviations.ts'
import type { Vector } from './data/vectors.ts'

interface VectorFile {
  vectors?: readonly Vector[]
  configDefs?: Readonly<Record<string, readonly KeyVector[]>>
}

let passed = 0
let failed = 0

function fail(line: string): void {
  failed++
  console.log(line)
}

async function runVector(vector: Vector): Promise<void> {
  const { equal, expected, got } = await check(vector)
  const reason = deviation(vector.id)
  if (reason !== undefined && !equal) return console.log(`${vector.id} differs on purpose: ${reason}`)
  if (reason !== undefined) return fail(`${vector.id} stands in deviations.json, and yet is equal`)
  if (equal) passed++
  else fail(`${vector.id} expected ${JSON.stringify(expected)} got ${JSON.stringify(got)}`)
}

function runDefinition(className: string, keys: readonly KeyVector[]): void {
  const declared = declaredKeys(className)
  if (Bun.deepEquals(declared, keys)) passed++
  else fail(`configDefs:${className} expected ${JSON.stringify(keys)} got ${JSON.stringify(declared)}`)
}

async function runFile(path: string): Promise<void> {
  let file: VectorFile
  try {
    file = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    return fail(`${path} ${(error as Error).message}`)
  }
  if (!Array.isArray(file.vectors)) return fail(`${path} is no file of vectors: it has no list "vectors"`)
  for (const vector of file.vectors) await runVector(vector)
  for (const [className, keys] of Object.entries(file.configDefs ?? {})) runDefinition(className, keys)
}

const paths = process.argv.slice(2)
if (paths.length === 0) {
  console.error('usage: bun test/conform/run.ts FILE…')
  process.exit(2)
}
for (const path of paths) await runFile(path)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
