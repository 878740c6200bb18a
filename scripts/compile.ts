/**
 * Compiles one entry point into one executable: `bun scripts/compile.ts ENTRY OUTFILE [COMMIT]`. scripts/build is
 * the way to dist/bunnect; tests compile small programs of their own with the same options.
 */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import packageJson from '../package.json'

const root = resolve(import.meta.dir, '..')

/** The package reads its .wasm file from beside itself, which an executable has not; its other form contains it. */
const embeddedWasm: Bun.BunPlugin = {
  name: 'embedded-wasm',
  setup(build) {
    build.onResolve({ filter: /^@platformatic\/wasm-utils$/ }, () => ({
      path: Bun.resolveSync(
        '@platformatic/wasm-utils/bundled',
        join(root, 'node_modules/@platformatic/kafka'),
      ),
    }))
  },
}

/** For logins of Azure, which the JDBC connectors refuse: half of what the client of SQL Server would load. */
const withoutAzure: Bun.BunPlugin = {
  name: 'without-azure',
  setup(build) {
    build.onResolve({ filter: /^@azure\// }, ({ path }) => ({ path, namespace: 'without-azure' }))
    build.onLoad({ filter: /.*/, namespace: 'without-azure' }, () => ({
      contents: 'module.exports = {}',
      loader: 'js',
    }))
  },
}

/** The compiler of scripts lies in the executable as a file that is read by whoever compiles one, a third as long. */
async function embeddedCompiler(): Promise<Bun.BunPlugin> {
  const path = join(root, 'node_modules/typescript-6/lib/typescript.js')
  // Beforehand: a build inside of a build never ends.
  const { outputs } = await Bun.build({ entrypoints: [path], target: 'bun', format: 'cjs', minify: true })
  const contents = await outputs[0]!.text()
  return {
    name: 'embedded-compiler',
    setup(build) {
      build.onLoad({ filter: /typescript-6\/lib\/typescript\.js$/ }, () => ({ contents, loader: 'file' }))
    },
  }
}

/** What is read of the executable counts as memory of each process: packed, the native client takes 6 MB less of it. */
const packedAddon: Bun.BunPlugin = {
  name: 'packed-addon',
  setup(build) {
    build.onLoad({ filter: /\.addon$/ }, async ({ path }) => ({
      contents: Bun.zstdCompressSync(await Bun.file(path).bytes(), { level: 6 }),
      loader: 'file',
    }))
  },
}

const [entry, outfile, commit = 'unknown'] = process.argv.slice(2)
if (!entry || !outfile) {
  console.error('usage: bun scripts/compile.ts ENTRY OUTFILE [COMMIT]')
  process.exit(1)
}
// Beside its final place, so that it can be moved there whole.
const work = mkdtempSync(join(dirname(resolve(outfile)), '.compile-'))
try {
  await compile(resolve(entry), join(work, basename(outfile)))
  renameSync(join(work, basename(outfile)), outfile)
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function compile(entry: string, outfile: string): Promise<void> {
  await Bun.build({
    entrypoints: [entry],
    target: 'bun',
    format: 'esm',
    // Together these make the start four times as fast: what a command does not import is not read at all, and
    // what it does import is not parsed. The source map is kept inside and read for stack traces only.
    bytecode: true,
    splitting: true,
    sourcemap: 'linked',
    // Names stay: they are what a stack trace shows.
    minify: { whitespace: true, syntax: true, identifiers: false },
    define: {
      BUNNECT_VERSION: JSON.stringify(packageJson.version),
      BUNNECT_COMMIT: JSON.stringify(commit),
    },
    plugins: [embeddedWasm, packedAddon, withoutAzure, await embeddedCompiler()],
    compile: {
      outfile,
      // The runtime that does without AVX2.
      executablePath: join(root, 'node_modules/@oven/bun-linux-x64-baseline/bin/bun'),
      // The working directory is not ours: what lies there must not change what the program does.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      // Plugins outside have packages of their own, which cannot be found without reading their package.json.
      autoloadPackageJson: true,
    },
  })
}
