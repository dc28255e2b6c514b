// SPDX-License-Identifier: Apache-2.0
import java.util.stream.IntStream;

public class Threads {
	public static void main(String[] args) throws Exception {
		System.out.println(IntStream.range(0, 100000).parallel().mapToLong(i -> i).sum());
		Thread t = new Thread(() -> System.out.println("a thread"));
		t.start();
		t.join();
	}
}
