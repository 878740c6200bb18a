import java.io.*;
import java.lang.management.ManagementFactory;
import java.nio.file.*;
import java.security.MessageDigest;
import org.apache.avro.Schema;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;

/**
 * What Avro for Java takes for the records of orders.ts: generic records to bytes or back, an array for each record
 * as Confluent's serializer makes them, without the conversion from and to Connect's data that bunnect's figure has
 * in it. Arguments: write or read, the number of records, the schema. Prints the same JSON as rates.ts.
 */
public class AvroRates {
  static final int DISTINCT = 2000;

  public static void main(String[] args) throws Exception {
    boolean writes = args[0].equals("write");
    int records = Integer.parseInt(args[1]);
    Schema schema = new Schema.Parser().parse(args[2]);
    GenericRecord[] orders = new GenericRecord[DISTINCT];
    byte[][] bytes = new byte[DISTINCT][];
    GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema);
    for (int i = 0; i < DISTINCT; i++) orders[i] = order(schema, i);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    BinaryEncoder encoder = null;
    BinaryDecoder decoder = null;
    if (!writes) for (int i = 0; i < DISTINCT; i++) bytes[i] = encoded(writer, orders[i], null);
    long started = cpu();
    for (int i = 0; i < records; i++) {
      int at = i % DISTINCT;
      if (writes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
        writer.write(orders[at], encoder);
        encoder.flush();
        bytes[at] = out.toByteArray();
      } else {
        decoder = DecoderFactory.get().binaryDecoder(bytes[at], decoder);
        orders[at] = reader.read(null, decoder);
      }
    }
    double seconds = (cpu() - started) / 1e9;
    for (int i = 0; i < DISTINCT; i++) digest.update(writes ? bytes[i] : encoded(writer, orders[i], null));
    StringBuilder hash = new StringBuilder();
    for (byte each : digest.digest()) hash.append(String.format("%02x", each));
    System.out.println("{\"rate\":" + records / seconds + ",\"cpuSeconds\":" + seconds + ",\"peakRssMb\":" + peakRss()
        + ",\"sha256\":\"" + hash + "\"}");
  }

  static GenericRecord order(Schema schema, int i) {
    GenericRecord order = new GenericData.Record(schema);
    order.put("id", i * 1_000_003L);
    order.put("customer", i - 1000);
    order.put("name", "customer number " + i);
    order.put("email", i % 3 == 0 ? null : "c" + i + "@example.org");
    order.put("price", i * 1.25);
    order.put("quantity", i % 100);
    order.put("paid", i % 2 == 0);
    order.put("created", 1_700_000_000_000L + i * 1001L);
    order.put("note", i % 5 == 0 ? "please leave it at the door of number " + i : null);
    order.put("serial", (1L << 52) * (i % 5) + i);
    return order;
  }

  static byte[] encoded(GenericDatumWriter<GenericRecord> writer, GenericRecord order, BinaryEncoder encoder) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder direct = EncoderFactory.get().directBinaryEncoder(out, encoder);
    writer.write(order, direct);
    direct.flush();
    return out.toByteArray();
  }

  /** Of the thread that does the work: the compiler's and the collector's own threads are left out. */
  static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  static double peakRss() throws IOException {
    for (String line : Files.readAllLines(Paths.get("/proc/self/status")))
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
    return 0;
  }
}
