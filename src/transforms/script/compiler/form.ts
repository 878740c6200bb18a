/** What form a script has, and how it becomes a module whose default export is a function of the record. */
import type ts from 'typescript-6'
import type { ScriptKind, ScriptProblem } from '../compiled-script.ts'
import type { Compiler } from './typescript.ts'

/** A text put in at an offset of the script; it has no line ends but at the very end. */
interface Insertion {
  at: number
  text: string
}

/** A script with its types put in. Lines are those of the script. */
export class ShapedScript {
  readonly #insertions: readonly Insertion[]

  constructor(
    readonly text: string,
    insertions: readonly Insertion[],
    readonly problems: readonly ScriptProblem[] = [],
  ) {
    this.#insertions = insertions
  }

  /** The script as a module. */
  get module(): string {
    let result = ''
    let from = 0
    for (const { at, text } of this.#insertions) {
      result += this.text.slice(from, at) + text
      from = at
    }
    return result + this.text.slice(from)
  }

  /** Where an offset of the module lies in the script; what was put in counts as the place where it was. */
  place(offset: number): { line: number; column: number } {
    let own = offset
    let added = 0
    for (const { at, text } of this.#insertions) {
      if (offset < at + added) break
      added += text.length
      own = Math.max(at, offset - added)
    }
    return placeIn(this.text, Math.min(own, this.text.trimEnd().length))
  }
}

const TYPES: Readonly<Record<ScriptKind, { script: string; result: string }>> = {
  transformation: { script: 'Script', result: 'ScriptResult' },
  predicate: { script: 'PredicateScript', result: 'boolean' },
}

const ASYNC =
  'a script answers at once: async functions and await are not possible. What has to ask elsewhere belongs into a source or sink connector.'

/** A module with `export default`, a function, an expression of `record`, or the body of a function of `record`. */
export function shapeScript(compiler: Compiler, text: string, kind: ScriptKind): ShapedScript {
  const { script, result } = TYPES[kind]
  const file = parse(compiler, text)
  if (compiler.isExternalModule(file)) return shapeModule(compiler, file, kind)
  const found = expressionOf(compiler, file)
  if (found === null) {
    return new ShapedScript(
      text,
      [
        { at: 0, text: `export default (record: ScriptRecord): ${result} => {` },
        { at: text.length, text: '\n}' },
      ],
      // What is wrong with the syntax is told by whoever checks it, with its own place.
      syntaxErrors(file).length > 0 || returnsSomething(compiler, file)
        ? []
        : [{ ...placeIn(text, 0), message: NO_RETURN[kind] }],
    )
  }
  const { expression, end } = found
  const isFunction = compiler.isArrowFunction(expression) || compiler.isFunctionExpression(expression)
  const head = isFunction ? 'export default ((' : `export default (record: ScriptRecord): ${result} => (`
  const tail = isFunction ? `\n) satisfies ${script})` : '\n)'
  return new ShapedScript(
    // What follows are semicolons and comments.
    text.slice(0, end),
    [
      { at: 0, text: head },
      { at: end, text: tail },
    ],
    isFunction && isAsync(compiler, expression) ? [{ ...placeIn(text, 0), message: ASYNC }] : [],
  )
}

const NO_RETURN: Readonly<Record<ScriptKind, string>> = {
  transformation:
    'the script returns nothing, so every record would be dropped: end it with `return record`, or `return null` to drop on purpose.',
  predicate: 'the script returns nothing: end it with `return` and true or false.',
}

function shapeModule(compiler: Compiler, file: ts.SourceFile, kind: ScriptKind): ShapedScript {
  const { script, result } = TYPES[kind]
  const insertions: Insertion[] = []
  const problems: ScriptProblem[] = []
  let hasDefault = false
  const refuse = (node: ts.Node, message: string) =>
    problems.push({ ...placeIn(file.text, node.getStart(file)), message })
  for (const statement of file.statements) {
    if (compiler.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly) {
      refuse(statement, 'a script cannot import; write a transformation plugin where one file is not enough.')
    } else if (compiler.isExportAssignment(statement)) {
      hasDefault = true
      const { expression } = statement
      insertions.push(
        { at: expression.getStart(file), text: '((' },
        { at: expression.end, text: `) satisfies ${script})` },
      )
      if (isAsync(compiler, expression)) refuse(expression, ASYNC)
    } else if (isDefaultFunction(compiler, statement)) {
      hasDefault = true
      const [parameter] = statement.parameters
      if (parameter && !parameter.type) insertions.push({ at: parameter.name.end, text: ': ScriptRecord' })
      if (!statement.type && statement.body)
        insertions.push({ at: statement.body.getStart(file), text: `: ${result} ` })
      if (isAsync(compiler, statement)) refuse(statement, ASYNC)
    }
  }
  if (!hasDefault)
    problems.push({
      line: 1,
      column: 1,
      message: 'a module must export its function: `export default (record) => …`.',
    })
  return new ShapedScript(file.text, insertions, problems)
}

function isDefaultFunction(compiler: Compiler, node: ts.Statement): node is ts.FunctionDeclaration {
  return (
    compiler.isFunctionDeclaration(node) &&
    (node.modifiers?.some(({ kind }) => kind === compiler.SyntaxKind.DefaultKeyword) ?? false)
  )
}

function isAsync(compiler: Compiler, node: ts.Node): boolean {
  const modifiers = compiler.canHaveModifiers(node) ? compiler.getModifiers(node) : undefined
  return modifiers?.some(({ kind }) => kind === compiler.SyntaxKind.AsyncKeyword) ?? false
}

/** The script as one expression with its end, or null if it is none. */
function expressionOf(
  compiler: Compiler,
  file: ts.SourceFile,
): { expression: ts.Expression; end: number } | null {
  const plain = onlyExpression(compiler, file)
  if (plain) return { expression: plain, end: plain.end }
  // An object literal and a function without a name are statements, or none, unless they stand in parentheses.
  const wrapped = onlyExpression(compiler, parse(compiler, `(${file.text}\n)`))
  return wrapped && compiler.isParenthesizedExpression(wrapped)
    ? { expression: wrapped.expression, end: wrapped.expression.end - 1 }
    : null
}

function onlyExpression(compiler: Compiler, file: ts.SourceFile): ts.Expression | null {
  const [statement, ...more] = file.statements.filter(each => !compiler.isEmptyStatement(each))
  if (syntaxErrors(file).length > 0 || !statement || more.length > 0) return null
  return compiler.isExpressionStatement(statement) ? statement.expression : null
}

function parse(compiler: Compiler, text: string): ts.SourceFile {
  return compiler.createSourceFile('script.ts', text, compiler.ScriptTarget.ESNext, true)
}

/** Not in the compiler's declared interface; a whole program would be needed to ask for them. */
function syntaxErrors(file: ts.SourceFile): readonly unknown[] {
  return (file as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics
}

function returnsSomething(compiler: Compiler, node: ts.Node): boolean {
  if (compiler.isReturnStatement(node)) return node.expression !== undefined
  if (compiler.isThrowStatement(node)) return true
  if (compiler.isFunctionLike(node)) return false
  return compiler.forEachChild(node, child => returnsSomething(compiler, child) || undefined) ?? false
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
