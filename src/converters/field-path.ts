import { type ConnectException, DataException, SerializationException } from '../data/errors.ts'

const PATH = Symbol('path of the field')
type Traced = ConnectException & { [PATH]?: { path: string; message: string } }

/**
 * The error of a value with the name of the field that it stands in: `message` ends with the path from the outermost
 * struct, each level adding its own.
 */
export function inField(error: unknown, name: string): unknown {
  const isOfData = error instanceof DataException || error instanceof SerializationException
  if (!isOfData) return error
  const known = (error as Traced)[PATH]
  const path =
    known === undefined ? name : known.path.startsWith('[') ? name + known.path : `${name}.${known.path}`
  const message = known?.message ?? error.message
  const { hint } = error
  const options = {
    ...(error.cause !== undefined && { cause: error.cause }),
    ...(hint !== undefined && { hint }),
  }
  const text = `${message} (field ${path})`
  const named: Traced =
    error instanceof SerializationException
      ? new SerializationException(text, options)
      : new DataException(text, options)
  named[PATH] = { path, message }
  return named
}
