package org.apache.kafka.connect.runtime.distributed;

import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.*;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.stream.*;
import java.util.zip.*;
import org.apache.kafka.common.utils.*;
import org.apache.kafka.connect.runtime.distributed.WorkerCoordinator.ConnectorsAndTasks;
import org.apache.kafka.connect.storage.ClusterConfigState;
import org.apache.kafka.connect.util.ConnectorTaskId;

/**
 * Leads random clusters with Kafka Connect's own IncrementalCooperativeAssignor and prints every round, a cluster a
 * line: who held what, what was configured, what the leader gave, and the CRC-32 of the bytes that it would send. Work is written as
 * `3` (the connector with that place in `names`) and `3.1` (its task 1). What members hold goes through the bytes of
 * the protocol, so that it has the order of real ones.
 * Class path: the jars of connect-runtime. Arguments: the number of clusters, the gzip file to write.
 */
public class AssignorRounds {
  static final ObjectMapper json = new ObjectMapper();
  static final int[] DELAYS = {300000, 60000, 0, 1000, 1};
  static final int[] JUMPS = {0, 0, 10, 40, 500, 1600, 30000, 60000, 300000, -5000};
  static final String[] WORDS = {"orders", "s3-sink", "jdbc.source", "A", "a", "connect-file", "\u00fc", "\ud83d\ude42", "0", "x-1"};

  /** A process of a worker: what it knows as leader outlives its membership. */
  static class Worker {
    final int process;
    final IncrementalCooperativeAssignor assignor;
    String id;
    boolean isMember = true;
    int lastGeneration = -1;
    ExtendedAssignment held;

    Worker(int process, IncrementalCooperativeAssignor assignor) {
      this.process = process;
      this.assignor = assignor;
    }
  }

  public static void main(String[] args) throws Exception {
    try (Writer out = new OutputStreamWriter(new GZIPOutputStream(new FileOutputStream(args[1])) {{ def.setLevel(9); }}, "UTF-8")) {
      for (int seed = 0; seed < Integer.parseInt(args[0]); seed++) {
        out.write(json.writeValueAsString(new AssignorRounds(seed).run()));
        out.write('\n');
      }
    }
  }

  final Random random;
  final int maxDelay;
  final boolean isLarge;
  final Time clock;
  final List<Worker> workers = new ArrayList<>();
  final List<String> names = new ArrayList<>();
  final Map<String, Integer> configured = new LinkedHashMap<>();
  long now = 1_000_000;
  int ids;
  int generation;
  Worker leader;

  AssignorRounds(int seed) {
    random = new Random(seed);
    maxDelay = DELAYS[Math.min(random.nextInt(8), 7) % DELAYS.length];
    isLarge = seed % 40 == 7;
    clock = (Time) Proxy.newProxyInstance(Time.class.getClassLoader(), new Class<?>[] {Time.class},
        (proxy, method, a) -> now);
  }

  ObjectNode run() {
    ObjectNode cluster = json.createObjectNode();
    cluster.put("maxDelay", maxDelay);
    ArrayNode written = cluster.putArray("names");
    ArrayNode rounds = cluster.putArray("rounds");
    int connectors = isLarge ? 40 : random.nextInt(6);
    for (int i = 0; i < connectors; i++) addConnector();
    int members = isLarge ? 14 : 1 + random.nextInt(4);
    for (int i = 0; i < members; i++) join();
    int count = isLarge ? 8 : 6 + random.nextInt(14);
    for (int i = 0; i < count; i++) {
      int events = i == 0 ? 0 : random.nextInt(3);
      for (int e = 0; e < events; e++) happen();
      if (members().isEmpty()) join();
      if (leader == null || !leader.isMember) leader = any(members());
      round(rounds.addObject());
      now += 100;
    }
    names.forEach(written::add);
    return cluster;
  }

