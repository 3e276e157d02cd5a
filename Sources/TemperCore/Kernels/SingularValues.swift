import COpenBLAS

/// The singular values of the matrix with `rows` rows of `columns` numbers each in `values`, row-major, in ascending order: min(rows, columns) of
/// them. They are the square roots of the eigenvalues of the smaller of AᵀA and AAᵀ, by LAPACK's `dsyev`, so values below about 1e-8 of the largest
/// are only rounding. Nil where LAPACK finds none, as of numbers that are not finite.
public func singularValues(_ values: [Double], rows: Int, columns: Int) -> [Double]? {
  require(values.count == rows * columns, "singularValues: \(values.count) numbers for \(rows) rows of \(columns)")
  _ = Kernels.singleThreaded
  let size = min(rows, columns)
  if size == 0 { return [] }
  var gram = Array(repeating: 0.0, count: size * size)
  cblas_dsyrk(
    CblasRowMajor, CblasUpper, columns <= rows ? CblasTrans : CblasNoTrans, Int32(size), Int32(max(rows, columns)), 1, values,
    Int32(columns), 0, &gram, Int32(size))
  var eigenvalues = Array(repeating: 0.0, count: size)
  var (order, result, length) = (Int32(size), Int32(0), Int32(64 * size))
  var work = Array(repeating: 0.0, count: Int(length))
  // Fortran numbers elements by columns, so the upper triangle is its lower one.
  dsyev_("N", "L", &order, &gram, &order, &eigenvalues, &work, &length, &result, 1, 1)
  return result == 0 ? eigenvalues.map { max(0, $0).squareRoot() } : nil
}
