import {
  chain,
  envelope,
  type InputRecord,
  inputTime,
  type SinkCase,
  struct,
  values,
  withSchemas,
} from '../case.ts'

const order = struct(
  ['id', 'int32', { optional: false }],
  ['name', 'string'],
  ['price', 'double'],
  ['paid', 'boolean', { default: true }],
  ['at', 'int64', { name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }],
  ['address', 'struct', { fields: struct(['city', 'string'], ['zip', 'int32']).fields }],
)
const orders: InputRecord[] = [
  {
    key: envelope({ type: 'string' }, 'k1'),
    value: envelope(order, {
      id: 1,
      name: 'Ann',
      price: 9.5,
      paid: false,
      at: inputTime,
      address: { city: 'Ulm', zip: 89073 },
    }),
    timestamp: inputTime - 1,
  },
  {
    key: envelope({ type: 'string' }, 'k2'),
    value: envelope(order, { id: 2, name: null, price: null, paid: null, at: null, address: null }),
  },
  {
    key: envelope({ type: 'string' }, 'k3'),
    value: envelope(order, {
      id: -3,
      name: 'é漢',
      price: 1e10,
      at: -1,
      address: { city: null, zip: 0 },
    }),
  },
]
const maps: InputRecord[] = [
  {
    key: '"k1"',
    value:
      '{"id":1,"name":"Ann","price":9.5,"paid":false,"at":1772600767089,"address":{"city":"Ulm","zip":89073}}',
    timestamp: inputTime - 1,
  },
  { key: '"k2"', value: '{"id":2,"name":null,"price":null,"address":null}' },
  { key: '"k3"', value: '{"id":3,"tags":["a",1,null],"address":{}}' },
]

/** The same chain on structs and on maps. */
function both(name: string, config: Record<string, string>): SinkCase[] {
  return [
    { name: `sink-${name}-struct`, input: orders, config: { ...withSchemas, ...config } },
    { name: `sink-${name}-map`, input: maps, config },
  ]
}

export const sinkTransforms: SinkCase[] = [
  ...both('plain', {}),
  ...both('extract', chain(['ExtractField$Value', { field: 'name' }])),
  ...both(
    'extract-nested',
    chain(['ExtractField$Value', { field: 'address.city', 'field.syntax.version': 'V2' }]),
  ),
  ...both('hoist', chain(['HoistField$Value', { field: 'order' }])),
  ...both('flatten', chain(['Flatten$Value', { delimiter: '/' }])),
  ...both('cast', chain(['Cast$Value', { spec: 'id:string,price:int8,paid:int64' }])),
  ...both('mask', chain(['MaskField$Value', { fields: 'name,price,id,paid' }])),
  ...both('mask-with', chain(['MaskField$Value', { fields: 'price,id', replacement: '300' }])),
  ...both('replace', chain(['ReplaceField$Value', { exclude: 'at,paid', renames: 'id:number,name:who' }])),
  ...both(
    'insert',
    chain([
      'InsertField$Value',
      {
        'topic.field': 'topic',
        'partition.field': 'partition!',
        'offset.field': 'offset!',
        'timestamp.field': 'stamp',
        'static.field': 'fixed',
        'static.value': 'yes',
      },
    ]),
  ),
  ...both('timestamp', chain(['TimestampConverter$Value', { field: 'at', 'target.type': 'Date' }])),
  ...both(
    'timestamp-text',
    chain([
      'TimestampConverter$Value',
      { field: 'at', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" },
    ]),
  ),
  ...both(
    'header-move',
    chain(['HeaderFrom$Value', { fields: 'name,id', headers: 'n,i', operation: 'move' }]),
  ),
  ...both('key', chain(['ValueToKey', { fields: 'id,name' }], ['ExtractField$Key', { field: 'id' }])),
  {
    name: 'sink-schema-metadata',
    input: orders,
    config: { ...withSchemas, ...chain(['SetSchemaMetadata$Value', { 'schema.name': 'Order' }]) },
  },
  {
    name: 'sink-schema-metadata-map',
    input: maps,
    config: chain(['SetSchemaMetadata$Value', { 'schema.name': 'Order' }]),
  },
  {
    name: 'sink-tombstones',
    input: [...values('{"a":1}', null), { key: '"k"', value: null }, { value: 'null' }, { value: '{"a":2}' }],
    config: chain(
      ['Cast$Value', { spec: 'a:string' }],
      ['ReplaceField$Value', { renames: 'a:b' }],
      ['InsertField$Value', { 'topic.field': 't' }],
      ['Flatten$Value'],
    ),
  },
  {
    name: 'sink-tombstones-hoisted',
    input: values('1', null, '"x"'),
    config: chain(['HoistField$Value', { field: 'v' }]),
  },
  {
    name: 'sink-rerouted',
    input: maps,
    config: chain(
      ['RegexRouter', { regex: '.*', replacement: 'elsewhere' }],
      ['TimestampRouter', { 'timestamp.format': 'yyyy-MM-dd HH' }],
      ['InsertField$Value', { 'topic.field': 'topic' }],
    ),
  },
]
