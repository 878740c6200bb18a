import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.regex.*;
/** Writes vectors/java-regex-replacements.json: pattern, replacement, then by text what replaceFirst gives where matches() is true, null where it is not, or the exception and its message. Argument: the file to write. */
public class RegexReplacements {
  static final String[][] ROWS = { { "(.*)", "pre-$1", "topic", "" }, { "t(op)ic", "$1-${z}", "topic", "other" }, { "(?<n>to).*", "${n}\\$", "topic" }, { "a|ab", "x", "ab", "a", "b" }, { "(a)(b)?", "[$1$2]", "a", "ab" }, { "(a)", "$2", "a" }, { "(a)", "$12", "a" }, { "(a)", "$11", "a" }, { "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11-$1", "abcdefghijk" }, { "(a)", "$01", "a" }, { "(a)", "$0$0", "a" }, { "a", "$1", "a" }, { "a", "$", "a", "b" }, { "a", "x$", "a" }, { "a", "\\", "a" }, { "a", "x\\", "a" }, { "a", "\\\\", "a" }, { "a", "\\n\\$1", "a" }, { "a", "$x", "a" }, { "a", "$$", "a" }, { "a", "$&", "a" }, { "a", "${", "a" }, { "a", "${}", "a" }, { "a", "${1}", "a" }, { "(?<n>a)", "${1}", "a" }, { "(?<n>a)", "${n", "a" }, { "(?<n>a)", "${n x}", "a" }, { "(?<n>a)", "${m}", "a" }, { "(?<n1>a)(?<N2>b)", "${N2}${n1}$2", "ab" }, { "(?<n>a)|b", "<${n}>", "a", "b" }, { "dev-(.*)-(\\d+)", "prod-$1-$2-$0", "dev-orders-17", "dev-x" }, { "(.*?)", "<$1>", "abc" }, { "", "x", "" }, { ".*", "", "abc" }, { "(?i)TOPIC", "t", "topic", "Topic" }, { "a", "`$`", "a" }, { "a", "b$\u0661", "a" }, { "(\\w+)\\.(\\w+)", "$2_$1", "db.table", "db.table.x" }, { "a", "", "a" }, { "(a)", "\\${1}", "a" }, { "(a)", "ok$3", "a", "b" } };
  public static void main(String[] args) throws Exception {
    try (PrintStream out = new PrintStream(args[0], StandardCharsets.UTF_8)) { out.println("[");
      for (int i = 0; i < ROWS.length; i++) { String[] r = ROWS[i]; out.print("  [" + DateFormats.q(r[0]) + ", " + DateFormats.q(r[1]) + ", {");
        for (int k = 2; k < r.length; k++) { Matcher m = Pattern.compile(r[0]).matcher(r[k]); out.print((k > 2 ? ", " : "") + DateFormats.q(r[k]) + ": ");
          if (!m.matches()) out.print("null"); else try { out.print(DateFormats.q(m.replaceFirst(r[1]))); } catch (RuntimeException e) { out.print("[" + DateFormats.q(e.getClass().getName()) + ", " + DateFormats.q(e.getMessage()) + "]"); } }
        out.println("}]" + (i + 1 < ROWS.length ? "," : "")); }
      out.println("]"); } } }
