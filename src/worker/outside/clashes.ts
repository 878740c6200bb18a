import type { Plugin } from '../../sdk/plugin.ts'
import type { OutsidePlugin } from './description.ts'

/** The outside plugins whose class name is not one of those built in, and what to say of each of the others. */
export function withoutClashes(
  builtIn: readonly Plugin[],
  outside: readonly OutsidePlugin[],
): { plugins: OutsidePlugin[]; clashes: { file: string; message: string }[] } {
  const own = new Set(builtIn.map(plugin => plugin.className))
  return {
    plugins: outside.filter(plugin => !own.has(plugin.className)),
    clashes: outside
      .filter(plugin => own.has(plugin.className))
      .map(({ className, file }) => ({
        file,
        message: `Plugin ${className} of ${file} is not used: a class of that name is built in. Give it another className.`,
      })),
  }
}
