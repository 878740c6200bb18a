/**
 * `bun test/conform/run.ts FILE…`: runs the vectors and `configDefs` of files of the form of
 * vectors/data-vectors.json, and the sections of files of the form of vectors/test-vectors.json. A line per failure,
 * what was expected and what came; closes with `N passed, N failed`. Vectors of a group and sections that we do not
 * know fail.
 */
import { readFile } from 'node:fs/promises'
import { check } from './data/check.ts'
import { declaredKeys, type KeyVector } from './data/config-definitions.ts'
import { deviation } from './data/deviations.ts'
import type { Vector } from './data/vectors.ts'
import { checkSection, type SectionFile, type SectionVerdict, sectionsOf } from './topics/sections.ts'

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

async function runSections(path: string, file: SectionFile): Promise<void> {
  const found = typeof file === 'object' && file !== null && !Array.isArray(file) ? sectionsOf(file) : []
  if (found.length === 0) fail(`${path} is no file of vectors: it has neither a list "vectors" nor sections`)
  for (const [name, content] of found) {
    for (const verdict of await checkSection(name, content)) report(verdict)
  }
}

function report({ id, verdict, deviation: reason, expected, got }: SectionVerdict): void {
  const equal = verdict === 'equal'
  if (verdict === 'no code') fail(`${id}: there is no code that runs this section`)
  else if (reason !== undefined && !equal) console.log(`${id} differs on purpose: ${reason}`)
  else if (reason !== undefined) fail(`${id} stands in deviations.json, and yet is equal`)
  else if (equal) passed++
  else fail(`${id} expected ${JSON.stringify(expected)} got ${JSON.stringify(got)}`)
}

async function runFile(path: string): Promise<void> {
  let file: VectorFile & SectionFile
  try {
    file = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    return fail(`${path} ${(error as Error).message}`)
  }
  if (!Array.isArray(file.vectors)) return await runSections(path, file)
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
