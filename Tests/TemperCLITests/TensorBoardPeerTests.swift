import TemperJSON
import TemperRunSupport
import Testing

/// TensorBoard reads what a run wrote that was killed in the middle of a record and resumed: each step once, with the values of metrics.jsonl.
@Suite("TensorBoard", .enabled(if: Peer.has("tensorboard"), "\(Peer.reason("tensorboard"))"))
struct TensorBoardPeerTests {
  private let shop = Workshop()

  @Test func everyReaderShowsEachStepOnce() throws {
    let killed = Program.shell(
      """
      $TEMPER train c.json -q --set train.epochs=400 --set early_stopping=null --set log.tensorboard=true \\
        --set 'checkpoint={"every_epochs": 7}' > /dev/null 2>&1 & p=$!
      until test -e runs/c/checkpoints && test $(wc -l < runs/c/metrics.jsonl) -gt 40; do sleep 0.01; done
      kill -KILL $p; wait $p 2> /dev/null
      printf half >> runs/c/tensorboard/events*
      $TEMPER train --resume runs/c -q > /dev/null 2>&1; echo $?
      """, in: shop.folder.path)
    #expect(killed.out == "0\n", "\(killed.err)")
    let lines = try TestFiles.text(shop.folder("runs/c/metrics.jsonl")).split(separator: "\n").map { try JSON.parse(String($0), path: "") }
    let (status, output) = Peer.run(script: "tensorboard_scalars.py", [shop.folder("runs/c/tensorboard")])
    try #require(status == 0, "\(output)")
    // Messages about the restart may precede it.
    let found = try JSON.parse(String(try #require(output.split(separator: "\n").last)), path: "tensorboard_scalars.py")
    for reader in ["accumulator", "server", "slow_server"] {
      for (tag, path) in [
        ("validation/loss", ["validation", "loss"]), ("train/loss", ["train", "loss"]), ("learning_rate", ["learning_rate"]),
      ] {
        let points = (found[reader]?[tag]?.array ?? []).map { ($0.array?[0].integer ?? -1, $0.array?[1].number ?? .nan) }
        let expected = lines.compactMap { line in
          path.reduce(line as JSON?) { $0?[$1] }?.number.map { (line["step"]?.integer ?? 0, $0) }
        }
        #expect(points.map(\.0) == expected.map(\.0), "\(reader) \(tag)")
        for (point, value) in zip(points, expected) { #expect(Float(point.1) == Float(value.1), "\(reader) \(tag) \(point.0)") }
      }
    }
  }
}
