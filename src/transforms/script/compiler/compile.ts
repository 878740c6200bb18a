import type ts from 'typescript-6'
import type { CompiledScript, ScriptProblem, ScriptSource } from '../compiled-script.ts'
import { SCRIPT_GLOBALS, SCRIPT_TYPES } from '../script-types.ts'
import { type ShapedScript, shapeScript } from './form.ts'
import { library } from './library.ts' with { type: 'macro' }
import { sourceLines } from './source-lines.ts'
import type { Compiler } from './typescript.ts'

const LIBRARY: Record<string, string> = library()
const SCRIPT = '/script.ts'
const TYPES = '/types.d.ts'
const LIB = '/lib/'

/** Checks syntax and types, and makes JavaScript of the script. */
export function compileScript(compiler: Compiler, { kind, text }: ScriptSource): CompiledScript {
  const shaped = shapeScript(compiler, text, kind)
  const problems = shaped.problems.length > 0 ? shaped.problems : check(compiler, shaped)
  if (problems.length > 0) return { js: '', lines: [], problems }
  const { outputText, sourceMapText } = compiler.transpileModule(shaped.module, {
    fileName: SCRIPT,
    compilerOptions: {
      target: compiler.ScriptTarget.ESNext,
      module: compiler.ModuleKind.CommonJS,
      sourceMap: true,
    },
  })
  const js = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '')
  return { js, lines: sourceLines(sourceMapText ?? ''), problems }
}

function check(compiler: Compiler, shaped: ShapedScript): ScriptProblem[] {
  const files = new Map([
    [SCRIPT, shaped.module],
    [TYPES, SCRIPT_TYPES + SCRIPT_GLOBALS],
    ...Object.entries(LIBRARY).map(([name, text]): [string, string] => [LIB + name, text]),
  ])
  const options: ts.CompilerOptions = {
    target: compiler.ScriptTarget.ESNext,
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    strict: true,
    // Scripts are often plain JavaScript; the record itself has its type from where it stands.
    noImplicitAny: false,
    lib: ['lib.es2023.d.ts'],
    types: [],
    noEmit: true,
    skipLibCheck: true,
  }
  const program = compiler.createProgram([SCRIPT, TYPES], options, hostOf(compiler, files))
  const script = program.getSourceFile(SCRIPT)
  const syntax = program.getSyntacticDiagnostics(script)
  const diagnostics = syntax.length > 0 ? syntax : program.getSemanticDiagnostics(script)
  return diagnostics.map(({ start, messageText }) => ({
    ...shaped.place(start ?? 0),
    message: compiler.flattenDiagnosticMessageText(messageText, ' '),
  }))
}

/** Everything that the compiler may read is in memory. */
function hostOf(compiler: Compiler, files: ReadonlyMap<string, string>): ts.CompilerHost {
  return {
    fileExists: name => files.has(name),
    readFile: name => files.get(name),
    getSourceFile: (name, version) => {
      const text = files.get(name)
      return text === undefined ? undefined : compiler.createSourceFile(name, text, version)
    },
    getDefaultLibFileName: () => `${LIB}lib.es2023.d.ts`,
    getDefaultLibLocation: () => LIB.slice(0, -1),
    writeFile: () => {},
    getCurrentDirectory: () => '/',
    getCanonicalFileName: name => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  }
}
