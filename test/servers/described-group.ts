/** What brokers tell of a group, for whoever looks at one from outside. */
import type { WireReader } from '../../src/kafka/wire/fields.ts'
import type { Answer, Api } from '../../src/kafka/wire/requests.ts'

interface DescribedMember {
  memberId: string
  clientId: string
  clientHost: string
  /** Empty while the group rebalances. */
  metadata: Buffer
  assignment: Buffer
}

export interface DescribedGroup extends Answer {
  state: string
  protocolType: string
  protocolName: string
  members: DescribedMember[]
}

export const describeGroup: Api<{ group: string }, DescribedGroup> = {
  name: 'DescribeGroups',
  key: 15,
  lowest: 4,
  highest: 5,
  flexibleFrom: 5,
  write: (writer, { group }) =>
    void writer
      .array([group], name => writer.string(name))
      .int8(0)
      .end(),
  read(reader) {
    reader.int32()
    const [group] = reader.array((): DescribedGroup => {
      const errorCode = reader.int16()
      reader.string()
      const described = {
        errorCode,
        state: reader.string(),
        protocolType: reader.string(),
        protocolName: reader.string(),
        members: reader.array(() => readMember(reader)),
      }
      reader.int32()
      reader.end()
      return described
    })
    reader.end()
    if (group === undefined) throw new Error('The broker described no group')
    return group
  },
}

function readMember(reader: WireReader): DescribedMember {
  const memberId = reader.string()
  reader.nullableString()
  const member = {
    memberId,
    clientId: reader.string(),
    clientHost: reader.string(),
    metadata: reader.nullableBytes() ?? Buffer.alloc(0),
    assignment: reader.nullableBytes() ?? Buffer.alloc(0),
  }
  reader.end()
  return member
}
