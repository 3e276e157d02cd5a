import Glibc
import TemperRunSupport
import Testing

/// Faults of the machine and of its users, while a run is trained and between its parts: the message is clear, the exit code is that of the
/// table, and once the fault is mended the run ends with the bytes of one that had none.
@Suite struct FaultTests {
  private let shop = Workshop()
  private static let hasNamespaces = Program.shell("unshare -rm true 2> /dev/null", in: "/").status == 0

  /// Bash with what the tests share: `train`, a run of some seconds with a checkpoint each epoch; `await`, which repeats a command until it
  /// succeeds; and `same`, which compares a run with one that nothing disturbed.
  private func shell(_ line: String, namespace: Bool = false) -> Program.Result {
    let script = """
      settings=(train c.json -q --set train.epochs=40 --set early_stopping=null --set 'checkpoint={"every_epochs": 1}')
      train() { $TEMPER "${settings[@]}" "$@" > /dev/null; }
      # In the background, where a function would be a process of its own.
      start() { $TEMPER "${settings[@]}" --name r --set train.epochs=900000 "$@" > /dev/null 2> err & p=$!; await test -e runs/r/checkpoints; }
      resume() { $TEMPER train --resume "$1" -q > /dev/null; }
      await() { for i in {1..2000}; do "$@" 2> /dev/null && return; sleep 0.005; done; }
      same() { cmp whole/r/best/model.safetensors "$1/best/model.safetensors" && cmp whole/r/metrics.jsonl "$1/metrics.jsonl" && echo same; }
      # A run that was interrupted when it had a checkpoint.
      part() { start; kill -TERM $p; wait $p; echo part $?; }
      \(line)
      """
    shop.folder.write(script, to: "script.sh")
    return Program.shell(namespace ? "TEMPER=$TEMPER unshare -rm bash script.sh" : ". ./script.sh", in: shop.folder.path)
  }

  @Test(.enabled(if: hasNamespaces, "needs user namespaces, to mount a small disk")) func aFullDisk() {
    let result = shell(
      """
      train --name r --output-dir whole --set 'model.hidden=[2000]'
      mkdir runs; mount -t tmpfs -o size=8m disk runs
      start --set 'model.hidden=[2000]'; dd if=/dev/zero of=runs/filler bs=64k 2> /dev/null; wait $p; echo full $?; cat err
      rm runs/filler; $TEMPER train --resume runs/r --set train.epochs=40 -q > /dev/null; echo resumed $?; same runs/r
      """, namespace: true)
    #expect(result.out.hasPrefix("full 73\n") && result.out.hasSuffix("\nresumed 0\nsame\n"), "\(result.out) \(result.err)")
    #expect(result.out.contains("No space left on device") && result.out.contains("/runs/r/"), "\(result.out)")
  }

  @Test(.enabled(if: hasNamespaces, "needs user namespaces, to mount a disk without writing")) func aFolderThatIsOnlyRead() {
    let result = shell(
      """
      train --name r; mount --bind runs runs; mount -o remount,bind,ro runs
      $TEMPER predict runs/r --input t.csv > p.csv; echo predict $?; $TEMPER evaluate runs/r > /dev/null; echo evaluate $?
      train --name new 2> err; echo new $?; cat err; resume runs/r 2> err; echo resume $?; cat err
      """, namespace: true)
    #expect(result.out.hasPrefix("predict 0\nevaluate 0\nnew 73\nerror: "), "\(result.out) \(result.err)")
    #expect(result.out.contains("Read-only file system") && result.out.contains("resume 73\nerror: "), "\(result.out)")
  }

