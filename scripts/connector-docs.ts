/** Writes the tables of keys in the connectors' READMEs from the connectors' declarations; --check only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInList } from '../src/cli/builtins.ts'
import { keysTable, withTables } from './keys-table.ts'

const root = join(import.meta.dir, '..')
const isCheck = process.argv.includes('--check')
const tables = new Map(
  builtInList().flatMap(plugin =>
    plugin.kind === 'source' || plugin.kind === 'sink'
      ? [[plugin.className, () => keysTable(plugin.config)] as const]
      : [],
  ),
)
const faults: string[] = []
for (const file of [...new Bun.Glob('connectors/*/README.md').scanSync(root)].sort()) {
  const before = readFileSync(join(root, file), 'utf8')
  try {
    const after = withTables(before, tables)
    if (after === before) continue
    if (isCheck) faults.push(`${file} is not what the declarations say: run bun scripts/connector-docs.ts`)
    else {
      writeFileSync(join(root, file), after)
      console.log(`wrote ${file}`)
    }
  } catch (error) {
    faults.push(`${file}: ${(error as Error).message}`)
  }
}
for (const fault of faults) console.log(fault)
if (faults.length > 0) process.exit(1)
