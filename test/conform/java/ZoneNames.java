/** Prints src/data/java-date-format/zone-names.ts. */
import java.text.*; import java.util.*;
public class ZoneNames { public static void main(String[] a) throws Exception {
  String[][] zs = DateFormatSymbols.getInstance(Locale.US).getZoneStrings(); TreeMap<Integer,TreeSet<String>> m = new TreeMap<>(); HashSet<String> seen = new HashSet<>();
  for (String[] z : zs) for (int i = 1; i <= 4; i++) { String n = z[i]; if (n.isEmpty() || !seen.add(n)) continue;
    SimpleDateFormat f = new SimpleDateFormat("yyyy-MM-dd z", Locale.US); f.setTimeZone(TimeZone.getTimeZone("UTC")); long t = f.parse("2024-07-15 "+n).getTime(); SimpleDateFormat g = new SimpleDateFormat("yyyy-MM-dd", Locale.US); g.setTimeZone(TimeZone.getTimeZone("UTC")); 
    m.computeIfAbsent((int)((g.parse("2024-07-15").getTime()-t)/60000), k -> new TreeSet<>()).add(n); }
  System.out.println("/**\n * Minutes east of UTC, and the names of zones that mean them (JDK 17, en_US, as of July 2024), with `|` between.\n * Made by test/conform/java/ZoneNames.java.\n */\nexport const ZONE_NAMES: readonly (readonly [minutes: number, names: string])[] = [");
  for (var e : m.entrySet()) System.out.println("  ["+e.getKey()+", '"+String.join("|", e.getValue()).replace("'", "\\'")+"'],");
  System.out.println("]"); } }
