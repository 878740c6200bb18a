import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** Prints vectors/java-properties.json: what java.util.Properties.load makes of a row of texts: [text, [[key, value] …] or error]. */
public class JavaProperties {
  static final String[] TEXTS = {
    "", "a=b", "a:b", "a b", "a", "a=", "=b", ":b", "a = b", "a : b", "a  b", "a\t=\tb", "a\fb", " a = b ", "a==b", "a=:b", "a :=b", "a= =b", "a  := b",
    "#c\na=b", "!c\na=b", "  # c\na=b", "a=b # no comment", "a=b!c", "a#b=c", "#c\\\na=b", "#\n!\n", "\n\n a=b\n\n",
    "a=b\nc=d", "a=b\r\nc=d", "a=b\rc=d", "a=b\n\rc=d", "a=b\r\r\nc=d",
    "a=b\\\n  c", "a=b\\\r\n  c", "a=b\\\r  c", "a=b\\\\\nc=d", "a=b\\\\\\\n c", "a=\\\n\\\n b", "a=b\\\n#c", "a=b\\\n!c\nd=e", "a=b\\\n\nc=d", "a=b\\\n \t \nc=d", "a=b\\", "a=b\\\\", "\\\n#c\na=b", "\\\n\na=b", "\\\n  a=b", "\\\n\\\n#x\na=b", "\\", "a\\\n =b", "a\\\n b", "a \\\n = b",
    "a=\\t\\n\\r\\f\\q\\ \\=\\:\\#\\!\\\"\\'", "a\\=b=c", "a\\:b:c", "a\\ b c", "a\\tb=c", "a\\\\=b", "a\\\\\\=b", "\\#a=b", "\\!a=b", "\\ a=b", "a=\\  b",
    "a=\\u0041", "a=\\u00e4\\u20ac", "\\u0061=b", "a\\u003db=c", "a=\\u004", "a=\\u00zz", "a=\\u", "a=\\uu0041", "a=\\U0041", "a=\\u0041BC", "a=\\\\u0041", "a=\\u005cn",
    "a=\u00e4\u00ff", "\u00e4=b", "a=x\u00a0y", "a=b\u0085c=d", "a=b\u000bc", "\u000ba=b", "a=b\u0000c",
    "a=1\na=2", "a=1\n a =2\n", "bootstrap.servers=localhost:9092,other:9093", "topics.regex=a\\\\.b.*", "path=C:\\temp\\new", "key value with blanks", "list=a,\\\n     b,\\\n     c\nnext=1", "x=y\u001a", "\ufeffa=b".replace("\ufeff", "\u00ef\u00bb\u00bf"),
  };
  static String q(String s) { StringBuilder b = new StringBuilder("\""); for (char c : s.toCharArray()) { if (c == '"' || c == '\\') b.append('\\').append(c); else if (c < 0x20 || c > 0x7e) b.append(String.format("\\u%04x", (int) c)); else b.append(c); } return b.append('"').toString(); }
  public static void main(String[] args) throws Exception {
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < TEXTS.length; i++) {
      Properties p = new Properties(); String result;
      try {
        p.load(new ByteArrayInputStream(TEXTS[i].getBytes(StandardCharsets.ISO_8859_1)));
        StringBuilder r = new StringBuilder("[");
        for (String k : new TreeSet<>(p.stringPropertyNames())) { if (r.length() > 1) r.append(", "); r.append("[" + q(k) + ", " + q(p.getProperty(k)) + "]"); }
        result = r.append("]").toString();
      } catch (IllegalArgumentException e) { result = q(e.getMessage()); }
      out.append("  [" + q(TEXTS[i]) + ", " + result + "]" + (i + 1 < TEXTS.length ? "," : "") + "\n");
    }
    System.out.print(out.append("]\n"));
  }
}
