import type { Step } from './rest-script.ts'

const TRANSFORMS = 'org.apache.kafka.connect.transforms'
const PREDICATES = `${TRANSFORMS}.predicates`
const STORAGE = 'org.apache.kafka.connect.storage'
const CONVERTERS = 'org.apache.kafka.connect.converters'
const SOURCE = 'org.apache.kafka.connect.file.FileStreamSourceConnector'
const SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'

type Config = Readonly<Record<string, string | null>>

/** Of each transformation a configuration that is right and one that is wrong; `$` stands for both its forms. */
const transformations: readonly [className: string, good: Config, bad: Config][] = [
  ['Cast$', { spec: 'a:int8, b:string' }, { spec: 'a:bytes,b', 'replace.null.with.default': 'no' }],
  ['DropHeaders', { headers: 'a,b' }, { headers: '' }],
  ['ExtractField$', { field: 'a' }, { field: '', 'field.syntax.version': 'V3' }],
  ['Filter', {}, { anything: 'x' }],
  ['Flatten$', { delimiter: '_' }, { delimiter: '' }],
  [
    'HeaderFrom$',
    { fields: 'a', headers: 'b', operation: 'move' },
    { fields: '', headers: 'a,a', operation: 'MOVE' },
  ],
  ['HoistField$', { field: ' spaced ' }, { field: null }],
  ['InsertField$', { 'static.field': 'a', 'static.value': 'b' }, { 'replace.null.with.default': '' }],
  ['InsertHeader', { header: 'h', 'value.literal': '1' }, { header: 'h' }],
  ['MaskField$', { fields: 'a', replacement: '*' }, { fields: 'a,a', replacement: '' }],
  ['RegexRouter', { regex: 'a(.*)', replacement: '$1' }, { regex: 'a(', replacement: '$1' }],
  ['ReplaceField$', { exclude: 'a', renames: 'b:c' }, { include: 'a,,b', renames: 'b' }],
  ['SetSchemaMetadata$', { 'schema.name': 'n', 'schema.version': '1' }, { 'schema.version': '1.5' }],
  [
    'TimestampConverter$',
    { 'target.type': 'string', format: 'yyyy' },
    { 'target.type': 'text', 'unix.precision': 'x' },
  ],
  ['TimestampRouter', { 'topic.format': '${topic}' }, { 'timestamp.format': 'bad format {' }],
  ['ValueToKey', { fields: 'a,b' }, { fields: 'a,a' }],
]

const predicates: readonly [className: string, good: Config, bad: Config][] = [
  ['HasHeaderKey', { name: 'h' }, { name: '' }],
  ['RecordIsTombstone', {}, { anything: 'x' }],
  ['TopicNameMatches', { pattern: 'a.*' }, { pattern: '[' }],
]

const converters = [
  ...['Boolean', 'ByteArray', 'Double', 'Float', 'Integer', 'Long', 'Short'].map(
    name => `${CONVERTERS}.${name}Converter`,
  ),
  JSON_CONVERTER,
  `${STORAGE}.SimpleHeaderConverter`,
  `${STORAGE}.StringConverter`,
]

const bothForms = (name: string) => (name.endsWith('$') ? [`${name}Key`, `${name}Value`] : [name])
const transformationClasses = transformations
  .flatMap(([name]) => bothForms(name))
  .map(name => `${TRANSFORMS}.${name}`)
const predicateClasses = predicates.map(([name]) => `${PREDICATES}.${name}`)

function prefixed(prefix: string, config: Config): Config {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [prefix + key, value]))
}

const get = (path: string): Step => ({ name: `GET ${path}`, method: 'GET', path })

function validate(title: string, plugin: string, config: Config | string, more: Partial<Step> = {}): Step {
  return {
    name: `validate ${title}`,
    method: 'PUT',
    path: `/connector-plugins/${plugin}/config/validate`,
    headers: { 'Content-Type': 'application/json' },
    body: typeof config === 'string' ? config : JSON.stringify(config),
    ...more,
  }
}

const source = (title: string, config: Config) =>
  validate(`source, ${title}`, 'FileStreamSource', {
    name: 's',
    'connector.class': 'FileStreamSource',
    topic: 't',
    ...config,
  })
const sink = (title: string, config: Config) =>
  validate(`sink, ${title}`, 'FileStreamSink', {
    name: 's',
    'connector.class': 'FileStreamSink',
    ...config,
  })

