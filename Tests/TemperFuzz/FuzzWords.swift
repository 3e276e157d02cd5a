/// What breaks readers, by the kind of text that it is inserted into.
enum FuzzWords {
  /// Numbers at the borders of their types, as a text has them.
  static let numbers = [
    "0", "-1", "1", "2", "255", "256", "65536", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "1099511627776",
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "1e308", "1e999",
    "-1e999",
    "1e-320", "-0", "0.5", "1e-9", "3.0000000001", "00", "123456789012345678901234567890",
  ]

  /// Values that a member of JSON may be replaced by.
  static let values =
    numbers + [
      "null", "true", "false", "NaN", "Infinity", "\"\"", "\"a\"", "\"-\"", "\"..\"", "\"/\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}",
      "[null]",
      "[[]]", "{\"a\": 1}", "[0, 0]", "[-1]", "[9223372036854775807, 9223372036854775807]", "\"\(String(repeating: "x", count: 5000))\"",
      String(repeating: "[", count: 2000), String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ]

  /// Parts of any text.
  static let texts =
    numbers + [
      "NaN", "null", "inf", "nan", "\"", "\"\"", "'", ",", ";", "\t", "\n", "\r", "\r\n", "\n\n", "\0", "\u{FEFF}", "\\", "\\u", "\\ud83d",
      "{", "}", "[", "]", ":", "#", "é", "\u{202E}", "\u{1F600}", "true", "2024-02-30", "9999-12-31", String(repeating: "a", count: 70000),
      String(repeating: "[", count: 10000), String(repeating: "{\"a\":", count: 3000), String(repeating: ",", count: 3000),
    ]

  /// Parts of the headers of arrays.
  static let arrays = [
    "'<f8'", "'>f4'", "'<i8'", "'<u8'", "'|b1'", "'|O'", "'<U5'", "'<U2147483647'", "'<f2'", "'|S0'", "True", "False", "(", ")", "()",
    "(0,)",
    "(0, 3)", "(9223372036854775807,)", "(4294967296, 4294967296)", "(-1,)", "(1, 1, 1, 1)", "'shape'", "'descr'", "fortran_order",
  ]

  /// Parts of the headers of safetensors.
  static let tensors = [
    "\"F32\"", "\"F64\"", "\"BF16\"", "\"F16\"", "\"I64\"", "\"U8\"", "\"F8_E4M3\"", "\"shape\"", "\"dtype\"", "\"data_offsets\"",
    "\"__metadata__\"", "[0,0]", "[0,18446744073709551615]", "[]",
  ]

  /// Bytes that mean something in binary formats.
  static let bytes: [UInt8] = [0, 1, 7, 8, 9, 0x0A, 0x0D, 0x22, 0x7F, 0x80, 0xC0, 0xED, 0xEF, 0xF4, 0xFE, 0xFF]

  /// Whole numbers that overflow sums, products and narrower types.
  static let integers: [UInt64] = [
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x4000_0000_0000_0000,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0x7F80_0000, 0x7FC0_0000, 0xFF7F_FFFF,
  ]
}
