import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Reads `op base64` lines (op t, f or n as vectors/json-round-trips.json explains) and prints for each what
 * JsonConverter makes of the bytes: three base64 fields, or `E` and the base64 of the exceptions.
 */
public class JsonRoundTrips {
  static final JsonConverter WITH = converter(Map.of());
  static final JsonConverter WITHOUT = converter(Map.of("schemas.enable", "false"));
  static final JsonConverter NUMERIC =
      converter(Map.of("decimal.format", "NUMERIC", "replace.null.with.default", "false"));

  static JsonConverter converter(Map<String, String> config) {
    JsonConverter converter = new JsonConverter();
    converter.configure(config, false);
    return converter;
  }

  static String base64(byte[] bytes) {
    return bytes == null ? "null" : Base64.getEncoder().encodeToString(bytes);
  }

  static String error(Throwable t) {
    StringBuilder s = new StringBuilder("ERR");
    for (int n = 0; t != null && n < 4; t = t.getCause(), n++)
      s.append(" | ").append(t.getClass().getName()).append(": ").append(t.getMessage());
    return "E" + base64(s.toString().getBytes(StandardCharsets.UTF_8));
  }

  static String write(JsonConverter converter, SchemaAndValue v) {
    try {
      return base64(converter.fromConnectData("t", v.schema(), v.value()));
    } catch (Throwable t) {
      return error(t);
    }
  }

  public static void main(String[] args) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String op = line.substring(0, 1);
      JsonConverter reader = op.equals("f") ? WITHOUT : op.equals("n") ? NUMERIC : WITH;
      try {
        SchemaAndValue v = reader.toConnectData("t", Base64.getDecoder().decode(line.substring(2)));
        String text = String.valueOf(v.value());
        System.out.println(
            write(WITH, v)
                + " "
                + write(op.equals("n") ? NUMERIC : WITHOUT, v)
                + " "
                + (text.contains("[B@") ? "bytes" : base64(text.getBytes(StandardCharsets.UTF_8))));
      } catch (Throwable t) {
        System.out.println(error(t));
      }
    }
  }
}
