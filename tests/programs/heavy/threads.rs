// SPDX-License-Identifier: Apache-2.0
use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

fn main() {
    let (send, receive) = mpsc::channel();
    let threads: Vec<_> = (0..8)
        .map(|i| {
            let send = send.clone();
            thread::spawn(move || {
                let mut map = HashMap::new();
                for k in 0..2000u64 {
                    map.insert(k, k * i);
                }
                send.send(map.values().sum::<u64>()).unwrap();
            })
        })
        .collect();
    drop(send);
    for t in threads {
        t.join().unwrap();
    }
    println!("sum {}", receive.iter().sum::<u64>());
}
