import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.*;

/** As TransformVectors, for the group `projector`. */
public class ProjectorVectors {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode vector = (ObjectNode) TransformVectors.json.readTree(line);
      JsonNode input = vector.get("in");
      try {
        Schema source = TransformVectors.schema(input.get("source"));
        Schema target = TransformVectors.schema(input.get("target"));
        Object value = SchemaProjector.project(source, TransformVectors.value(input.get("value"), source), target);
        vector.set("out", TransformVectors.from(value, target));
      } catch (Throwable e) {
        ObjectNode error = TransformVectors.error(e);
        if (e.getCause() != null) error.set("cause", TransformVectors.error(e.getCause()));
        vector.set("error", error);
      }
      System.out.println(TransformVectors.json.writeValueAsString(vector));
    }
  }
}
