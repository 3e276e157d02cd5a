/// How an image must be turned to stand upright: the tag 0x0112 of EXIF, 1 to 8.
struct Orientation: Equatable {
  static let upright = Orientation(number: 1)

  private let number: Int

  private init(number: Int) { self.number = (1...8).contains(number) ? number : 1 }

  /// Whether width and height change places.
  var swapsSides: Bool { number >= 5 }

  /// The orientation in the EXIF segment of a JPEG file; upright where there is none, or where it is damaged.
  init(jpeg bytes: UnsafeBufferPointer<UInt8>) {
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
      let (marker, length) = (bytes[place + 1], Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
      // The pixels begin.
      guard marker != 0xDA, length >= 2, place + 2 + length <= bytes.count else { break }
      let content = UnsafeBufferPointer(rebasing: bytes[place + 4..<place + 2 + length])
      if marker == 0xE1, content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
        self.init(tiff: UnsafeBufferPointer(rebasing: content[6...]))
        return
      }
      place += 2 + length
    }
    self = .upright
  }

  /// The orientation in the first directory of a TIFF structure; upright where there is none, or where it is damaged.
  init(tiff bytes: UnsafeBufferPointer<UInt8>) {
    self = .upright
    guard bytes.count >= 8 else { return }
    let isBigEndian = bytes[0] == 0x4D
    func number(_ place: Int, _ size: Int) -> Int? {
      guard place >= 0, place <= bytes.count - size else { return nil }
      let own = bytes[place..<place + size]
      return isBigEndian ? own.reduce(0) { $0 << 8 | Int($1) } : own.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let entries = number(directory, 2) else { return }
    for entry in 0..<entries {
      let place = directory + 2 + 12 * entry
      guard let tag = number(place, 2) else { return }
      if tag == 0x0112, let value = number(place + 8, 2) {
        self.init(number: value)
        return
      }
    }
  }

  /// `image` turned.
  func upright(_ image: DecodedImage) -> DecodedImage {
    if number == 1 { return image }
    let (width, height, channels) = (image.width, image.height, image.channels)
    let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
    let pixels = [UInt8](unsafeUninitializedCapacity: image.pixels.count) { target, count in
      for y in 0..<newHeight {
        for x in 0..<newWidth {
          let from = source(x, y, width, height)
          for channel in 0..<channels {
            target[(y * newWidth + x) * channels + channel] = image.pixels[(from.y * width + from.x) * channels + channel]
          }
        }
      }
      count = image.pixels.count
    }
    return DecodedImage(width: newWidth, height: newHeight, channels: channels, pixels: pixels)
  }

  /// The place of the stored image that is at (x, y) of the upright one.
  private func source(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (x: Int, y: Int) {
    switch number {
    case 2: (width - 1 - x, y)
    case 3: (width - 1 - x, height - 1 - y)
    case 4: (x, height - 1 - y)
    case 5: (y, x)
    case 6: (y, height - 1 - x)
    case 7: (width - 1 - y, height - 1 - x)
    case 8: (width - 1 - y, x)
    default: (x, y)
    }
  }
}
