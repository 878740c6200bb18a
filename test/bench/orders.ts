/** The records of the smt-chain cases: 20 fields of every common type, one of them nested. */

export interface Order {
  readonly id: number
  readonly [field: string]: unknown
}

export function order(i: number): Order {
  const number = String(i).padStart(8, '0')
  const word = ((i * 2654435761) >>> 0).toString(36).padStart(7, '0')
  return {
    id: i,
    order_no: `ORD-${number}`,
    customer: `customer ${word}`,
    email: `${word}@example.com`,
    tax_no: `${number.slice(0, 3)}-${number.slice(3)}`,
    created: 1_700_000_000_000 + i * 1001,
    quantity: String(1 + (i % 9)),
    price: (i % 1000) + 0.25 * (1 + (i % 3)),
    discount: 0.05 + (i % 7) / 8,
    paid: i % 3 === 0,
    gift: i % 5 === 0,
    version: 1 + (i % 4),
    country: ['DE', 'FR', 'PL', 'SE'][i % 4],
    city: `city of ${word.slice(0, 3)}`,
    street: `${word} street ${i % 200}`,
    zip: 10_000 + (i % 90_000),
    channel: i % 2 === 0 ? 'web' : 'phone',
    status: 'open',
    note: i % 10 === 0 ? null : `please leave it at the door of number ${i % 200}`,
    position: { lat: 52.1 + (i % 100) / 128, lon: 13.3 + (i % 50) / 64 },
  }
}

const types: readonly [string, string, boolean?][] = [
  ['id', 'int64'],
  ['order_no', 'string'],
  ['customer', 'string'],
  ['email', 'string'],
  ['tax_no', 'string'],
  ['created', 'int64'],
  ['quantity', 'string'],
  ['price', 'double'],
  ['discount', 'double'],
  ['paid', 'boolean'],
  ['gift', 'boolean'],
  ['version', 'int32'],
  ['country', 'string'],
  ['city', 'string'],
  ['street', 'string'],
  ['zip', 'int32'],
  ['channel', 'string'],
  ['status', 'string'],
  ['note', 'string', true],
]

const field = ([name, type, optional = false]: readonly [string, string, boolean?]) =>
  `{"type":"${type}","optional":${optional},"field":"${name}"}`

/** What the JsonConverter writes before an order's own JSON. */
const envelope =
  `{"schema":{"type":"struct","fields":[${types.map(field).join(',')},` +
  `{"type":"struct","fields":[${field(['lat', 'double'])},${field(['lon', 'double'])}],"optional":false,"name":"Position","field":"position"}],` +
  '"optional":false,"name":"Order"},"payload":'

export function orderLine(i: number, schemas: boolean): string {
  const json = JSON.stringify(order(i))
  return schemas ? `${envelope}${json}}` : json
}

/** Ten transformations, one of them under a predicate. */
export const tenTransformations = chain([
  ['Types', 'Cast$Value', { spec: 'quantity:int32,version:float64,zip:string,gift:string' }],
  ['Names', 'ReplaceField$Value', { exclude: 'status,discount', renames: 'customer:client,city:town' }],
  [
    'Origin',
    'InsertField$Value',
    { 'static.field': 'source', 'static.value': 'bench', 'offset.field': 'at' },
  ],
  ['Hide', 'MaskField$Value', { fields: 'tax_no,email', replacement: 'masked' }],
  [
    'Dates',
    'TimestampConverter$Value',
    { field: 'created', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSS" },
  ],
  ['Flat', 'Flatten$Value', { delimiter: '_' }],
  ['Key', 'ValueToKey', { fields: 'id' }],
  ['Id', 'ExtractField$Key', { field: 'id' }],
  ['Route', 'RegexRouter', { regex: '(.*)-[0-9]+', replacement: '$1' }],
  ['NoTombstones', 'Filter', { predicate: 'IsTombstone' }],
])

function chain(steps: readonly [string, string, Record<string, string>][]): Record<string, string> {
  const config: Record<string, string> = {
    transforms: steps.map(([alias]) => alias).join(','),
    predicates: 'IsTombstone',
    'predicates.IsTombstone.type': 'org.apache.kafka.connect.transforms.predicates.RecordIsTombstone',
  }
  for (const [alias, type, keys] of steps) {
    config[`transforms.${alias}.type`] = `org.apache.kafka.connect.transforms.${type}`
    for (const [key, value] of Object.entries(keys)) config[`transforms.${alias}.${key}`] = value
  }
  return config
}
