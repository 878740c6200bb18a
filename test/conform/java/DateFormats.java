import java.io.*;
import java.nio.charset.StandardCharsets;
import java.text.*;
import java.util.*;
/**
 * Writes vectors/java-date-formats.json: what SimpleDateFormat of JDK 17 does in UTC and en_US. `format`: pattern,
 * then by time (ms) its text; `parse`: pattern, then by text the time, or where the error lies and its message;
 * `refused`: pattern and message. Argument: the file to write. Run with -Duser.timezone=UTC -Duser.language=en
 * -Duser.country=US.
 */
public class DateFormats {
  static final long[] TIMES = { 0L, -1L, 1L, 999L, 86399999L, 86400000L, 1566570894346L, 1577836799999L, 1577836800000L,
    1582934400000L, 1609372800000L, 1609459200000L, 1640908800000L, 1672444800000L, 1735689600000L, 1703980800000L, 951782400000L, 4102444800000L, 253402300799999L, 253402300800000L,
    -12219292800000L, -12219292800001L, -12219379200000L, -12212000000000L, -12244000000000L, -12246000000000L, -62135596800000L, -62135596800001L, -62167219200000L, -62198755200000L, -14182940000000L, 8640000000000000L, -8640000000000000L, -2208988800000L, 43200000L, 45296789L };
  static final String[] PATTERNS = { "yyyyMMdd", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "yyyy-MM-dd HH:mm:ss", "yy", "y", "yyy", "yyyyy", "Y", "YY", "YYYY-'W'ww-u", "M", "MM", "MMM", "MMMM", "MMMMM", "L", "LL", "LLL", "LLLL", "d", "ddd", "D", "DDD", "F", "w", "ww", "W", "u", "uuu", "E", "EEE", "EEEE", "EEEEE", "a", "aaaa", "G", "GGGG", "G yyyy", "H", "HH", "k", "kk", "K", "KK", "h", "hh", "m", "mm", "s", "ss", "S", "SS", "SSS", "SSSSSS", "z", "zzzz", "Z", "ZZZZZ", "X", "XX", "XXX", "''", "'it''s' yyyy", "h 'o''clock' a", "'quoted'", "yyyy年MM月", "EEE, d MMM yyyy HH:mm:ss Z", "YYYY ww W F D u", " yyyy ", "yyyy/MM/dd/HH", "K:mm a, z", "yyyyy.MMMMM.dd GGG hh:mm aaa", "MMM d, ''yy", "d.M.y" };
  static final String[] REFUSED = { "q", "qqqq", "yyyy-q", "'open", "yyyy'", "XXXX", "A", "b", "yyyy-MM-ddTHH", "I", "n", "e", "c", "V", "x", "O", "U", "P", "R", "T" };
  static final String[][] TEXTS = {
    { "yyyy-MM-dd", "2019-08-23", "2019-08-23 trailing", "23/08/2019", "2019-8-3", "2019-02-30", "2019-13-01", "2019-00-00", "2019-00-10", "-5-01-01", "0-01-01", "19-08-23", "2019--1-05", " 2019-08-23", "2019 -08-23", "2019- 08- 23", "2019-\t08-23", "", "2019-08", "2019-08-", "20190823", "x2019-08-23", "99999-01-01", "1582-10-04", "1582-10-05", "1582-10-10", "1582-10-14", "1582-10-15", "1500-02-29", "1000-01-01", "2019-08-999", "2019-08-2E1", "2019-08-1.5", "+2019-08-23", "\u0662\u0660\u0661\u0669-08-23", "2019-08-99999999999", "NaN-01-01" },
    { "yyyyMMdd", "20190823", "201908231", "2019082", "2019 823", "201908", "00000000", "-0190823", "2019-823", "99999999" },
    { "yyyyMMddHHmmss", "20190823143454", "2019082314345", "20190823143454999" },
    { "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "2019-08-23T14:34:54.346Z", "2019-08-23T14:34:54.3Z", "2019-08-23T14:34:54.346789Z", "2019-08-23T14:34:54Z", "2019-08-23T14:34:54.346z", "2019-08-23t14:34:54.346Z", "2019-08-23T25:61:61.9999Z", "2019-08-23T-1:00:00.000Z" },
    { "yyyy-MM-dd'T'HH:mm:ssXXX", "2019-08-23T14:34:54Z", "2019-08-23T14:34:54+02:00", "2019-08-23T14:34:54-07:30", "2019-08-23T14:34:54+0200", "2019-08-23T14:34:54+02", "2019-08-23T14:34:54+2:00", "2019-08-23T14:34:54+24:00", "2019-08-23T14:34:54+02:60", "2019-08-23T14:34:54 +02:00", "2019-08-23T14:34:54z", "2019-08-23T14:34:54", "2019-08-23T14:34:54+" },
    { "HH:mm X", "10:00 Z", "10:00 +02", "10:00 +0230", "10:00 -11", "10:00 +2" }, { "HH:mm XX", "10:00 Z", "10:00 +0230", "10:00 +02:30", "10:00 +02" },
    { "HH:mm Z", "10:00 +0200", "10:00 -0930", "10:00 GMT", "10:00 gmt", "10:00 GMT+2", "10:00 GMT+02:00", "10:00 GMT-12:34", "10:00 GMT+0200", "10:00 GMT+", "10:00 UTC", "10:00 utc", "10:00 +02:00", "10:00 +200", "10:00 Z", "10:00 +2400", "10:00 PST", "10:00 PDT", "10:00 EST", "10:00 EDT", "10:00 CET", "10:00 CEST", "10:00 XYZ", "10:00" },
    { "HH:mm z", "10:00 UTC", "10:00 GMT", "10:00 +0200", "10:00 PST", "10:00 PDT", "10:00 MST", "10:00 JST", "10:00 IST", "10:00 Coordinated Universal Time", "10:00 Greenwich Mean Time", "10:00 Pacific Standard Time", "10:00 Europe/Berlin", "10:00 UT", "10:00 Z" },
    { "yyyy-MM-dd HH:mm z", "2019-08-23 10:00 PST", "2019-08-23 10:00 PDT", "2019-01-23 10:00 PST", "2019-01-23 10:00 PDT", "2019-08-23 10:00 CEST", "2019-08-23 10:00 Central European Summer Time" },
    { "yy-MM-dd", "19-08-23", "99-08-23", "00-01-01", "2019-08-23", "5-01-01", "05-01-01", "-5-01-01", "005-01-01", "70-01-01" }, { "y-M-d", "19-08-23", "2019-08-23", "1-1-1" }, { "yyy", "19", "019" },
    { "MMM d, yyyy", "Aug 23, 2019", "August 23, 2019", "AUG 23, 2019", "aug 23, 2019", "Augu 23, 2019", "8 23, 2019", " Aug 23, 2019", "May 1, 2020", "Sept 1, 2020", "Sep 1, 2020", "September 1, 2020" },
    { "d MMMM yyyy", "23 August 2019", "23 Aug 2019", "23 aug 2019", "23 x 2019" }, { "d LLL yyyy", "23 August 2019", "23 Aug 2019" }, { "d LL yyyy", "23 8 2019", "23 Aug 2019" }, { "yyyyMMM", "2019Aug", "201Aug", "02019Aug" },
    { "EEE, dd MMM yyyy HH:mm:ss Z", "Fri, 23 Aug 2019 14:34:54 +0000", "Friday, 23 Aug 2019 14:34:54 +0000", "Mon, 23 Aug 2019 14:34:54 +0200", "fri, 23 aug 2019 14:34:54 GMT", "Xyz, 23 Aug 2019 14:34:54 +0000" },
    { "EEE MMM dd HH:mm:ss zzz yyyy", "Fri Aug 23 14:34:54 UTC 2019", "Fri Aug 23 14:34:54 EST 2019" },
    { "hh:mm a", "02:34 PM", "02:34 pm", "12:00 AM", "12:00 PM", "13:00 PM", "00:00 AM", "02:34 XM", "02:34 P", "02:34 noon" }, { "h a", "3 PM", "0 AM", "12 AM" }, { "KK:mm a", "02:34 PM", "11:00 AM", "12:00 PM" }, { "kk:mm", "24:00", "23:59", "0:00", "25:00" }, { "a HH", "PM 3", "PM 15" }, { "HH a", "15 AM", "3 PM" }, { "a", "PM", "AM" }, { "hh", "05", "12", "13" },
    { "G yyyy", "AD 2019", "BC 44", "bc 1", "Anno Domini 5", "Before Christ 44", "XX 5" }, { "yyyy G", "44 BC", "0 BC", "1 BC", "0 AD" },
    { "D yyyy", "235 2019", "366 2020", "0 2019", "400 2019" }, { "yyyy-DDD", "2019-235", "1582-300", "1500-366" }, { "DDD", "100" },
    { "YYYY-'W'ww-u", "2019-W34-5", "2020-W01-1", "2020-W53-7", "2019-W00-0", "2019-W60-9", "2019-W10--3" }, { "YYYY-ww", "2019-34", "2020-01" }, { "YYYY", "2019" }, { "YYYY-MM-dd", "2019-08-23", "2020-12-31" }, { "yyyy-ww-EEE", "2019-34-Fri", "2019-01-Sun" }, { "yyyy ww", "2019 34" }, { "ww yyyy MM", "34 2019 03" },
    { "yyyy-MM W E", "2019-08 4 Fri", "2019-08 1 Sun", "2019-08 0 Mon", "2019-08 9 Sat" }, { "yyyy-MM W", "2019-08 4" }, { "yyyy-MM F E", "2019-08 3 Fri", "2019-08 -1 Fri", "2019-08 0 Mon", "2019-08 5 Sun" }, { "yyyy-MM F", "2019-08 2" }, { "yyyy-MM E", "2019-08 Fri" }, { "yyyy E", "2019 Fri" }, { "E", "Fri" }, { "u", "5", "7", "1", "8", "0" }, { "yyyy-MM-dd u", "2019-08-23 1" }, { "yyyy-MM-dd D", "2019-08-23 1" }, { "D yyyy-MM-dd", "1 2019-08-23" }, { "w W F", "3 2 1" }, { "yyyy MM DDD", "2019 03 200" }, { "YYYY D", "2019 200" }, { "YYYY yyyy", "2019 2018" }, { "yyyy YYYY", "2018 2019" }, { "YYYY MM", "2019 05" }, { "YYYY-ww HH:mm", "2019-34 05:06" },
    { "MM", "05", "5", "Aug", "13" }, { "dd", "31" }, { "yyyy", "2019", "1", "12345" }, { "HH", "5" }, { "SSS", "5", "12345" }, { "ss.S", "1.5", "1.500" }, { "ss.SSSSSS", "1.123456" }, { "mm", "90" },
    { "yyyy'T'MM", "2019T05", "2019t05" }, { "''yyyy", "'2019" }, { "'at' HH", "at 5", "AT 5" }, { "yyyy  MM", "2019  05", "2019 05", "2019   05" }, { "HHmm", "1430", "430", "143", "14305" }, { "HHmmss.SSS", "143454.346" }, { "ddMMyy", "230819", "23 819" }, { "yyMMdd", "190823", "19823", "990823" }, { "Hmm", "930", "1430" }, { "yyyyz", "2019UTC", "02019UTC" }, { "yyyyE", "2019Fri" }, { "yyyyX", "2019Z", "12019Z" } };
  static String q(String s) { StringBuilder b = new StringBuilder("\""); for (char c : s.toCharArray()) { if (c == '"' || c == '\\') b.append('\\').append(c); else if (c < 0x20 || c > 0x7e) b.append(String.format("\\u%04x", (int) c)); else b.append(c); } return b.append('"').toString(); }
  static SimpleDateFormat of(String pattern) { SimpleDateFormat f = new SimpleDateFormat(pattern); f.setTimeZone(TimeZone.getTimeZone("UTC")); return f; }
  public static void main(String[] args) throws Exception {
    try (PrintStream out = new PrintStream(args[0], StandardCharsets.UTF_8)) {
      out.print("{\"about\":\"What SimpleDateFormat of JDK 17 does in UTC and en_US. format: [pattern, {ms: text}]; parse: [pattern, {text: ms, or [error offset, message]}]; refused: [pattern, message]. Made by test/conform/java/DateFormats.java; two-digit years depend on the day it ran: `made` (ms).\",\"made\":" + System.currentTimeMillis() + ",\n\"format\":[");
      String comma = "\n";
      for (String p : PATTERNS) { out.print(comma + "[" + q(p) + ",{"); comma = ",\n"; String c = ""; for (long t : TIMES) { out.print(c + "\"" + t + "\":" + q(of(p).format(new Date(t)))); c = ","; } out.print("}]"); }
      out.print("],\n\"parse\":["); comma = "\n";
      for (String[] row : TEXTS) { out.print(comma + "[" + q(row[0]) + ",{"); comma = ",\n"; String c = "";
        for (int i = 1; i < row.length; i++) { out.print(c + q(row[i]) + ":"); c = ",";
          try { out.print(of(row[0]).parse(row[i]).getTime()); } catch (ParseException e) { out.print("[" + e.getErrorOffset() + "," + q(e.getMessage()) + "]"); } }
        out.print("}]"); }
      out.print("],\n\"refused\":["); comma = "\n";
      for (String p : REFUSED) { out.print(comma + "[" + q(p) + ","); comma = ",\n"; try { of(p); out.print("null]"); } catch (IllegalArgumentException e) { out.print(q(e.getMessage()) + "]"); } }
      out.println("]}");
    }
  }
}
