// SPDX-License-Identifier: MIT

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.CountDownLatch;

/** The JDK's ProcessBuilder, as a driver (bench/driver.c says what it speaks). */
final class Jdk {
    private Jdk() {}

    private static void run(String program) throws Exception {
        int status = new ProcessBuilder(program).inheritIO().start().waitFor();
        if (status != 0) throw new IllegalStateException(program + " ended with " + status);
    }

    private static String time(String program, int runs) throws Exception {
        run(program);
        StringBuilder figures = new StringBuilder();
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            run(program);
            figures.append(System.nanoTime() - start).append(' ');
        }
        return figures.toString();
    }

    private static String rate(String program, int runs, int count) throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = new Thread(() -> {
                try {
                    begin.await();
                    for (int done = 0; done < runs; done++) run(program);
                } catch (Exception failure) {
                    failure.printStackTrace();
                    System.exit(1);
                }
            });
            threads[i].start();
        }
        long start = System.nanoTime();
        begin.countDown();
        for (Thread thread : threads) thread.join();
        return Long.toString(System.nanoTime() - start);
    }

    static void serve(String name) throws Exception {
        System.out.println("version\tJDK " + System.getProperty("java.version"));
        System.out.println("way\t" + name + "\t\tshared\nready");
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] words = line.split("\t");
            int runs = Integer.parseInt(words[2]);
            boolean timed = words[0].equals("time");
            System.out.println(
                timed ? time(words[1], runs) : rate(words[1], runs, Integer.parseInt(words[3])));
        }
    }

    public static void main(String[] arguments) throws Exception {
        serve("JDK");
    }
}
