/// Negative numbers on the command line, which ArgumentParser takes for names of options.
enum NegativeNumbers {
  /// The arguments with `--seconds -1` as `--seconds=-1`, so that the option itself says what is wrong with its value. What follows `--`
  /// stays as it is.
  static func joined(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var result: [String] = []
    for argument in arguments[..<end] {
      if argument.hasPrefix("-"), Double(argument) != nil, let name = result.last, name.hasPrefix("--"), !name.contains("=") {
        result[result.count - 1] = "\(name)=\(argument)"
      } else {
        result.append(argument)
      }
    }
    return result + arguments[end...]
  }
}
