import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkImports } from './import-rules.ts'

const root = join(import.meta.dir, '..')
const files = [...new Bun.Glob('{src,connectors}/**/*.ts').scanSync(root)].sort()
const { faults, imports } = checkImports(
  new Map(files.map(file => [file, readFileSync(join(root, file), 'utf8')])),
)

for (const fault of faults) console.log(fault)
if (faults.length > 0) {
  console.log(`${faults.length} import(s) against the rules; the table is in scripts/import-rules.ts`)
  process.exit(1)
}
console.log(`${imports} imports in ${files.length} files keep to the rules`)
