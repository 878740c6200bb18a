import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import type ts from 'typescript-6'
import path from 'typescript-6/lib/typescript.js' with { type: 'file' }

export type Compiler = typeof ts

/** Reads the TypeScript compiler: a tenth of a second and 60 MB, which only the process that compiles pays. */
export function loadCompiler(): Compiler {
  const text = readFileSync(path, 'utf8')
  // The build leaves it wrapped in a function, node_modules does not.
  const factory = text.startsWith('// @bun @bun-cjs')
    ? text.slice(text.indexOf('\n') + 1)
    : `(function (exports, require, module, __filename, __dirname) {${text}\n})`
  const module = { exports: {} as Compiler }
  const make = new Script(factory, { filename: path }).runInThisContext() as (
    exports: Compiler,
    require: NodeJS.Require,
    self: typeof module,
    filename: string,
    dirname: string,
  ) => void
  make(module.exports, createRequire(import.meta.url), module, path, '/')
  return module.exports
}
