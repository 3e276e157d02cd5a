/// Colors from good (0) to bad (1) that people without color vision tell apart as well: of viridis, from dark to light.
enum Palette {
  private static let stops: [(Double, Double, Double)] = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)]

  static func color(_ share: Double) -> Markup {
    let position = min(max(share, 0), 1) * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let part = position - Double(index)
    func mixed(_ component: (((Double, Double, Double)) -> Double)) -> Int {
      Int((component(stops[index]) * (1 - part) + component(stops[index + 1]) * part).rounded())
    }
    return "rgb(\(mixed(\.0)),\(mixed(\.1)),\(mixed(\.2)))"
  }
}
