import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.*;
import java.math.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.header.*;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Reads vectors of the group `smt` without results (one JSON object a line, form of vectors/data-vectors.json) and
 * prints them with what Kafka Connect's own class did: `out` or `error`. Maps of the input are HashMaps. `in.then`
 * is a list of further {class, config} to apply. `order` holds the keys of a schemaless value as its map hands
 * them out.
 */
public class TransformVectors {
  static final ObjectMapper json = new ObjectMapper();
  static final JsonNodeFactory nodes = JsonNodeFactory.instance;

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode vector = (ObjectNode) json.readTree(line);
      run(vector);
      out.println(json.writeValueAsString(vector));
    }
    out.flush();
  }

  static void run(ObjectNode vector) {
    JsonNode input = vector.get("in");
    try {
      ConnectRecord<?> record = record(input.get("record"));
      ConnectRecord<?> result = apply(input, record);
      if (input.has("then"))
        for (JsonNode step : input.get("then")) if (result != null) result = apply(step, result);
      if (result == record) vector.set("out", nodes.objectNode().put("sameRecord", true));
      else vector.set("out", result == null ? nodes.nullNode() : from(result));
      if (result != null && result.valueSchema() == null && result.value() instanceof Map) {
        ArrayNode order = vector.putArray("order");
        for (Object key : ((Map<?, ?>) result.value()).keySet()) order.add(String.valueOf(key));
      }
    } catch (Throwable e) {
      ObjectNode error = error(e);
      if (e.getCause() != null) error.set("cause", error(e.getCause()));
      vector.set("error", error);
    }
  }

  static ObjectNode error(Throwable e) {
    return nodes.objectNode().put("class", e.getClass().getName()).put("message", e.getMessage());
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static ConnectRecord<?> apply(JsonNode step, ConnectRecord<?> record) throws Exception {
    Transformation t =
        (Transformation) Class.forName(step.get("class").asText()).getDeclaredConstructor().newInstance();
    Map<String, String> config = new HashMap<>();
    step.get("config").fields().forEachRemaining(e -> config.put(e.getKey(), e.getValue().textValue()));
    t.configure(config);
    ConnectRecord<?> result = (ConnectRecord<?>) t.apply(record);
    t.close();
    return result;
  }

  static ConnectRecord<?> record(JsonNode r) {
    Schema keySchema = schema(r.get("keySchema"));
    Schema valueSchema = schema(r.get("valueSchema"));
    Object key = value(r.get("key"), keySchema);
    Object value = value(r.get("value"), valueSchema);
    Integer partition = r.get("partition").isNull() ? null : r.get("partition").intValue();
    Long timestamp = r.get("timestamp").isNull() ? null : r.get("timestamp").longValue();
    ConnectHeaders headers = new ConnectHeaders();
    for (JsonNode h : r.get("headers")) {
      Schema s = schema(h.get("schema"));
      headers.add(h.get("key").asText(), value(h.get("value"), s), s);
    }
    String topic = r.get("topic").textValue();
    if (r.get("kind").asText().equals("source"))
      return new SourceRecord(
          json.convertValue(r.get("sourcePartition"), Map.class), json.convertValue(r.get("sourceOffset"), Map.class),
          topic, partition, keySchema, key, valueSchema, value, timestamp, headers);
    return new SinkRecord(
        topic, partition, keySchema, key, valueSchema, value, r.get("kafkaOffset").longValue(), timestamp,
        TimestampType.valueOf(r.get("timestampType").asText()), headers, r.get("originalTopic").textValue(),
        r.get("originalKafkaPartition").intValue(), r.get("originalKafkaOffset").longValue());
  }

  static ObjectNode from(ConnectRecord<?> r) {
    ObjectNode out = nodes.objectNode();
    out.put("kind", r instanceof SourceRecord ? "source" : "sink").put("topic", r.topic());
    out.put("partition", r.kafkaPartition());
    out.set("keySchema", from(r.keySchema()));
    out.set("key", from(r.key(), r.keySchema()));
    out.set("valueSchema", from(r.valueSchema()));
    out.set("value", from(r.value(), r.valueSchema()));
    out.put("timestamp", r.timestamp());
    ArrayNode headers = out.putArray("headers");
    for (Header h : r.headers()) {
      ObjectNode header = headers.addObject().put("key", h.key());
      header.set("schema", from(h.schema()));
      header.set("value", from(h.value(), h.schema()));
    }
    if (r instanceof SourceRecord) {
      out.set("sourcePartition", json.valueToTree(((SourceRecord) r).sourcePartition()));
      out.set("sourceOffset", json.valueToTree(((SourceRecord) r).sourceOffset()));
    } else {
      SinkRecord s = (SinkRecord) r;
      out.put("kafkaOffset", s.kafkaOffset()).put("timestampType", s.timestampType().name());
      out.put("originalTopic", s.originalTopic()).put("originalKafkaPartition", s.originalKafkaPartition());
      out.put("originalKafkaOffset", s.originalKafkaOffset());
    }
    return out;
  }

  static Schema schema(JsonNode s) {
    if (s == null || s.isNull()) return null;
    Schema plain = schema(s, null);
    return s.has("default") ? schema(s, value(s.get("default"), plain)) : plain;
  }

  /** As it is, without the builder's checks. */
  static Schema schema(JsonNode s, Object defaultValue) {
    Schema.Type type = Schema.Type.valueOf(s.get("type").asText());
    Map<String, String> parameters = null;
    if (s.has("parameters")) {
      parameters = new LinkedHashMap<>();
      for (Iterator<Map.Entry<String, JsonNode>> i = s.get("parameters").fields(); i.hasNext(); ) {
        Map.Entry<String, JsonNode> e = i.next();
        parameters.put(e.getKey(), e.getValue().asText());
      }
    }
    List<Field> fields = null;
    if (type == Schema.Type.STRUCT) {
      fields = new ArrayList<>();
      if (s.has("fields"))
        for (JsonNode f : s.get("fields"))
          fields.add(new Field(f.get("name").asText(), fields.size(), schema(f.get("schema"))));
    }
    return new ConnectSchema(
        type, s.path("optional").asBoolean(false), defaultValue, s.path("name").textValue(),
        s.has("version") ? s.get("version").intValue() : null, s.path("doc").textValue(), parameters, fields,
        schema(s.get("keySchema")), schema(s.get("valueSchema")));
  }

  static JsonNode from(Schema s) {
    if (s == null) return nodes.nullNode();
    ObjectNode out = nodes.objectNode().put("type", s.type().name());
    if (s.isOptional()) out.put("optional", true);
    if (s.name() != null) out.put("name", s.name());
    if (s.version() != null) out.put("version", s.version());
    if (s.doc() != null) out.put("doc", s.doc());
    if (s.parameters() != null) out.set("parameters", json.valueToTree(s.parameters()));
    if (s.defaultValue() != null) out.set("default", from(s.defaultValue(), s));
    if (s.type() == Schema.Type.STRUCT) {
      ArrayNode fields = out.putArray("fields");
      for (Field f : s.fields()) fields.addObject().put("name", f.name()).set("schema", from(f.schema()));
    }
    if (s.type() == Schema.Type.MAP) out.set("keySchema", from(s.keySchema()));
    if (s.type() == Schema.Type.MAP || s.type() == Schema.Type.ARRAY) out.set("valueSchema", from(s.valueSchema()));
    return out;
  }

  static Object value(JsonNode v, Schema schema) {
    if (v == null || v.isNull()) return null;
    String tag = null;
    for (Iterator<String> i = v.fieldNames(); i.hasNext(); ) {
      String name = i.next();
      if (!name.equals("schema") || v.size() == 1) { tag = name; break; }
    }
    JsonNode c = v.get(tag);
    switch (tag) {
      case "int8": return (byte) c.intValue();
      case "int16": return (short) c.intValue();
      case "int32": return c.intValue();
      case "int64": return Long.valueOf(c.asText());
      case "float32": return Float.valueOf(c.asText());
      case "float64": return Double.valueOf(c.asText());
      case "bigint": return new BigInteger(c.asText());
      case "boolean": return c.booleanValue();
      case "string": return c.textValue();
      case "bytes": return HexFormat.of().parseHex(c.asText());
      case "decimal": return new BigDecimal(new BigInteger(c.get("unscaled").asText()), c.get("scale").intValue());
      case "date_ms": return new java.util.Date(Long.parseLong(c.asText()));
      case "array": {
        List<Object> list = new ArrayList<>();
        for (JsonNode each : c) list.add(value(each, schema == null ? null : schema.valueSchema()));
        return list;
      }
      case "map": {
        Map<Object, Object> map = new HashMap<>();
        for (JsonNode e : c)
          map.put(value(e.get(0), schema == null ? null : schema.keySchema()),
              value(e.get(1), schema == null ? null : schema.valueSchema()));
        return map;
      }
      case "struct": {
        Schema own = v.has("schema") ? schema(v.get("schema")) : schema;
        Struct struct = new Struct(own);
        for (Iterator<Map.Entry<String, JsonNode>> i = c.fields(); i.hasNext(); ) {
          Map.Entry<String, JsonNode> e = i.next();
          if (!e.getValue().isNull()) struct.put(e.getKey(), value(e.getValue(), own.field(e.getKey()).schema()));
        }
        return struct;
      }
      default: throw new IllegalStateException(tag);
    }
  }

  static JsonNode from(Object v, Schema schema) {
    if (v == null) return nodes.nullNode();
    ObjectNode out = nodes.objectNode();
    if (v instanceof Byte) return out.put("int8", (Byte) v);
    if (v instanceof Short) return out.put("int16", (Short) v);
    if (v instanceof Integer) return out.put("int32", (Integer) v);
    if (v instanceof Long) return out.put("int64", v.toString());
    if (v instanceof Float) return out.put("float32", v.toString());
    if (v instanceof Double) return out.put("float64", v.toString());
    if (v instanceof BigInteger) return out.put("bigint", v.toString());
    if (v instanceof Boolean) return out.put("boolean", (Boolean) v);
    if (v instanceof String) return out.put("string", (String) v);
    if (v instanceof byte[]) return out.put("bytes", HexFormat.of().formatHex((byte[]) v));
    if (v instanceof java.util.Date) return out.put("date_ms", String.valueOf(((java.util.Date) v).getTime()));
    if (v instanceof BigDecimal) {
      BigDecimal d = (BigDecimal) v;
      out.set("decimal", nodes.objectNode().put("unscaled", d.unscaledValue().toString()).put("scale", d.scale()));
      return out;
    }
    if (v instanceof List) {
      ArrayNode list = out.putArray("array");
      for (Object each : (List<?>) v) list.add(from(each, typed(schema, Schema.Type.ARRAY) ? schema.valueSchema() : null));
      return out;
    }
    if (v instanceof Map) {
      boolean typed = typed(schema, Schema.Type.MAP);
      ArrayNode map = out.putArray("map");
      for (Map.Entry<?, ?> e : ((Map<?, ?>) v).entrySet())
        map.addArray().add(from(e.getKey(), typed ? schema.keySchema() : null))
            .add(from(e.getValue(), typed ? schema.valueSchema() : null));
      return out;
    }
    Struct struct = (Struct) v;
    ObjectNode fields = out.putObject("struct");
    for (Field f : struct.schema().fields()) fields.set(f.name(), from(struct.getWithoutDefault(f.name()), f.schema()));
    if (!struct.schema().equals(schema)) out.set("schema", from(struct.schema()));
    return out;
  }

  static boolean typed(Schema schema, Schema.Type type) {
    return schema != null && schema.type() == type;
  }
}
