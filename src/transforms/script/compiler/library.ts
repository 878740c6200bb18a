import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Newer than what the runtime has, for hosts that scripts have nothing to do with, or without use to a record. */
const LEFT_OUT = /\.full\.|\.intl\.|sharedmemory|asyncgenerator|asynciterable|weakref|es202[4-9]|esnext/

/**
 * The declarations of the language's own library, by file name. A macro: it runs when the program is built, and its
 * answer stands in the executable.
 */
export function library(): Record<string, string> {
  const folder = dirname(Bun.resolveSync('typescript-6/lib/lib.es5.d.ts', import.meta.dir))
  const names = readdirSync(folder).filter(
    name => /^lib\.(?:es|decorators).*\.d\.ts$/.test(name) && !LEFT_OUT.test(name),
  )
  return Object.fromEntries(
    names.map(name => [name, withoutComments(readFileSync(join(folder, name), 'utf8'))]),
  )
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\n/gm, '')
}
