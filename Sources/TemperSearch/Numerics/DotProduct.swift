/// The sum of products.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
      return dot(first, second, a.count)
    }
  }
}

/// The sum of `count` products. In 16 sums that are added at the end, so that no product waits for the one before it; the order is the same on every
/// processor.
@inline(__always)
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  @inline(__always) func product(_ index: Int) -> SIMD4<Double> {
    let offset = index * MemoryLayout<Double>.stride
    return x.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self) * y.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
  }
  var (first, second, third, fourth) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
  var index = 0
  while index + 16 <= count {
    first += product(index)
    second += product(index + 4)
    third += product(index + 8)
    fourth += product(index + 12)
    index += 16
  }
  while index + 4 <= count {
    first += product(index)
    index += 4
  }
  var sum = ((first + second) + (third + fourth)).sum()
  while index < count {
    sum += a[index] * b[index]
    index += 1
  }
  return sum
}
