// SPDX-License-Identifier: MIT
//! Rust's standard library, as a driver (bench/driver.c says what it speaks).
use std::io::{self, BufRead, Write};
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

fn run(program: &str) {
    let status = Command::new(program).status().expect("start");
    assert!(status.success(), "{program} ended with {status}");
}

fn time(program: &str, runs: usize) -> String {
    run(program);
    let mut figures = String::new();
    for _ in 0..runs {
        let start = Instant::now();
        run(program);
        figures += &format!("{} ", start.elapsed().as_nanos());
    }
    figures
}

fn rate(program: &str, runs: usize, threads: usize) -> String {
    let begin = Barrier::new(threads + 1);
    let start = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                begin.wait();
                (0..runs).for_each(|_| run(program));
            });
        }
        begin.wait();
        Instant::now()
    });
    start.elapsed().as_nanos().to_string()
}

fn main() {
    println!("version\t{}", env!("COMPILER_VERSION"));
    println!("way\tRust std\t\tshared\nready");
    for line in io::stdin().lock().lines() {
        let line = line.expect("a request");
        let words: Vec<&str> = line.split('\t').collect();
        let number = |place: usize| words[place].parse().expect("a number");
        let answer = match words[0] {
            "time" => time(words[1], number(2)),
            "rate" => rate(words[1], number(2), number(3)),
            verb => panic!("no such request: {verb}"),
        };
        println!("{answer}");
        io::stdout().flush().expect("flush");
    }
}
