/// Bytes that lines and records are made of.
extension UInt8 {
  /// What ends a line.
  @inlinable package static var lineFeed: UInt8 { 0x0A }
  /// What old Macs ended lines by, and Windows writes before a line feed.
  @inlinable package static var carriageReturn: UInt8 { 0x0D }
  /// What texts stand between in CSV and JSON.
  @inlinable package static var doubleQuote: UInt8 { 0x22 }
}
