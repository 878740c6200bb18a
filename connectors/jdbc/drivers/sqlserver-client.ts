import { Connection } from 'tedious'
import type Message from 'tedious/lib/message'
import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser'
import type { TokenHandler } from 'tedious/lib/token/handler'
import { NotEnoughDataError } from 'tedious/lib/token/helpers'
import StreamParser, { type TokenReader } from 'tedious/lib/token/stream-parser'
import { RowToken, type Token, TYPE } from 'tedious/lib/token/token'
import { Parser } from 'tedious/lib/token/token-stream-parser'
import type { Cell } from './connection.ts'
import { type CellReader, cellReader } from './sqlserver-cells.ts'

/** `tedious`, whose requests get rows of cells: a `row` event comes with a Cell[]. */
export class SqlServerClient extends Connection {
  override createTokenStreamParser(message: Message, handler: TokenHandler): Parser {
    return new CellTokens(message, this.debug, handler, this.config.options)
  }
}

class CellTokens extends Parser {
  override async run(message: Message | Iterable<Buffer>, handler: TokenHandler): Promise<void> {
    const parser = new CellParser(this.options)
    const chunks =
      Symbol.asyncIterator in message ? message[Symbol.asyncIterator]() : message[Symbol.iterator]()
    // A message that cannot be understood is not ended by it: the session is, by whoever hears of the error.
    for (;;) {
      const { done, value } = await chunks.next()
      if (done) break
      parser.write(value)
      for (;;) {
        while (this.paused) await this.#resumed()
        const token = parser.read()
        if (token === undefined) break
        ;(handler[token.handlerName] as (token: Token) => void).call(handler, token)
      }
    }
    parser.end()
  }

  #resumed(): Promise<void> {
    return new Promise(resolve => {
      this.onResume = resolve
    })
  }
}

class CellParser extends StreamParser {
  #columns: readonly ColumnMetadata[] | null = null
  #readers: readonly CellReader[] = []

  override readToken(): Token | undefined {
    const type = this.buffer[this.position]
    if (type !== TYPE.ROW && type !== TYPE.NBCROW) return super.readToken()
    if (this.colMetadata !== this.#columns) {
      this.#columns = this.colMetadata
      this.#readers = this.colMetadata.map(cellReader)
    }
    return this.startTokenReader(new RowReader(this.#readers, type === TYPE.NBCROW))
  }
}

/** A row; one with a bitmap of its nulls has nothing else of them. Spec: MS-TDS 2.2.7.19, 2.2.7.14 */
class RowReader implements TokenReader {
  readonly #cells: Cell[] = []
  #nulls: Buffer | null = null

  constructor(
    private readonly readers: readonly CellReader[],
    private readonly hasNulls: boolean,
  ) {}

  read(parser: StreamParser): Token {
    const cells = this.#cells
    const { readers } = this
    if (this.hasNulls) this.#nulls ??= this.#readNulls(parser)
    const nulls = this.#nulls
    for (let i = cells.length; i < readers.length; i++) {
      const isNull = nulls !== null && (nulls[i >> 3]! & (1 << (i & 7))) !== 0
      cells.push(isNull ? null : readers[i]!(parser))
    }
    return new RowToken(cells as never)
  }

  #readNulls(parser: StreamParser): Buffer {
    const end = parser.position + Math.ceil(this.readers.length / 8)
    if (end > parser.buffer.length) throw new NotEnoughDataError(end)
    const nulls = parser.buffer.subarray(parser.position, end)
    parser.position = end
    return nulls
  }
}
