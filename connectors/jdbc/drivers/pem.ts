import { readFileSync } from 'node:fs'
import { ConnectException } from '#bunnect'

/** A file of certificates or a key. @throws ConnectException naming the property and the file */
export function pemFile(path: string, property: string): string {
  const file = path.replace(/^file:(?:\/\/)?/, '')
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (error) {
    throw new ConnectException(`Cannot read ${file} of the connection's property ${property}`, {
      cause: error,
    })
  }
  if (text.includes('-----BEGIN ')) return text
  throw new ConnectException(`${file} of the connection's property ${property} is no PEM file`, {
    hint: 'Java key stores and DER files are turned into PEM with: openssl pkcs12 -in store.p12 -nodes -out store.pem, or openssl pkcs8 -inform DER -nocrypt -in key.pk8 -out key.pem',
  })
}
