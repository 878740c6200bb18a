import { type Cycle, CyclicSchema } from '../cyclic-schema.ts'

/** The schema of a message inside itself, with the parameters of the field. Java: ProtobufData.SchemaWrapper */
export class RecursiveSchema extends CyclicSchema {
  readonly #parameters: ReadonlyMap<string, string> | null

  constructor(cycle: Cycle, parameters: ReadonlyMap<string, string> | null) {
    super(cycle, true)
    this.#parameters = parameters
  }

  override get parameters(): ReadonlyMap<string, string> | null {
    return this.#parameters
  }
}