const oneTransformation = (type: string | null | undefined, config: Config): Config => ({
  transforms: 'a',
  ...(type !== undefined && { 'transforms.a.type': type }),
  ...prefixed('transforms.a.', config),
})
const onePredicate = (type: string | null | undefined, config: Config): Config => ({
  predicates: 'p',
  ...(type !== undefined && { 'predicates.p.type': type }),
  ...prefixed('predicates.p.', config),
})

/** What may be asked about plugins and their configuration; nothing of it changes the worker. */
export const validateScript: Step[] = [
  // the keys of every plugin, by class and by alias
  ...[SOURCE, SINK, ...transformationClasses, ...predicateClasses, ...converters].map(name =>
    get(`/connector-plugins/${name}/config`),
  ),
  ...[
    'FileStreamSource',
    'FileStreamSinkConnector',
    'Json',
    'JsonConverter',
    'String',
    'Simple',
    'ByteArrayConverter',
    'Filter',
    'RegexRouter',
    'ValueToKey',
    'TopicNameMatches',
    'HasHeaderKey',
  ].map(name => get(`/connector-plugins/${name}/config`)),
  get('/connector-plugins/org.apache.kafka.connect.transforms.HoistField%24Key/config'),
  get('/connector-plugins/Json/config/'),
  { ...get('/connector-plugins/Json/config'), name: 'HEAD', method: 'HEAD' },
  { ...get('/connector-plugins/Json/config'), name: 'OPTIONS', method: 'OPTIONS' },
  { ...get('/connector-plugins/Json/config/validate'), name: 'OPTIONS validate', method: 'OPTIONS' },
  { ...get('/connector-plugins/Json/config'), name: 'DELETE', method: 'DELETE' },
  get('/connector-plugins/Json/config/validate'),
  get('/connector-plugins/Json'),
  get('/connector-plugins?connectorsOnly=false'),

  // versions
  ...[
    '4.3.1',
    'latest',
    'LATEST',
    '9.9',
    '',
    '[bad',
    '[4.0,5.0)',
    '(,4.0]',
    '[5,4]',
    '[4.3.1]',
    '(1)',
    '[1,2],[4,5]',
    '4',
    '1..2',
    ' 4.3.1 ',
    'x',
  ].map(version => get(`/connector-plugins/FileStreamSource/config?version=${encodeURIComponent(version)}`)),
  ...['Json', 'Simple', 'Filter', 'TopicNameMatches'].map(name =>
    get(`/connector-plugins/${name}/config?version=9.9`),
  ),
  get('/connector-plugins/Json/config?version=4.3.1'),
  get('/connector-plugins/Nope/config?version=9.9'),
  get('/connector-plugins/Json/config?version'),

  // names of no plugin
  ...[
    'Nope',
    'no.such.Thing',
    'filestreamsource',
    'Key',
    'HoistField',
    'org.apache.kafka.connect.transforms.HoistField',
    'HoistField$Value',
    'java.lang.String',
    'java.util.Map',
    'org.apache.kafka.common.config.provider.FileConfigProvider',
    'FileConfigProvider',
    'File',
    'All',
    'Principal',
    'org.apache.kafka.connect.file.FileStreamSourceTask',
    'org.apache.kafka.connect.storage.Converter',
    '%20Json',
  ].map(name => get(`/connector-plugins/${name}/config`)),

  // each transformation: as it should be, with nothing, with something wrong
  ...transformations.flatMap(([name, good, bad]) =>
    bothForms(name).flatMap(form => {
      const type = `${TRANSFORMS}.${form}`
      return [
        source(`${form}, right`, oneTransformation(type, good)),
        sink(`${form}, bare`, { topics: 'x', ...oneTransformation(type, {}) }),
        source(`${form}, wrong`, oneTransformation(type, bad)),
      ]
    }),
  ),
  ...predicates.flatMap(([name, good, bad]) => {
    const type = `${PREDICATES}.${name}`
    return [
      source(`${name}, right`, onePredicate(type, good)),
      sink(`${name}, bare`, { topics: 'x', ...onePredicate(type, {}) }),
      source(`${name}, wrong`, onePredicate(type, bad)),
    ]
  }),
  ...converters.flatMap(name =>
    ['key', 'value', 'header'].flatMap(part => [
      source(`${part}.converter ${name}`, { [`${part}.converter`]: name }),
      sink(`${part}.converter ${name}, wrong`, {
        topics: 'x',
        [`${part}.converter`]: name,
        [`${part}.converter.converter.type`]: 'other',
        [`${part}.converter.schemas.enable`]: 'x',
        [`${part}.converter.schemas.cache.size`]: '1.5',
        [`${part}.converter.decimal.format`]: 'TEXT',
        [`${part}.converter.converter.encoding`]: 'no-such-encoding',
        [`${part}.converter.unknown`]: 'x',
        [`${part}.converter.replace.null.with.default`]: null,
      }),
    ]),
  ),

  // aliases and types that are none
  ...[
    undefined,
    null,
    '',
    ' ',
    'nope.Nope',
    'HoistField',
    'HoistField$Value',
    `${TRANSFORMS}.HoistField`,
    `${TRANSFORMS}.Cast`,
    `${TRANSFORMS}.Transformation`,
    `${TRANSFORMS}.SetSchemaMetadata`,
    `${TRANSFORMS}.TimestampConverter`,
    ` ${TRANSFORMS}.Filter `,
    'Filter',
    'RegexRouter',
    'Json',
    JSON_CONVERTER,
    SOURCE,
    'RecordIsTombstone',
    'java.lang.String',
    'java.util.Map',
  ].map(type => source(`transforms.a.type ${type}`, oneTransformation(type, {}))),
  ...[
    undefined,
    null,
    '',
    'nope.Nope',
    `${PREDICATES}.Predicate`,
    'TopicNameMatches',
    'RecordIsTombstone',
    'Filter',
    'Json',
    'java.lang.String',
    'java.util.Map',
  ].map(type => source(`predicates.p.type ${type}`, onePredicate(type, {}))),
  ...[
    '',
    ' ',
    'nope.Conv',
    'Json',
    ' Json ',
    'Simple',
    'Filter',
    SOURCE,
    `${STORAGE}.Converter`,
    `${STORAGE}.HeaderConverter`,
    'java.lang.String',
    'java.util.Map',
    'java.util.AbstractMap',
    null,
  ].flatMap(type =>
    ['key', 'header'].map(part =>
      source(`${part}.converter ${type === null ? 'null' : JSON.stringify(type)}`, {
        [`${part}.converter`]: type,
        [`${part}.converter.schemas.enable`]: 'x',
      }),
    ),
  ),

  // the keys around them
  source('transformations with predicates', {
    transforms: 'mk,ins',
    'transforms.mk.type': `${TRANSFORMS}.HoistField$Value`,
    'transforms.mk.field': 'line',
    'transforms.mk.predicate': 'isT',
    'transforms.mk.negate': 'true',
    'transforms.ins.type': `${TRANSFORMS}.InsertField$Value`,
    predicates: 'isT',
    'predicates.isT.type': `${PREDICATES}.TopicNameMatches`,
    'predicates.isT.pattern': 't.*',
  }),
  source('negate without predicate', oneTransformation('Filter', { negate: 'false' })),
  source('negate without predicate, class unknown', oneTransformation('nope.Nope', { negate: 'false' })),
  source('negate without predicate, class missing', oneTransformation(undefined, { negate: 'false' })),
  source('negate null without predicate', oneTransformation('Filter', { negate: null })),
  source('negate with an empty predicate', oneTransformation('Filter', { negate: 'x', predicate: '' })),
  source('a predicate that is null', oneTransformation('Filter', { negate: 'true', predicate: null })),
  source('a predicate that is nobody', oneTransformation('Filter', { predicate: 'zz' })),
  source('aliases twice', {
    transforms: 'a,b,a',
    'transforms.a.type': 'Filter',
    'transforms.b.type': 'Filter',
  }),
  source('predicate aliases twice', { predicates: 'p, p', 'predicates.p.type': 'RecordIsTombstone' }),
  source('an empty alias', { transforms: 'a,,b', 'transforms.a.type': 'Filter' }),
  source('an alias with a dot', {
    transforms: 'a.b',
    'transforms.a.b.type': 'RegexRouter',
    'transforms.a.b.regex': '(',
  }),
  source('aliases null', { transforms: null, predicates: null }),
  source('aliases of nobody', { 'transforms.a.type': 'nope', 'predicates.p.type': 'nope' }),
  source('a version of a transformation', oneTransformation('Filter', { 'plugin.version': '4.3.1' })),
  source(
    'a version of a transformation that is not there',
    oneTransformation('Filter', { 'plugin.version': '9.9' }),
  ),
  source(
    'a version of a transformation that is none',
    oneTransformation('Filter', { 'plugin.version': '[bad' }),
  ),
  source('a version of an unknown transformation', oneTransformation('nope', { 'plugin.version': '9.9' })),
  source('a version of a transformation, null', oneTransformation('Filter', { 'plugin.version': null })),
  source(
    'a version of a predicate that is not there',
    onePredicate('RecordIsTombstone', { 'plugin.version': '9.9' }),
  ),
  source(
    'a version of a predicate that is none',
    onePredicate('RecordIsTombstone', { 'plugin.version': '[bad' }),
  ),
  source('a version of a converter that is not there', {
    'key.converter': 'Json',
    'key.converter.plugin.version': '9.9',
  }),
  source('a version of a converter that is none', {
    'key.converter': 'Json',
    'key.converter.plugin.version': '[bad',
  }),
  source('a version of a converter that is there', {
    'key.converter': 'Json',
    'key.converter.plugin.version': '[4,5)',
  }),
  source('a version of no converter', { 'key.converter.plugin.version': '9.9' }),
  source('a version of no converter that is none', { 'key.converter.plugin.version': '[bad' }),
  source('a version of a header converter that is not there', {
    'header.converter': 'Simple',
    'header.converter.plugin.version': '9.9',
  }),
  source('a version of an unknown converter', {
    'key.converter': 'nope',
    'key.converter.plugin.version': '9.9',
  }),
  source('a version of a converter, null', { 'key.converter': 'Json', 'key.converter.plugin.version': null }),
  source('a version of the connector, null', { 'connector.plugin.version': null }),
  source('a version of the connector that is there', { 'connector.plugin.version': '4.3.1' }),
  source('a range of versions of the connector', { 'connector.plugin.version': '[4.0,)' }),
  source('an empty version of the connector', { 'connector.plugin.version': '' }),

  // what the framework asks of every connector
  validate('source, full class', SOURCE, { name: 's', 'connector.class': SOURCE, topic: 't' }),
  source('nothing else', {}),
  source('numbers, enums and booleans', {
    'tasks.max': 'abc',
    'tasks.max.enforce': 'maybe',
    'batch.size': 'x',
    'errors.tolerance': 'ALL',
    'errors.retry.timeout': 'x',
    'errors.retry.delay.max.ms': '99999999999999999999',
    'errors.log.enable': 'yes',
    'errors.log.include.messages': ' TRUE ',
    'config.action.reload': 'RESTART',
    'exactly.once.support': 'x',
    'transaction.boundary': 'Interval',
    'transaction.boundary.interval.ms': '-1',
    'offsets.storage.topic': '',
  }),
  source('numbers at their ends', {
    'tasks.max': ' +2147483647 ',
    'batch.size': '-2147483649',
    'errors.retry.timeout': '9223372036854775807',
    'errors.retry.delay.max.ms': '-9223372036854775808',
  }),
  source('nulls', {
    name: null,
    file: null,
    topic: null,
    'tasks.max': null,
    'errors.tolerance': null,
    'errors.log.enable': null,
    'topic.creation.groups': null,
    'key.converter.schemas.enable': null,
    'producer.override.acks': null,
    'transforms.a.type': null,
    foo: null,
    bar: null,
    'a null with a long name that nobody knows': null,
  }),
  source(
    'many nulls that nobody knows',
    Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`null-${i}`, null])),
  ),
  source('topic groups', {
    'topic.creation.groups': 'a,b',
    'topic.creation.default.partitions': 'x',
    'topic.creation.a.include': '(',
    'topic.creation.unknown': 'x',
    'admin.override.retries': '3',
    'producer.override.acks': '5',
    'consumer.override.max.poll.records': 'x',
  }),
  source('topic groups twice', { 'topic.creation.groups': 'a,a' }),
  source('an empty name', { name: '' }),
  source('characters of all planes', {
    name: 'ä€😀\u001f\u007f\u2028\\\\u001f/"<&',
    file: '\u00a0 x',
    'connector.plugin.version': '4.3.1 ',
  }),
  source('a name with a control character', { name: 'a\u0007b\u0085' }),
  source('everything exactly once', {
    'exactly.once.support': 'required',
    'transaction.boundary': 'connector',
  }),
  sink('topics', { topics: ' a , b ' }),
  sink('no topics', {}),
  sink('blank topics', { topics: ' ' }),
  sink('topics null', { topics: null }),
  sink('topics twice', { topics: 'a,a' }),
  sink('an empty topic', { topics: 'a,,b' }),
  sink('topics and a pattern', { topics: 'a', 'topics.regex': 'b.*' }),
  sink('a pattern', { 'topics.regex': 'b.*' }),
  sink('a broken pattern', { 'topics.regex': '[' }),
  sink('a dead letter queue that is consumed', { topics: 'a, q', 'errors.deadletterqueue.topic.name': 'q' }),
  sink('a dead letter queue that the pattern matches', {
    'topics.regex': 'q.*',
    'errors.deadletterqueue.topic.name': 'qq',
  }),
  sink('all at once', { topics: 'a, q', 'topics.regex': 'q', 'errors.deadletterqueue.topic.name': 'q' }),
  sink('a dead letter queue with overrides', {
    topics: 'a',
    'errors.deadletterqueue.topic.name': 'q',
    'errors.deadletterqueue.topic.replication.factor': '40000',
    'errors.deadletterqueue.context.headers.enable': 'x',
    'consumer.override.max.poll.records': '10',
    'consumer.override.unknown.thing': '1',
    'consumer.override.fetch.min.bytes': '1',
    'consumer.override.isolation.level': 'nonsense',
    'consumer.override.sasl.jaas.config': 'secret',
    'producer.override.acks': 'all',
    'producer.override.linger.ms': '5',
    'producer.override.compression.type': 'zstd',
    'producer.override.key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
    'admin.override.retries': '3',
  }),
  sink('overrides of clients that it has not', {
    topics: 'a',
    'producer.override.linger.ms': 'x',
    'admin.override.retries': 'x',
  }),
  source('an override of the wrong type', { 'producer.override.linger.ms': 'x' }),
  source('an override that is null', {
    'producer.override.linger.ms': null,
    'producer.override.unknown': null,
  }),
  source('many overrides', {
    'producer.override.acks': '1',
    'producer.override.batch.size': '1',
    'producer.override.buffer.memory': '2',
    'producer.override.client.id': 'c',
    'producer.override.compression.type': 'none',
    'producer.override.delivery.timeout.ms': '3',
    'producer.override.enable.idempotence': 'true',
    'producer.override.linger.ms': '4',
    'producer.override.max.block.ms': '5',
    'producer.override.max.request.size': '6',
    'producer.override.request.timeout.ms': '7',
    'producer.override.retries': '8',
    'producer.override.sasl.jaas.config': 'secret',
    'producer.override.sasl.login.refresh.window.factor': '0.5',
    'producer.override.interceptor.classes': 'a.B,c.D',
    'producer.override.metadata.max.age.ms': '9',
  }),

  // before anything is validated
  validate('no class', 'FileStreamSource', { name: 'v', topic: 't' }),
  validate('no class, more keys', 'FileStreamSource', {
    zebra: '1',
    apple: '2',
    'tasks.max': '4',
    topic: null,
    mango: '3',
  }),
  validate('no class, null', 'FileStreamSource', { name: 'v', 'connector.class': null }),
  validate('an empty class', 'FileStreamSource', { name: 'v', 'connector.class': '' }),
  validate('nothing', 'FileStreamSource', {}),
  validate('another class', 'FileStreamSink', { 'connector.class': 'FileStreamSource' }),
  validate('a part of the name', 'Source', { name: 's', 'connector.class': 'FileStreamSource', topic: 't' }),
  validate('Connector in both', 'FileStreamSourceConnector', {
    name: 's',
    'connector.class': 'FileStreamSourceConnector',
    topic: 't',
  }),
  validate('a path of the full class, a body with the alias', SOURCE, {
    name: 's',
    'connector.class': 'FileStreamSource',
    topic: 't',
  }),
  validate('an alias in the path, the full class in the body', 'FileStreamSource', {
    name: 's',
    'connector.class': SOURCE,
    topic: 't',
  }),
  validate('an unknown class', 'no.such.Thing', { 'connector.class': 'no.such.Thing' }),
  validate('a class that is no connector', 'Filter', { 'connector.class': 'Filter' }),
  validate('a class with blanks', 'FileStreamSource', { 'connector.class': ' FileStreamSource', topic: 't' }),
  validate('a version that is none', 'FileStreamSource', {
    'connector.class': 'FileStreamSource',
    'connector.plugin.version': '[bad',
  }),
  validate('a body that is null', 'FileStreamSource', 'null'),
  validate('an empty body', 'FileStreamSource', ''),
  validate('a list', 'FileStreamSource', '[]'),
  validate('a broken body', 'FileStreamSource', '{'),
  validate(
    'numbers and booleans',
    'FileStreamSource',
    '{"connector.class":"FileStreamSource","name":5,"topic":1.50,"batch.size":1e3,"errors.log.enable":true}',
  ),
  validate('nested', 'FileStreamSource', '{"connector.class":"FileStreamSource","name":{"a":1}}'),
  validate('plain text', 'FileStreamSource', 'x', { headers: { 'Content-Type': 'text/plain' } }),

  // once only: the JVM forgets which versions there are when it is asked twice
  source('a version of the connector that is not there', {
    'connector.plugin.version': '9.9.9',
    'tasks.max': 'x',
    foo: null,
    'key.converter': 'Json',
    transforms: 'a',
  }),
]
