import Glibc
import TemperCore
import TemperFiles
import TemperJSON

/// Caches tokens on disk between runs, keyed by what they were made from. A damaged, truncated or outdated file is recreated.
public struct TokenCache: Sendable {
  /// The folder, created when something is written.
  public let folder: String
  /// Identifies the content of `corpus`, such as the SHA-256 of its files; they are not read for it here.
  public let contentKey: String

  /// A cache in `folder` for texts identified by `contentKey`.
  public init(folder: String, contentKey: String) {
    (self.folder, self.contentKey) = (folder, contentKey)
  }

  /// The tokens of `corpus`: from the cache if present, else encoded and then written to it. Throws `E0401` where it cannot be written.
  public func tokens(_ corpus: TextCorpus, _ encoding: TextEncoding) throws(Diagnostics) -> TokenStore {
    let path = path(corpus, encoding)
    let key = key(corpus, encoding)
    if let store = Self.read(path, key: key, vocabularySize: encoding.vocabularySize) { return store }
    let store = TokenStore(corpus, encoding)
    try Files.makeFolder(folder)
    try Self.write(store, to: path, key: key)
    return store
  }

  /// The cache file for the tokens of `corpus`.
  func path(_ corpus: TextCorpus, _ encoding: TextEncoding) -> String {
    var hash = Checksum()
    key(corpus, encoding).withUnsafeBytes { hash.add($0) }
    let digits = String(hash.value, radix: 16)
    return folder + "/" + String(repeating: "0", count: 16 - digits.count) + digits + ".tokens"
  }

  /// Everything the tokens depend on.
  private func key(_ corpus: TextCorpus, _ encoding: TextEncoding) -> [UInt8] {
    let end = encoding.endOfDocument.map { String($0) } ?? "none"
    let parts = [contentKey, encoding.key, String(encoding.vocabularySize), end, String(corpus.layoutKey)]
    return Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8)
  }

  // A file is a header of eight words, the key, the document starts, and the tokens. Each part is aligned to 8 bytes.

  /// "temptok1": the last digit is the version of the format.
  private static let magic: UInt64 = 0x316B_6F74_706D_6574

  private struct Header {
    var magic = TokenCache.magic
    var checksum: UInt64 = 0
    var keyBytes: UInt64
    var documents: UInt64
    var tokens: UInt64
    var vocabularySize: UInt64
    var unused: (UInt64, UInt64) = (0, 0)
  }

  private static func padded(_ bytes: Int) -> Int { (bytes + 7) / 8 * 8 }

  private static func write(_ store: TokenStore, to path: String, key: [UInt8]) throws(Diagnostics) {
    var header = Header(
      keyBytes: UInt64(key.count), documents: UInt64(store.documentStarts.count), tokens: UInt64(store.count),
      vocabularySize: UInt64(store.vocabularySize))
    let key = key + Array(repeating: 0, count: padded(key.count) - key.count)
    let starts = store.documentStarts.map { UInt64($0) }
    let bytes = store.count * TokenStore.width(vocabularySize: store.vocabularySize)
    let tokens = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(store.memory.buffer)[store.offset..<store.offset + bytes])
    try key.withUnsafeBufferPointer { (key) throws(Diagnostics) in
      try starts.withUnsafeBufferPointer { (starts) throws(Diagnostics) in
        let parts = [UnsafeRawBufferPointer(key), UnsafeRawBufferPointer(starts), tokens]
        header.checksum = checksum(header, parts)
        let first = withUnsafeBytes(of: &header) { Array($0) }
        try first.withUnsafeBufferPointer { (first) throws(Diagnostics) in
          // Sweeps may run concurrently: the process id keeps their files apart.
          try Files.write([UnsafeRawBufferPointer(first)] + parts, to: path, partial: "\(path).\(getpid()).partial")
        }
      }
    }
  }

  private static func checksum(_ header: Header, _ parts: [UnsafeRawBufferPointer]) -> UInt64 {
    var hash = Checksum()
    for word in [header.keyBytes, header.documents, header.tokens, header.vocabularySize] { hash.add(word) }
    for part in parts { hash.add(part) }
    return hash.value
  }

  /// The content of the file at `path`; nil where it is missing, incomplete or has another key.
  private static func read(_ path: String, key: [UInt8], vocabularySize: Int) -> TokenStore? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int(status.st_size)
    guard size >= MemoryLayout<Header>.size, let memory = StableBytes(mapping: descriptor, status) else { return nil }
    let bytes = UnsafeRawBufferPointer(memory.buffer)
    let header = bytes.load(as: Header.self)
    guard header.magic == magic, header.keyBytes == key.count, header.vocabularySize == vocabularySize,
      header.documents <= size, header.tokens <= size
    else { return nil }
    let keyStart = MemoryLayout<Header>.size
    let startsStart = keyStart + padded(key.count)
    let tokensStart = startsStart + 8 * Int(header.documents)
    guard tokensStart + Int(header.tokens) * TokenStore.width(vocabularySize: vocabularySize) == size,
      bytes[keyStart..<keyStart + key.count].elementsEqual(key)
    else { return nil }
    let parts = [keyStart..<startsStart, startsStart..<tokensStart, tokensStart..<size].map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    guard checksum(header, parts) == header.checksum else { return nil }
    let starts = (0..<Int(header.documents)).map { Int(bytes.load(fromByteOffset: startsStart + 8 * $0, as: UInt64.self)) }
    return TokenStore(
      memory, offset: tokensStart, count: Int(header.tokens), documentStarts: starts, vocabularySize: vocabularySize)
  }
}
