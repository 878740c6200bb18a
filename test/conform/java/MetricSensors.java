import java.io.*;
import java.util.*;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.*;
import org.apache.kafka.common.metrics.stats.*;

/**
 * What Kafka's own metric classes measure. Reads lines from standard input: `new <samples> <window ms>` begins anew,
 * `record <time> <value>` gives the value to every statistic (to the frequencies: whether it is above 0), `measure
 * <time>` prints them all as one JSON line: avg, max, min, rate, total, value, and the frequencies of false and true.
 */
public class MetricSensors {
  static MetricName name(String name) {
    return new MetricName(name, "g", "", Map.of());
  }

  public static void main(String[] args) throws IOException {
    MetricConfig config = null;
    Avg avg = null;
    Max max = null;
    Min min = null;
    Rate rate = null;
    CumulativeSum total = null;
    Value last = null;
    Frequencies frequencies = null;
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] word = line.split(" ");
      switch (word[0]) {
        case "new" -> {
          config = new MetricConfig().samples(Integer.parseInt(word[1]));
          config.timeWindow(Long.parseLong(word[2]), java.util.concurrent.TimeUnit.MILLISECONDS);
          avg = new Avg();
          max = new Max();
          min = new Min();
          rate = new Rate();
          total = new CumulativeSum();
          last = new Value();
          frequencies = Frequencies.forBooleanValues(name("false"), name("true"));
        }
        case "record" -> {
          long time = Long.parseLong(word[1]);
          double value = Double.parseDouble(word[2]);
          for (Stat stat : List.of(avg, max, min, rate, total, last)) stat.record(config, value, time);
          frequencies.record(config, value > 0 ? 1 : 0, time);
        }
        case "measure" -> {
          long time = Long.parseLong(word[1]);
          StringJoiner values = new StringJoiner(",", "[", "]");
          for (Measurable stat : List.of(avg, max, min, rate, total, last))
            values.add(json(stat.measure(config, time)));
          for (CompoundStat.NamedMeasurable one : frequencies.stats())
            values.add(json(one.stat().measure(config, time)));
          System.out.println(values);
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  static String json(double value) {
    return Double.isNaN(value) ? "null" : Double.toString(value);
  }
}
