import { expect, test } from 'bun:test'
import { tellOfVariables } from '../../../src/cli/variable-notes.ts'
import { redirect } from '../../../src/observe/log.ts'

test('what KAFKA_OPTS sets is told by name, never with a value, whatever quotes and blanks are in it', () => {
  const lines: string[] = []
  const back = redirect(line => lines.push(line))
  const words = [
    '-Xmx2G -XX:+UseG1GC -XX:OnError=secret0 -Xlog:secret1 -Dpass="secret2 secret3 secret4"',
    '--password secret5 --add-opens=java.base/secret6 -agentlib:jdwp=secret7',
    '-Djavax.net.ssl.keyStorePassword=secret8',
  ]
  tellOfVariables({ KAFKA_OPTS: words.join(' ') })
  back()
  const told = lines.join('')
  expect(told).not.toContain('secret')
  expect(told).toContain(
    '-Dpass -Xmx2G -XX:+UseG1GC -XX -Xlog --password --add-opens: no effect, there is no JVM',
  )
  expect(told).toContain('-Djavax.net.ssl.keyStorePassword: no effect')
})
