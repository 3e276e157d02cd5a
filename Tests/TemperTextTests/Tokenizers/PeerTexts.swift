import Glibc
import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperText

/// What `tokenizers` made of texts: the output of Tests/Peers/tokenizers_fuzz.py.
enum PeerTexts {
  static let goldens = Repository.path("Tests/TemperTextTests/Goldens/")
  static let script = Repository.path("Tests/Peers/tokenizers_fuzz.py")
  static let python = environment("TEMPER_PEER_PYTHON") ?? "python3"
  static let hasPeer = system("\(python) -c 'import tokenizers' >/dev/null 2>&1") == 0
  /// The folder of vocabularies that are too large for the project.
  static let outside = environment("TEMPER_OUTSIDE_DATA").map { $0 + "/tokenizers" } ?? ""
  static let hasOutside = access(outside + "/gpt2/gpt2-vocab.json", R_OK) == 0

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Compares every line of a file; returns how many texts there are of each tokenizer.
  static func check(_ path: String) throws -> [String: Int] {
    var tokenizer: Tokenizer?
    var name = ""
    var counts: [String: Int] = [:]
    for (number, line) in try FileBytes(reading: path).bytes.split(separator: 0x0A).enumerated() {
      let json = try JSON.parse(Array(line), path: "\(path) line \(number + 1)")
      if let stored = json["tokenizer"] {
        name = json["name"]?.string ?? ""
        let read = try Tokenizer(json: Array(stored.serialized().utf8), path: name)
        // What we write is what they wrote, and reads back to the same.
        #expect(sorted(read.json) == sorted(stored), "\(name)")
        tokenizer = read
        continue
      }
      let tokenizer = try #require(tokenizer)
      let text = try #require(json["text"]?.string)
      counts[name, default: 0] += 1
      // What they cannot encode is what we have no token for.
      let unknown = Array(text.utf8).withUnsafeBufferPointer { tokenizer.firstUnknown(in: $0) }
      #expect((unknown != nil) == (json["ids"]?.isNull == true), "\(name): \(text.debugDescription)")
      if unknown != nil { continue }
      let ids = tokenizer.encode(text, addingSpecialTokens: true)
      #expect(ids.map(Int.init) == json["ids"]?.array?.compactMap(\.integer), "\(name): \(text.debugDescription)")
      let decoded = try #require(json["decoded"]?.string)
      #expect(tokenizer.text(ids, skippingSpecialTokens: false).utf8.elementsEqual(decoded.utf8), "\(name): \(text.debugDescription)")
    }
    return counts
  }

  /// Objects without an order of members, and what is there by default left out.
  private static func sorted(_ json: JSON) -> JSON {
    if let members = json.members {
      return .object(members.map { ($0.name, sorted($0.value)) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) })
    }
    return json.array.map { .array($0.map(sorted)) } ?? json
  }
}

extension String {
  fileprivate func range(ofLast part: String) -> String.Index {
    var index = endIndex
    while !self[index...].hasPrefix(part) { index = self.index(before: index) }
    return index
  }
}
