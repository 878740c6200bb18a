/** What npm's client does with the registry at argv[3]; argv[2] is where it is installed. Prints what it got as JSON. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, url] = process.argv.slice(2)
const require = createRequire(join(folder, 'package.json'))
const {
  AvroDeserializer,
  AvroSerializer,
  Compatibility,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} = require('@confluentinc/schemaregistry')
const { create, createFileRegistry, equals } = require('@bufbuild/protobuf')
const {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Type,
  FieldDescriptorProto_Label,
} = require('@bufbuild/protobuf/wkt')

const open = () => new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100 })
const client = open()
const got = {}

async function refusal(call) {
  try {
    await call()
    return 'no error'
  } catch (error) {
    return [error.status, error.errorCode]
  }
}

const record = fields => ({
  schemaType: 'AVRO',
  schema: JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields }),
})
const id = { name: 'id', type: 'long' }
const first = record([id])
const second = record([id, { name: 'note', type: ['null', 'string'], default: null }])
const broken = record([{ name: 'id', type: 'string' }])

const firstId = await client.register('orders-value', first)
got.sameIdAgain = (await open().register('orders-value', first)) === firstId
got.secondId = (await client.register('orders-value', second)) > firstId
got.lookup = (await client.getId('orders-value', first)) === firstId
got.schemaById = (await client.getBySubjectAndId('orders-value', firstId)).schema === first.schema
got.latest = (await client.getLatestSchemaMetadata('orders-value')).version
got.versions = await client.getAllVersions('orders-value')
got.subjects = await client.getAllSubjects()
got.compatible = await client.testSubjectCompatibility('orders-value', second)
got.incompatible = await client.testSubjectCompatibility('orders-value', broken)
got.refused = await refusal(() => client.register('orders-value', broken))
got.level = await client.getDefaultCompatibility()
await client.updateCompatibility('orders-value', Compatibility.NONE)
got.levelOfSubject = await client.getCompatibility('orders-value')
await client.register('orders-value', broken)
got.deletedVersion = await client.deleteSubjectVersion('orders-value', 3)
got.unknownSubject = await refusal(() => client.getAllVersions('nothing'))
got.unknownId = await refusal(() => client.getBySubjectAndId('orders-value', 4711))

const address = { type: 'record', name: 'shop.Address', fields: [{ name: 'street', type: 'string' }] }
const customer = {
  type: 'record',
  name: 'shop.Customer',
  fields: [{ name: 'address', type: 'shop.Address' }],
}
const references = [{ name: 'shop.Address', subject: 'address', version: 1 }]
await client.register('address', { schemaType: 'AVRO', schema: JSON.stringify(address) })
await client.register('npm-nested-value', {
  schemaType: 'AVRO',
  schema: JSON.stringify(customer),
  references,
})
got.references = (await client.getLatestSchemaMetadata('npm-nested-value')).references
got.referenced = await refusal(() => client.deleteSubject('address'))

const latest = { useLatestVersion: true, autoRegisterSchemas: false }
const both = async (topic, Serializer, Deserializer, value, config = latest) => {
  const bytes = await new Serializer(client, SerdeType.VALUE, config).serialize(topic, value)
  return await new Deserializer(open(), SerdeType.VALUE, {}).deserialize(topic, bytes)
}

await client.register('npm-avro-value', second)
got.avro = await both('npm-avro', AvroSerializer, AvroDeserializer, { id: 7, note: 'größer' })
got.avroWithReferences = await both('npm-nested', AvroSerializer, AvroDeserializer, {
  address: { street: 'ß' },
})

const json = {
  type: 'object',
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
  required: ['id'],
}
await client.register('npm-json-value', { schemaType: 'JSON', schema: JSON.stringify(json) })
got.json = await both('npm-json', JsonSerializer, JsonDeserializer, { id: 7, note: 'ß' })

const field = (name, number, type, label = FieldDescriptorProto_Label.OPTIONAL) => ({
  name,
  jsonName: name,
  number,
  type,
  label,
})
const files = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'order.proto',
        package: 'shop',
        syntax: 'proto3',
        messageType: [
          {
            name: 'Order',
            field: [
              field('id', 1, FieldDescriptorProto_Type.INT64),
              field('tags', 2, FieldDescriptorProto_Type.STRING, FieldDescriptorProto_Label.REPEATED),
            ],
          },
        ],
      },
    ],
  }),
)
const Order = files.getMessage('shop.Order')
const order = create(Order, { id: 2n ** 53n + 1n, tags: ['a', 'ß'] })
const serializer = new ProtobufSerializer(client, SerdeType.VALUE, { autoRegisterSchemas: true })
serializer.registry.add(Order)
const bytes = await serializer.serialize('npm-protobuf', order)
const read = await new ProtobufDeserializer(open(), SerdeType.VALUE, {}).deserialize('npm-protobuf', bytes)
got.protobuf = [String(read.id), read.tags]
got.protobufText = (await client.getLatestSchemaMetadata('npm-protobuf-value')).schema

await client.deleteSubject('npm-json-value')
got.deletedSubject = await client.deleteSubject('npm-json-value', true)
got.equal = equals(Order, order, create(Order, { id: read.id, tags: read.tags }))
console.log(JSON.stringify(got))
process.exit(0)
