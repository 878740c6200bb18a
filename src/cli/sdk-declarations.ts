import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript-6'

const src = resolve(import.meta.dir, '..')
const INDEX = join(src, 'sdk/index.ts')

/**
 * The types of the SDK as one text: a `declare module` for each of its files, those behind the door as
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
  const program = ts.createProgram([INDEX], options)
  program.emit(undefined, (name, text) => files.set(resolve(name).replace(/\.d\.ts$/, '.ts'), text))
  const modules = [...files].sort(([a], [b]) => Number(b === INDEX) - Number(a === INDEX) || (a < b ? -1 : 1))
  return modules.map(([file, text]) => declared(file, text)).join('\n')
}

function declared(file: string, text: string): string {
  const body = text
    .replace(/(\bfrom |\bimport\()(['"])(\.[^'"]*)\2/g, (_, before, quote, to) => {
      return `${before}${quote}${moduleName(resolve(dirname(file), to))}${quote}`
    })
    .replace(/^(export )?declare /gm, '$1')
    .trim()
  return `declare module '${moduleName(file)}' {\n${body.replace(/^(?=.)/gm, '  ')}\n}\n`
}

function moduleName(file: string): string {
  return file === INDEX ? 'bunnect' : `bunnect/${relative(src, file).replace(/\.ts$/, '')}`
}
