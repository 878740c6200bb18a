import { expect, test } from 'bun:test'
import { parseJaas } from '../../../src/kafka/jaas.ts'
import { loginModuleOf } from '../../../src/kafka/jaas-file.ts'

const FILE = `
/* both sides in one file */
KafkaServer {
  org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="b}r;";
};
KafkaClient{ // no blank
  org.apache.kafka.common.security.scram.ScramLoginModule requisite
  username="alice" password="say \\"x\\"; \\\\ }"
  note=\${who};
};
Other { a.B optional; c.D required; };
`

test('the module of a context, as the value that sasl.jaas.config would have', () => {
  const value = loginModuleOf('KafkaClient', FILE, { who: 'me and you' })
  expect(parseJaas(value!)).toEqual({
    module: 'org.apache.kafka.common.security.scram.ScramLoginModule',
    options: { username: 'alice', password: 'say "x"; \\ }', note: 'me and you' },
  })
  expect(parseJaas(loginModuleOf('KafkaServer', FILE, {})!).options['password']).toBe('b}r;')
  expect(loginModuleOf('Client', FILE, {})).toBeNull()
})

test.each([
  ['KafkaClient', FILE, '${who} in the JAAS file is no system property'],
  ['Other', FILE, 'more than one login module'],
  ['KafkaClient', 'KafkaClient { a.B required password=hunter2', 'a JAAS file is made of contexts'],
  ['KafkaClient', 'a.B required password=hunter2;', 'a JAAS file is made of contexts'],
  ['KafkaClient', 'KafkaClient { a.B required password="hunter2; };', 'Unterminated quote'],
  ['KafkaClient', 'KafkaClient { a.B required password=hunter2 };', 'not terminated by semi-colon'],
])('what is wrong with %s is told without what is in it', (context, text, message) => {
  const read = () => loginModuleOf(context, text, {})
  expect(read).toThrow(message)
  expect(read).not.toThrow('hunter2')
})
