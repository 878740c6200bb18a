/** The records of the JSON cases: what Kafka's own example of transformations makes of a file's lines. */
import { numberedLine, writeLines } from '../servers/numbered-lines.ts'

/** One line of the file as the chain of the json-source case leaves it. */
export function jsonLine(i: number): string {
  return `{"line":"${numberedLine(i)}","data_source":"test-file-source"}`
}

/** Kafka's documentation, "Transformations", with a header more. */
export const hoistAndInsert = {
  transforms: 'MakeMap,InsertSource,MarkOrigin',
  'transforms.MakeMap.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
  'transforms.MakeMap.field': 'line',
  'transforms.InsertSource.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
  'transforms.InsertSource.static.field': 'data_source',
  'transforms.InsertSource.static.value': 'test-file-source',
  'transforms.MarkOrigin.type': 'org.apache.kafka.connect.transforms.InsertHeader',
  'transforms.MarkOrigin.header': 'origin',
  'transforms.MarkOrigin.value.literal': 'numbered-lines',
}

export const headersOfJsonLine = { origin: 'numbered-lines' }

export function writeJsonLines(file: string, lines: number): Promise<void> {
  return writeLines(file, lines, jsonLine)
}
