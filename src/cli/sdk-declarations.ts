import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript-6'

const src = resolve(import.meta.dir, '..')
/** The doors, and what they are called. */
const DOORS = new Map([
  [join(src, 'sdk/index.ts'), 'bunnect'],
  [join(src, 'testing/index.ts'), 'bunnect/testing'],
])

/**
 * The types of the SDK as one text: a `declare module` for each file that its doors lead to, those behind them as
 * `bunnect/…`. A macro: it runs when the program is built, and its answer stands in the executable.
 */
export function sdkDeclarations(): string {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.esnext.d.ts'],
    types: [],
    strict: true,
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
    removeComments: false,
    stripInternal: true,
    skipLibCheck: true,
  }
  const files = new Map<string, string>()
  const program = ts.createProgram([...DOORS.keys()], options)
  program.emit(undefined, (name, text) => files.set(resolve(name).replace(/\.d\.ts$/, '.ts'), text))
  const modules = [...mentioned(files)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return modules.map(file => declared(file, files.get(file)!)).join('\n')
}

/** The doors come first. */
function rank(file: string): number {
  return DOORS.has(file) ? 0 : 1
}

/** The doors and what their types lead to: less than what their code needs. */
function mentioned(files: ReadonlyMap<string, string>): Set<string> {
  const found = new Set(DOORS.keys())
  for (const file of found)
    for (const [, , , to] of files.get(file)!.matchAll(IMPORT)) found.add(resolve(dirname(file), to!))
  return found
}

const IMPORT = /(\bfrom |\bimport\()(['"])(\.[^'"]*)\2/g

function declared(file: string, text: string): string {
  const body = text
    .replace(IMPORT, (_, before, quote, to) => {
      return `${before}${quote}${moduleName(resolve(dirname(file), to))}${quote}`
    })
    .replace(/^(export )?declare /gm, '$1')
    .trim()
  return `declare module '${moduleName(file)}' {\n${body.replace(/^(?=.)/gm, '  ')}\n}\n`
}

function moduleName(file: string): string {
  return DOORS.get(file) ?? `bunnect/${relative(src, file).replace(/\.ts$/, '')}`
}