  /// Whichever file of the checkpoint it is.
  @Test func aDamagedCheckpointIsNoStart() throws {
    let begun = shell("train --name r --output-dir whole; part; cp -r runs/r r-before; find runs/r/checkpoints -type f | sort")
    let files = begun.out.split(separator: "\n").dropFirst().map(String.init)
    try #require(begun.out.hasPrefix("part 75\n") && files.count > 1, "\(begun.out) \(begun.err)")
    for file in files {
      let bytes = try #require(TestFiles.bytes(shop.folder(file)))
      for isFlipped in [true, false] {
        var damaged = bytes
        if isFlipped { damaged[bytes.count / 2] ^= 4 } else { damaged.removeLast(bytes.count / 3 + 1) }
        TestFiles.write(damaged, to: shop.folder(file))
        let resumed = shop.temper("train", "--resume", "runs/r", "--set", "train.epochs=40", "-q")
        #expect(
          resumed.status == 65 && resumed.err.contains("runs/r/checkpoints") && resumed.err.contains("[E0244]"), "\(file): \(resumed.err)")
        TestFiles.write(bytes, to: shop.folder(file))
      }
    }
    let mended = shell("$TEMPER train --resume runs/r --set train.epochs=40 -q > /dev/null; echo $?; same runs/r")
    #expect(mended.out == "0\nsame\n", "\(mended.out) \(mended.err)")
  }

  /// Its files would tell of a shorter run than it was.
  @Test func aRunIsNotMadeShorter() {
    let result = shell(
      """
      train --name r; cp runs/r/resolved.json before
      $TEMPER train --resume runs/r --set train.epochs=3 2> err; echo $?; cat err; cmp before runs/r/resolved.json && echo same
      : > runs/r/manifest.json; resume runs/r 2> err; echo $?; cat err
      """)
    #expect(result.out.hasPrefix("64\nerror: ") && result.out.contains("steps, but the run has taken "), "\(result.out)")
    #expect(result.out.contains("\nsame\n65\nerror: ") && result.out.contains("manifest.json: is damaged"), "\(result.out)")
  }

  @Test func aRunThatIsRemovedEnds() {
    let result = shell(
      """
      start; rm -rf runs/r; sleep 0.05; rm -rf runs/r; wait $p; echo $?; cat err; ls runs
      """)
    #expect(
      result.out.hasPrefix("73\nerror: ") && result.out.contains("[E0406]") && result.out.hasSuffix("\n"), "\(result.out) \(result.err)")
    #expect(TestFiles.names(shop.folder("runs")).isEmpty, "\(TestFiles.names(shop.folder("runs")))")
  }

  @Test func dataThatChanged() {
    let result = shell(
      """
      train --name r --output-dir whole; part; cp t.csv t.old; sed -i '3s/1/2/' t.csv
      $TEMPER train --resume runs/r --set train.epochs=40 -q 2> err; echo changed $?; cat err
      mv t.old t.csv; $TEMPER train --resume runs/r --set train.epochs=40 -q > /dev/null; echo $?; same runs/r
      """)
    #expect(result.out.hasPrefix("part 75\nchanged 65\nerror: ") && result.out.hasSuffix("\n0\nsame\n"), "\(result.out) \(result.err)")
    #expect(result.out.contains("/t.csv") && result.out.contains("[E0243]"), "\(result.out)")
  }

  @Test func twoProcessesOnOneRun() {
    let result = shell(
      """
      train --name r --output-dir whole
      start; kill -STOP $p
      resume runs/r 2> e2; echo resume $?; cat e2; train --name r --overwrite 2> e2; echo overwrite $?; cat e2
      kill -TERM $p; kill -CONT $p; wait $p; echo first $?; $TEMPER train --resume runs/r --set train.epochs=40 -q > /dev/null; echo $?; same runs/r
      """)
    let lines = result.out.split(separator: "\n")
    #expect(
      lines.filter { !$0.hasPrefix("error: ") } == ["resume 73", "overwrite 73", "first 75", "0", "same"], "\(result.out) \(result.err)")
    #expect(lines.count { $0.hasPrefix("error: ") && $0.contains("runs/r: ") && $0.contains("[E0403]") } == 2, "\(result.out)")
  }
}
