import java.util.*;
import javax.management.*;
import javax.management.remote.*;

/**
 * Prints the beans of one JMX domain of a JVM, each as a line of JSON: {"tags": {...}, "values": {...}}, `type` among
 * the tags, attributes that cannot be read left out. Arguments: port, domain.
 */
public class MetricBeans {
  public static void main(String[] args) throws Exception {
    JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + args[0] + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      for (ObjectName name : server.queryNames(new ObjectName(args[1] + ":*"), null)) {
        StringJoiner values = new StringJoiner(",", "{", "}");
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes())
          values.add(text(attribute.getName()) + ":" + json(server.getAttribute(name, attribute.getName())));
        StringJoiner tags = new StringJoiner(",", "{", "}");
        for (Map.Entry<String, String> tag : name.getKeyPropertyList().entrySet()) {
          String value = tag.getValue();
          tags.add(text(tag.getKey()) + ":" + text(value.startsWith("\"") ? ObjectName.unquote(value) : value));
        }
        System.out.println("{\"tags\":" + tags + ",\"values\":" + values + "}");
      }
    }
  }

  static String json(Object value) {
    if (value instanceof Double d) return Double.isNaN(d) || Double.isInfinite(d) ? "null" : d.toString();
    if (value instanceof Number) return value.toString();
    return value == null ? "null" : text(value.toString());
  }

  static String text(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
