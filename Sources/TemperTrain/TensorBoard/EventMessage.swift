/// A message in the wire format of Protocol Buffers, as far as events need it: fields in the order they are added.
struct WireMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: Int, _ type: UInt64) { varint(UInt64(field) << 3 | type) }

  /// Adds a whole number that is not negative.
  mutating func add(_ field: Int, _ value: Int) {
    key(field, 0)
    varint(UInt64(value))
  }

  /// Adds a 64-bit number.
  mutating func add(_ field: Int, _ value: Double) {
    key(field, 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Adds a 32-bit number.
  mutating func add(_ field: Int, _ value: Float) {
    key(field, 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Adds a text.
  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message.
  mutating func add(_ field: Int, _ message: WireMessage) { add(field, message.bytes) }

  private mutating func add(_ field: Int, _ content: [UInt8]) {
    key(field, 2)
    varint(UInt64(content.count))
    bytes += content
  }
}

/// A line of a TensorBoard event file: the message `Event` of TensorFlow's event.proto.
enum EventMessage {
  /// A number of a step; the first of its tag says which part of TensorBoard shows it.
  struct Scalar {
    let tag: String
    let value: Double
    let isFirst: Bool
  }

  /// The first of every file.
  static func version(at time: Double) -> [UInt8] {
    event(time, step: 0) { $0.add(3, "brain.Event:2") }
  }

  /// Training begins, or begins again with the step after which ones from before no longer count.
  static func start(at time: Double, step: Int) -> [UInt8] {
    event(time, step: step) { event in
      var log = WireMessage()
      log.add(1, 1)
      event.add(7, log)
    }
  }

  /// Numbers of a step.
  static func scalars(_ scalars: [Scalar], at time: Double, step: Int) -> [UInt8] {
    var summary = WireMessage()
    for scalar in scalars {
      var value = WireMessage()
      value.add(1, scalar.tag)
      value.add(2, Float(scalar.value))
      if scalar.isFirst {
        var (metadata, plugin) = (WireMessage(), WireMessage())
        plugin.add(1, "scalars")
        metadata.add(1, plugin)
        value.add(9, metadata)
      }
      summary.add(1, value)
    }
    return event(time, step: step) { $0.add(5, summary) }
  }

  private static func event(_ time: Double, step: Int, _ content: (inout WireMessage) -> Void) -> [UInt8] {
    var event = WireMessage()
    event.add(1, time)
    // The wire format leaves out zeros.
    if step > 0 { event.add(2, step) }
    content(&event)
    return event.bytes
  }
}
