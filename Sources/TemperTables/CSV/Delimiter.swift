/// The byte between the fields of a table.
public struct Delimiter: Sendable, Hashable {
  /// The byte.
  public let byte: UInt8

  /// `,`.
  public static let comma = Delimiter(byte: 0x2C)
  /// A tab.
  public static let tab = Delimiter(byte: 0x09)

  private init(byte: UInt8) {
    self.byte = byte
  }

  /// A delimiter of one ASCII character; nil for anything else, and for quotes and line ends, which are reserved.
  public init?(_ text: String) {
    guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80, ![0x22, 0x0A, 0x0D].contains(byte) else { return nil }
    self.init(byte: byte)
  }

  /// The usual delimiter for a file name: tabs for `.tsv` and `.tab`, else commas; `.gz` is ignored.
  public init(forPath path: String) {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    self = name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? .tab : .comma
  }
}
