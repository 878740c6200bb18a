import java.util.*;
import java.io.*;
import java.lang.reflect.*;
import org.apache.kafka.common.config.*;
import org.apache.kafka.common.config.ConfigDef.*;
/**
 * Writes vectors/jvm-config-definitions.json: every key of Connect's definitions and what Java answers to a row
 * of sample values. Class path: the jars of connect-runtime; argument: the file to write.
 */
public class ConfigDefinitions {
  static final String[] SAMPLES = { "abc", "-2", "-1", "0", "1", "1000000", "99999999999", "", "a,a", "a,,b", "true", "ALL", "0.3" };
  static String q(Object o){ if(o==null) return "null"; String s=o.toString(); StringBuilder b=new StringBuilder("\""); for(char c: s.toCharArray()){ if(c=='"'||c=='\\') b.append('\\').append(c); else if(c<0x20||c>0x7e) b.append(String.format("\\u%04x",(int)c)); else b.append(c);} return b.append('"').toString(); }
  static ConfigDef stat(String cls, String m) throws Exception { Method x=Class.forName(cls).getDeclaredMethod(m); x.setAccessible(true); return (ConfigDef)x.invoke(null); }
  static List<String> errors(ConfigKey k, String sample) {
    List<String> out = new ArrayList<>(); Object v=null;
    try { v=ConfigDef.parseType(k.name, sample, k.type); } catch(ConfigException e){ out.add(e.getMessage()); }
    if(k.validator!=null) try { k.validator.ensureValid(k.name, v); } catch(ConfigException e){ out.add(e.getMessage()); } catch(RuntimeException e) { out.add("!"+e); }
    return out;
  }
  static void dump(String name, ConfigDef d, PrintStream o, boolean docs){
    o.println(q(name)+": {");
    boolean first=true;
    for(ConfigKey k: d.configKeys().values()){
      if(!first) o.println(","); first=false;
      Object def = k.defaultValue;
      String defs = def==ConfigDef.NO_DEFAULT_VALUE? "null" : q(ConfigDef.convertToString(def,k.type));
      o.print(" "+q(k.name)+": {\"type\":"+q(k.type)+",\"required\":"+(def==ConfigDef.NO_DEFAULT_VALUE)+",\"default\":"+defs+",\"importance\":"+q(k.importance)+",\"group\":"+q(k.group)+",\"order\":"+k.orderInGroup+",\"width\":"+q(k.width)+",\"displayName\":"+q(k.displayName));
      if(docs) o.print(",\"doc\":"+q(k.documentation));
      o.print(",\"errors\":{");
      boolean f2=true;
      if(k.type!=ConfigDef.Type.CLASS) for(String s: SAMPLES){ List<String> es=errors(k,s); if(es.isEmpty()) continue; if(!f2) o.print(","); f2=false; o.print(q(s)+":["); for(int i=0;i<es.size();i++){ if(i>0) o.print(","); o.print(q(es.get(i))); } o.print("]"); }
      o.print("}}");
    }
    o.print("\n}");
  }
  public static void main(String[] a) throws Exception {
    PrintStream o=new PrintStream(a[0],"UTF-8"); o.println("{");
    Field f=Class.forName("org.apache.kafka.connect.runtime.standalone.StandaloneConfig").getDeclaredField("CONFIG"); f.setAccessible(true);
    dump("standalone", (ConfigDef)f.get(null), o, true); o.println(",");
    Class<?> cr=Class.forName("org.apache.kafka.connect.runtime.distributed.Crypto");
    Method m=Class.forName("org.apache.kafka.connect.runtime.distributed.DistributedConfig").getDeclaredMethod("config", cr); m.setAccessible(true); Field s=cr.getDeclaredField("SYSTEM"); s.setAccessible(true);
    dump("distributed", (ConfigDef)m.invoke(null,s.get(null)), o, true); o.println(",");
    dump("sink", stat("org.apache.kafka.connect.runtime.SinkConnectorConfig","configDef"), o, true); o.println(",");
    dump("source", stat("org.apache.kafka.connect.runtime.SourceConnectorConfig","configDef"), o, true);
    o.println("}"); o.close();
  }
}
