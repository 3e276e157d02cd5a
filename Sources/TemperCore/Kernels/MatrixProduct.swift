import COpenBLAS

/// A factor of a matrix product: row-major memory, read as it lies or transposed.
struct Factor {
  let pointer: UnsafePointer<Float>
  let transposed: Bool

  init(_ pointer: UnsafePointer<Float>, transposed: Bool = false) {
    (self.pointer, self.transposed) = (pointer, transposed)
  }

  fileprivate func advanced(by count: Int) -> Factor { Factor(pointer + count, transposed: transposed) }

  fileprivate var flag: CBLAS_TRANSPOSE { transposed ? CblasTrans : CblasNoTrans }
}

extension Kernels {
  /// C = A B + beta C, where A is [m, k], B is [k, n] and C is [m, n] after their transposition.
  ///
  /// OpenBLAS runs on one thread: its own threads lose on small products. We cut the longer side of C; the cut depends on the shape alone.
  static func multiply(_ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, beta: Float, into c: UnsafeMutablePointer<Float>) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      if beta == 0 { c.update(repeating: 0, count: m * n) }
      return
    }
    _ = singleThreaded
    let operations = 2 * m * n * k
    let longer = max(m, n)
    // Each chunk packs the uncut factor anew: chunks of 256 and more keep that small.
    let chunks = Partition(longer, cost: operations / longer, worth: 8_000_000, most: 8, least: min(256, longer))
    if chunks.chunks == 1 {
      multiplySerially(m, n, k, a, b, beta: beta, c)
    } else if m >= n {
      chunks.run { _, rows in
        let part = Factor(a.pointer + (a.transposed ? rows.lowerBound : rows.lowerBound * k), transposed: a.transposed)
        sgemm(rows.count, n, k, part, lda: a.transposed ? m : k, b, ldb: b.transposed ? k : n, beta, c + rows.lowerBound * n, ldc: n)
      }
    } else {
      chunks.run { _, columns in
        let part = Factor(b.pointer + (b.transposed ? columns.lowerBound * k : columns.lowerBound), transposed: b.transposed)
        sgemm(m, columns.count, k, a, lda: a.transposed ? m : k, part, ldb: b.transposed ? k : n, beta, c + columns.lowerBound, ldc: n)
      }
    }
  }

  /// `batch` products of the same lengths, whose factors and results lie one after another.
  static func multiply(
    batch: Int, _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, beta: Float, into c: UnsafeMutablePointer<Float>
  ) {
    let chunks = Partition(batch, cost: 2 * m * n * k, worth: 2_000_000, least: 1)
    // Many products are shared out whole; few are cut, each by itself. Which of the two depends on the shape alone.
    guard chunks.chunks > 1, m > 0, n > 0, k > 0 else {
      for i in 0..<batch { multiply(m, n, k, a.advanced(by: i * m * k), b.advanced(by: i * k * n), beta: beta, into: c + i * m * n) }
      return
    }
    _ = singleThreaded
    chunks.run { _, items in
      for i in items { multiplySerially(m, n, k, a.advanced(by: i * m * k), b.advanced(by: i * k * n), beta: beta, c + i * m * n) }
    }
  }

  private static func multiplySerially(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, beta: Float, _ c: UnsafeMutablePointer<Float>
  ) {
    if !a.transposed, b.transposed, m * n * k <= 1 << 20, m <= n {
      // OpenBLAS's kernels for small products run x·wᵀ at half the speed of xᵀᵀ·wᵀ (60 against 130 GFLOP/s at 32 x 128 x 128 with
      // AVX-512), so the smaller factor is transposed first.
      let copy = Storage(uninitialized: m * k)
      transpose(a.pointer, rows: m, columns: k, into: copy.pointer)
      sgemm(m, n, k, Factor(copy.pointer, transposed: true), lda: m, b, ldb: k, beta, c, ldc: n)
    } else {
      sgemm(m, n, k, a, lda: a.transposed ? m : k, b, ldb: b.transposed ? k : n, beta, c, ldc: n)
    }
  }

  @inline(__always)
  private static func sgemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, lda: Int, _ b: Factor, ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, a.flag, b.flag, Int32(m), Int32(n), Int32(k), 1, a.pointer, Int32(lda), b.pointer, Int32(ldb), beta, c, Int32(ldc))
  }

  /// Switches OpenBLAS's own threads off, once, before the first product.
  private static let singleThreaded: Void = openblas_set_num_threads(1)
}

/// What BLAS the program runs on, for a run's manifest.
public enum BLAS {
  /// OpenBLAS's version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH ...`.
  public static var build: String { String(cString: openblas_get_config()) }
  /// The family of processors whose kernels it chose, such as `SkylakeX`.
  public static var core: String { String(cString: openblas_get_corename()) }
}
