// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

func main() {
	var wait sync.WaitGroup
	var lock sync.Mutex
	sum := 0
	for i := 0; i < 200; i++ {
		wait.Add(1)
		go func(n int) {
			defer wait.Done()
			time.Sleep(time.Millisecond)
			lock.Lock()
			sum += n
			lock.Unlock()
		}(i)
	}
	wait.Wait()
	runtime.GC()
	out, err := exec.Command("echo", "from a child").Output()
	fmt.Print("sum ", sum, "\n", string(out))
	if err != nil || os.WriteFile("/tmp/lp.go", []byte("x"), 0600) != nil {
		os.Exit(1)
	}
	os.Remove("/tmp/lp.go")
}
