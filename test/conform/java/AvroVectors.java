import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.*;
import java.nio.file.*;
import java.util.*;
import org.apache.avro.*;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;
import org.apache.avro.util.RandomData;

/**
 * What Avro makes of the inputs of avro-inputs.ts, a JSON object a line: schemas printed again or the error, what is
 * incompatible between pairs of them, values as bytes, values read into another schema, and bytes of ours read and
 * written again. Writes
 * test/fixtures/avro/vectors.json. Class path: org.apache.avro:avro 1.12.0 with its dependencies and any slf4j.
 * Arguments: the inputs, the file to write.
 */
public class AvroVectors {
  static final ObjectMapper json = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    try (Writer out = Files.newBufferedWriter(Paths.get(args[1]))) {
      String separator = "[\n";
      for (String line : Files.readAllLines(Paths.get(args[0]))) {
        ObjectNode vector = (ObjectNode) json.readTree(line);
        try {
          run(vector);
        } catch (Exception e) {
          vector.put("error", e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        out.write(separator + json.writeValueAsString(vector));
        separator = ",\n";
      }
      out.write("\n]\n");
    }
  }

  static Schema schema(ObjectNode vector, String name) {
    return new Schema.Parser().parse(vector.get(name).textValue());
  }

  static void run(ObjectNode vector) throws Exception {
    switch (vector.get("kind").textValue()) {
      case "text":
        vector.put("java", schema(vector, "text").toString());
        return;
      case "pair": {
        ArrayNode found = json.createArrayNode();
        SchemaCompatibility.SchemaPairCompatibility result =
            SchemaCompatibility.checkReaderWriterCompatibility(schema(vector, "reader"), schema(vector, "writer"));
        for (SchemaCompatibility.Incompatibility each : result.getResult().getIncompatibilities())
          found.addObject().put("type", each.getType().toString()).put("location", each.getLocation())
              .put("message", each.getMessage());
        vector.set("incompatibilities", found);
        return;
      }
      case "datum": {
        Schema schema = schema(vector, "text");
        Object datum = new GenericDatumReader<>(schema)
            .read(null, DecoderFactory.get().jsonDecoder(schema, vector.get("json").textValue()));
        vector.put("hex", hex(encoded(schema, datum)));
        return;
      }
      case "random": {
        Schema schema = schema(vector, "text");
        Object datum = new RandomData(schema, 1, vector.get("seed").longValue(), false).iterator().next();
        vector.put("hex", hex(encoded(schema, datum)));
        return;
      }
      case "connect": {
        Schema schema = schema(vector, "text");
        vector.put("java", schema.toString());
        String hex = vector.get("hex").textValue();
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
        Object datum = new GenericDatumReader<>(schema).read(null, decoder);
        vector.put("left", decoder.inputStream().available());
        vector.put("again", hex(encoded(schema, datum)));
        return;
      }
      case "resolve": {
        Schema writer = schema(vector, "writer");
        Schema reader = schema(vector, "reader");
        Object datum = new GenericDatumReader<>(writer)
            .read(null, DecoderFactory.get().jsonDecoder(writer, vector.get("json").textValue()));
        byte[] bytes = encoded(writer, datum);
        vector.put("hex", hex(bytes));
        Object resolved = new GenericDatumReader<>(writer, reader)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        vector.put("resolved", hex(encoded(reader, resolved)));
        return;
      }
      default:
        throw new IllegalArgumentException(vector.toString());
    }
  }

  static byte[] encoded(Schema schema, Object datum) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<>(schema).write(datum, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) text.append(String.format("%02x", each));
    return text.toString();
  }
}
