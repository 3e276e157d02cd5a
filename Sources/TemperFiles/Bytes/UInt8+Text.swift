/// Special bytes of lines and records.
extension UInt8 {
  /// The line end.
  @inlinable package static var lineFeed: UInt8 { 0x0A }
  /// The line end of old Macs; on Windows it precedes a line feed.
  @inlinable package static var carriageReturn: UInt8 { 0x0D }
  /// The quote around texts in CSV and JSON.
  @inlinable package static var doubleQuote: UInt8 { 0x22 }
}
