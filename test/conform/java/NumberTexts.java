import java.util.*;

/**
 * Prints `kind bits text` for doubles (d) and floats (f): powers of two and ten with their neighbours, then
 * random ones. vectors/jdk17-numbers.json holds a choice. Arguments: seed, number of rounds. Run on JDK 17.
 */
public class NumberTexts {
  static void print(double d) {
    System.out.println("d " + Long.toHexString(Double.doubleToRawLongBits(d)) + " " + d);
  }

  static void print(float f) {
    System.out.println("f " + Integer.toHexString(Float.floatToRawIntBits(f)) + " " + f);
  }

  public static void main(String[] args) {
    Random r = new Random(Long.parseLong(args[0]));
    int rounds = Integer.parseInt(args[1]);
    for (int i = -1074; i < 1024; i++) {
      double p = Math.scalb(1.0, i);
      for (double d : new double[] {p, Math.nextUp(p), Math.nextDown(p), p * 3, p * 5, p * 10}) print(d);
    }
    for (int i = -320; i < 309; i++)
      for (int k = 1; k < 10; k++) {
        double p = Double.parseDouble(k + "e" + i);
        for (double d : new double[] {p, Math.nextUp(p), Math.nextDown(p), p * 1.25}) print(d);
      }
    for (int i = -149; i < 128; i++) {
      float p = Math.scalb(1.0f, i);
      for (float f : new float[] {p, Math.nextUp(p), Math.nextDown(p), p * 3, p * 5, p * 10}) print(f);
    }
    for (int i = 0; i < rounds; i++) {
      print(Double.longBitsToDouble(r.nextLong()));
      print(r.nextDouble() * Math.pow(10, r.nextInt(24) - 6));
      print(Math.round(r.nextDouble() * 1e6) / Math.pow(10, r.nextInt(6)));
      print((double) r.nextLong());
      print((double) (r.nextLong() >> r.nextInt(60)) / 8);
      print(Double.longBitsToDouble(r.nextLong() & -(1L << r.nextInt(52))));
      print(Double.longBitsToDouble(r.nextLong() >>> r.nextInt(63)));
      print(Float.intBitsToFloat(r.nextInt()));
      print((float) (r.nextDouble() * Math.pow(10, r.nextInt(12) - 4)));
      print(Math.round(r.nextDouble() * 1e5) / (float) Math.pow(10, r.nextInt(5)));
      print(Float.intBitsToFloat(r.nextInt() & -(1 << r.nextInt(23))));
    }
  }
}
