// SPDX-License-Identifier: MIT

// Go's os/exec, as a driver (bench/driver.c says what it speaks).
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

import "C" // which makes this a dynamic program, and so one that can be given ballast

func run(program string) {
	command := exec.Command(program)
	// Without these it would open /dev/null three times.
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		log.Fatal(err)
	}
}

func timed(program string, runs int) string {
	run(program)
	var figures strings.Builder
	for i := 0; i < runs; i++ {
		start := time.Now()
		run(program)
		fmt.Fprintf(&figures, "%d ", time.Since(start).Nanoseconds())
	}
	return figures.String()
}

func rate(program string, runs int, threads int) string {
	var begin, end sync.WaitGroup
	begin.Add(1)
	end.Add(threads)
	for i := 0; i < threads; i++ {
		go func() {
			defer end.Done()
			begin.Wait()
			for done := 0; done < runs; done++ {
				run(program)
			}
		}()
	}
	start := time.Now()
	begin.Done()
	end.Wait()
	return strconv.FormatInt(time.Since(start).Nanoseconds(), 10)
}

func number(word string) int {
	value, err := strconv.Atoi(word)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	fmt.Printf("version\t%s\nway\tGo os/exec\t\tshared\nready\n", runtime.Version())
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		words := strings.Split(requests.Text(), "\t")
		switch words[0] {
		case "time":
			fmt.Println(timed(words[1], number(words[2])))
		case "rate":
			fmt.Println(rate(words[1], number(words[2]), number(words[3])))
		default:
			log.Fatal("no such request: ", words[0])
		}
	}
}