  List<Worker> members() {
    return workers.stream().filter(worker -> worker.isMember).collect(Collectors.toCollection(ArrayList::new));
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  void join() {
    Worker worker = new Worker(workers.size(), new IncrementalCooperativeAssignor(new LogContext(), clock, maxDelay));
    workers.add(worker);
    worker.id = newId();
  }

  String newId() {
    int n = ids++;
    return n % 3 == 0 ? "w" + n : "connect-10.0.0." + n + ":8083-" + new UUID(random.nextLong(), random.nextLong());
  }

  void addConnector() {
    String name = any(List.of(WORDS)) + (random.nextInt(3) == 0 ? "" : "-" + random.nextInt(20));
    if (!names.contains(name)) names.add(name);
    configured.put(name, random.nextInt(7));
  }

  void happen() {
    List<Worker> members = members();
    List<Worker> gone = workers.stream().filter(worker -> !worker.isMember).toList();
    switch (random.nextInt(14)) {
      case 0, 1 -> { if (members.size() < (isLarge ? 30 : 8)) join(); }
      case 2, 3 -> { if (members.size() > 1) any(members).isMember = false; }
      case 4 -> { if (!gone.isEmpty()) back(any(gone), true); }
      case 5 -> { if (!gone.isEmpty()) back(any(gone), false); }
      case 6 -> addConnector();
      case 7 -> { if (!configured.isEmpty()) configured.remove(any(new ArrayList<>(configured.keySet()))); }
      case 8 -> { if (!configured.isEmpty()) configured.put(any(new ArrayList<>(configured.keySet())), random.nextInt(9)); }
      case 9 -> duplicate(any(members), any(members));
      case 10 -> leader = any(members);
      case 11, 12 -> now += JUMPS[random.nextInt(JUMPS.length)];
      default -> { if (leader != null && leader.assignor.scheduledRebalance > 0) now = leader.assignor.scheduledRebalance + random.nextInt(2); }
    }
  }

  /** With what it held, or started anew. */
  void back(Worker worker, boolean isSame) {
    if (!isSame) {
      join();
      return;
    }
    worker.isMember = true;
    if (random.nextBoolean()) worker.id = newId();
  }

  void duplicate(Worker from, Worker to) {
    if (from == to || from.held == null || to.held == null) return;
    List<String> connectors = new ArrayList<>(to.held.connectors());
    List<ConnectorTaskId> tasks = new ArrayList<>(to.held.tasks());
    for (String connector : from.held.connectors()) if (random.nextInt(2) == 0) connectors.add(connector);
    for (ConnectorTaskId task : from.held.tasks()) if (random.nextInt(2) == 0) tasks.add(task);
    to.held = holding(new LinkedHashSet<>(connectors), new LinkedHashSet<>(tasks));
  }

  static ExtendedAssignment holding(Collection<String> connectors, Collection<ConnectorTaskId> tasks) {
    return new ExtendedAssignment((short) 2, (short) 0, "l", "u", 1, connectors, tasks, List.of(), List.of(), 0);
  }

  ClusterConfigState config() {
    Map<String, Map<String, String>> configs = new HashMap<>();
    for (String name : configured.keySet()) configs.put(name, Map.of());
    return new ClusterConfigState(1, null, new HashMap<>(configured), configs, Map.of(), Map.of(), Map.of(), Map.of(),
        Map.of(), Set.of(), Set.of());
  }

  void round(ObjectNode out) {
    generation += random.nextInt(20) == 0 ? 2 : 1;
    List<Worker> members = members();
    Collections.shuffle(members, random);
    out.put("now", now).put("generation", generation).put("last", leader.lastGeneration).put("leader", leader.process).put("leaderId", leader.id);
    ArrayNode config = out.putArray("configured");
    configured.forEach((name, tasks) -> config.add(names.indexOf(name)).add(tasks));
    Map<String, ConnectorsAndTasks> held = new HashMap<>();
    ArrayNode said = out.putArray("members");
    for (Worker worker : members) {
      ExtendedAssignment told = worker.held == null ? ExtendedAssignment.empty() : sent(worker.held);
      held.put(worker.id, new ConnectorsAndTasks.Builder().with(told.connectors(), told.tasks()).build());
      said.addArray().add(worker.id).add(text(told.connectors(), told.tasks()));
    }
    IncrementalCooperativeAssignor.ClusterAssignment given =
        leader.assignor.performTaskAssignment(config(), leader.lastGeneration, generation, held);
    CRC32 crc = new CRC32();
    int failure = random.nextInt(25);
    ArrayNode gives = out.putArray("gives");
    for (Worker worker : members) {
      String id = worker.id;
      ExtendedAssignment assignment = new ExtendedAssignment((short) 2, (short) 0, leader.id, "http://" + leader.id + "/", 1,
          given.newlyAssignedConnectors(id), given.newlyAssignedTasks(id),
          given.newlyRevokedConnectors(id), given.newlyRevokedTasks(id), leader.assignor.delay);
      gives.addArray()
          .add(text(assignment.connectors(), assignment.tasks()))
          .add(text(assignment.revokedConnectors(), assignment.revokedTasks()))
          .add(text(given.allAssignedConnectors().get(id), given.allAssignedTasks().get(id)));
      ByteBuffer bytes = IncrementalCooperativeConnectProtocol.serializeAssignment(assignment, true);
      crc.update(bytes.duplicate());
      boolean isLost = failure == 0 || (failure == 1 && worker == leader) || (failure == 2 && random.nextBoolean());
      if (!isLost) take(worker, IncrementalCooperativeConnectProtocol.deserializeAssignment(bytes));
    }
    out.put("crc", crc.getValue()).put("delay", leader.assignor.delay).put("scheduled", leader.assignor.scheduledRebalance);
    ArrayNode candidates = out.putArray("candidates");
    leader.assignor.candidateWorkersForReassignment.forEach(candidates::add);
  }

  static ExtendedAssignment sent(ExtendedAssignment held) {
    ByteBuffer bytes = IncrementalCooperativeConnectProtocol.serializeMetadata(new ExtendedWorkerState("u", 1, held), true);
    return IncrementalCooperativeConnectProtocol.deserializeMetadata(bytes).assignment();
  }

  /** As WorkerCoordinator.onJoinComplete merges. */
  void take(Worker worker, ExtendedAssignment given) {
    List<String> connectors = new ArrayList<>(given.connectors());
    List<ConnectorTaskId> tasks = new ArrayList<>(given.tasks());
    if (worker.held != null) {
      worker.held.connectors().stream().filter(c -> !given.revokedConnectors().contains(c)).forEach(connectors::add);
      worker.held.tasks().stream().filter(t -> !given.revokedTasks().contains(t)).forEach(tasks::add);
    }
    worker.held = holding(new LinkedHashSet<>(connectors), new LinkedHashSet<>(tasks));
    worker.lastGeneration = generation;
  }

  String text(Collection<String> connectors, Collection<ConnectorTaskId> tasks) {
    return Stream.concat(
            connectors.stream().map(name -> "" + names.indexOf(name)),
            tasks.stream().map(id -> names.indexOf(id.connector()) + "." + id.task()))
        .collect(Collectors.joining(" "));
  }
}
