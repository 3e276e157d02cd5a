import Glibc
import TemperRunSupport
import Testing

/// One process at a time owns a run.
@Suite(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace")) struct LockTests {
  /// A process that has opened the lock before its owner ends, and locks it afterwards, must not hold a file that nobody else meets.
  @Test func aLockThatWasRemovedIsNoLock() throws {
    let shop = Workshop()
    let result = Program.shell(
      """
      endless="--set train.epochs=900000 --set early_stopping.patience=1000000 --quiet"
      await() { for i in {1..2000}; do "$@" 2> /dev/null && return; sleep 0.01; done; }
      $TEMPER train c.json --name r $endless 2> /dev/null & first=$!
      await test -s runs/r/metrics.jsonl
      # It opens the lock, and comes to locking it when the first has ended and removed it.
      strace -f -o /dev/null -e trace=flock -e inject=flock:delay_enter=700000:when=1 \
        $TEMPER train --resume runs/r $endless 2> second.txt & tracer=$!
      sleep 0.4
      kill -TERM $first; wait $first; echo first $?
      await test -e runs/r/.lock
      sleep 1.2
      $TEMPER train --resume runs/r $endless 2> third.txt; echo third $?
      pkill -TERM -P $tracer; wait $tracer; echo second $?
      test -e runs/r/.lock && echo a lock is left
      $TEMPER train --resume runs/r --set train.epochs=1 --quiet > /dev/null; echo last $?
      """, in: shop.folder.path)
    #expect(
      result.out.split(separator: "\n") == ["first 75", "third 73", "second 75", "last 0"],
      "\(result.out) \(result.err) \(TestFiles.text(shop.folder("second.txt"))) \(TestFiles.text(shop.folder("third.txt")))")
  }
}
