import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.*;
import java.lang.reflect.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.*;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.connect.storage.*;
import org.apache.kafka.connect.util.*;

/**
 * Reads sequences of records of the config topic (`{"config":[[key,value],…],"live":n}`: from index n on the listener
 * is called) and of the status topic (`{"status":[…]}`), one JSON object a line, and prints them with what Kafka
 * Connect's own stores make of them. `threw` are the indexes of records that the JVM's store cannot stand.
 * Class path: the jars of connect-runtime. Input: topic-replay-inputs.ts
 */
public class TopicReplays {
  static final ObjectMapper json = new ObjectMapper();
  static final String[] NAMES = {"a", "b-1", "\u00fc\ud83d\ude42", ""};

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode vector = (ObjectNode) json.readTree(line);
      if (vector.has("config")) config(vector); else status(vector);
      out.println(json.writeValueAsString(vector));
    }
    out.flush();
  }

  static Field field(Class<?> of, String name) throws Exception {
    Field found = of.getDeclaredField(name);
    found.setAccessible(true);
    return found;
  }

  static ConsumerRecord<String, byte[]> record(JsonNode entry, long offset) {
    String key = entry.get(0).isNull() ? null : entry.get(0).textValue();
    byte[] value = entry.get(1).isNull() ? null : entry.get(1).textValue().getBytes(StandardCharsets.UTF_8);
    return new ConsumerRecord<>("t", 0, offset, key, value);
  }

  static JsonConverter converter() {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), false);
    return converter;
  }

  static void config(ObjectNode vector) throws Exception {
    Map<String, String> props = new HashMap<>();
    props.put("bootstrap.servers", "localhost:1");
    props.put("group.id", "g");
    for (String store : List.of("config", "offset", "status")) props.put(store + ".storage.topic", store);
    props.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    props.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    DistributedConfig config = new DistributedConfig(props);
    field(WorkerConfig.class, "kafkaClusterId").set(config, "none");
    KafkaConfigBackingStore store =
        new KafkaConfigBackingStore(converter(), config, null, () -> null, "id");
    Class<?> callbackClass = Class.forName(KafkaConfigBackingStore.class.getName() + "$ConsumeCallback");
    Constructor<?> make = callbackClass.getDeclaredConstructors()[0];
    make.setAccessible(true);
    Object callback = make.newInstance(store);
    Method read = callbackClass.getMethod("onCompletion", Throwable.class, Object.class);
    read.setAccessible(true);
    ArrayNode calls = vector.putArray("calls");
    Object listener = Proxy.newProxyInstance(
        TopicReplays.class.getClassLoader(),
        new Class<?>[] {ConfigBackingStore.UpdateListener.class},
        (proxy, method, a) -> { calls.add(call(method.getName(), a)); return null; });
    store.setUpdateListener((ConfigBackingStore.UpdateListener) listener);
    int live = vector.get("live").intValue();
    ArrayNode threw = vector.putArray("threw");
    ArrayNode records = (ArrayNode) vector.get("config");
    for (int i = 0; i < records.size(); i++) {
      if (i == live) field(KafkaConfigBackingStore.class, "started").set(store, true);
      try {
        read.invoke(callback, null, record(records.get(i), i));
      } catch (InvocationTargetException e) {
        threw.add(i);
      }
    }
    ClusterConfigState state = store.snapshot();
    ObjectNode said = vector.putObject("said");
    said.put("offset", state.offset());
    said.put("key", state.sessionKey() == null ? -1 : state.sessionKey().creationTimestamp());
    said.set("connectors", sorted(state.connectors()));
    ArrayNode each = said.putArray("each");
    for (String name : NAMES) {
      ObjectNode one = each.addObject();
      one.set("config", json.valueToTree(state.rawConnectorConfig(name)));
      one.put("target", state.targetState(name) == null ? null : state.targetState(name).name());
      ArrayNode tasks = one.putArray("tasks");
      for (ConnectorTaskId id : state.tasks(name)) tasks.add(id.task());
      ArrayNode configs = one.putArray("configs");
      for (int task = 0; task < 4; task++) configs.add(json.valueToTree(state.rawTaskConfig(new ConnectorTaskId(name, task))));
      one.put("count", state.taskCount(name));
      one.set("applied", json.valueToTree(applied(state, name)));
      one.put("record", state.taskCountRecord(name));
      one.put("fencing", state.pendingFencing(name));
      one.put("generation", state.taskConfigGeneration(name));
      one.put("inconsistent", state.inconsistentConnectors().contains(name));
    }
  }

  static Object applied(ClusterConfigState state, String name) throws Exception {
    Object applied = ((Map<?, ?>) field(ClusterConfigState.class, "appliedConnectorConfigs").get(state)).get(name);
    if (applied == null) return null;
    Field raw = null;
    for (Field one : applied.getClass().getDeclaredFields()) if (one.getName().equals("rawConfig")) raw = one;
    raw.setAccessible(true);
    return raw.get(applied);
  }

  static ArrayNode sorted(Collection<String> names) {
    ArrayNode out = json.createArrayNode();
    for (String name : new TreeSet<>(names)) out.add(name);
    return out;
  }

  static String call(String name, Object[] args) {
    if (name.equals("onSessionKeyUpdate")) return name;
    StringBuilder text = new StringBuilder(name);
    for (Object arg : args) {
      if (arg instanceof Collection) {
        TreeSet<String> ids = new TreeSet<>();
        for (Object id : (Collection<?>) arg) ids.add(String.valueOf(id));
        text.append(' ').append(ids);
      } else text.append(' ').append(arg);
    }
    return text.toString();
  }

  static void status(ObjectNode vector) throws Exception {
    Constructor<?> make = null;
    for (Constructor<?> one : KafkaStatusBackingStore.class.getDeclaredConstructors())
      if (one.getParameterCount() == 5) make = one;
    make.setAccessible(true);
    KafkaStatusBackingStore store = (KafkaStatusBackingStore)
        make.newInstance(Time.SYSTEM, converter(), "t", (java.util.function.Supplier<TopicAdmin>) () -> null, null);
    Method read = KafkaStatusBackingStore.class.getDeclaredMethod("read", ConsumerRecord.class);
    read.setAccessible(true);
    ArrayNode threw = vector.putArray("threw");
    ArrayNode records = (ArrayNode) vector.get("status");
    for (int i = 0; i < records.size(); i++) {
      try {
        read.invoke(store, record(records.get(i), i));
      } catch (InvocationTargetException e) {
        threw.add(i);
      }
    }
    ArrayNode each = vector.putArray("said");
    for (String name : NAMES) {
      ObjectNode one = each.addObject();
      one.set("connector", text(store.get(name)));
      TreeMap<Integer, JsonNode> tasks = new TreeMap<>();
      for (TaskStatus status : store.getAll(name)) tasks.put(status.id().task(), text(status));
      one.set("tasks", json.valueToTree(tasks));
      TreeSet<String> topics = new TreeSet<>();
      for (TopicStatus topic : store.getAllTopics(name)) topics.add(topic.topic());
      one.set("topics", sorted(topics));
    }
  }

  static JsonNode text(AbstractStatus<?> status) {
    if (status == null) return NullNode.instance;
    return TextNode.valueOf(String.join("|", status.state().name(), status.workerId(), String.valueOf(status.generation()),
        String.valueOf(status.trace()), String.valueOf(status.version())));
  }
}
