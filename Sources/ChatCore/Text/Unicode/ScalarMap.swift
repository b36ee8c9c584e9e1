/// A table that gives some scalars another text each. Its three arrays are
/// made by Tools/generate-unicode-tables.py and are constants of the program:
/// nothing is built when it starts.
struct ScalarMap: Sendable {
  /// Runs of scalars that are mapped alike, in order. Each holds the first
  /// scalar from bit 11, how many follow it from bit 3, in bit 2 whether only
  /// every other one belongs to it, and a ``Kind`` in the bits below.
  let keys: [UInt32]
  /// What the first scalar of each run becomes, as its kind says.
  let values: [UInt16]
  /// UTF-16, each text after the number of its units.
  let texts: [UInt16]

  /// What a value means.
  private enum Kind: UInt32 {
    /// The scalar that all of the run become.
    case scalar
    /// The scalar that the first becomes, and the next ones the next.
    case shifted
    /// Where the text that all become is in `texts`.
    case text
    /// As `shifted`, in the plane of the run.
    case shiftedInPlane
  }

  /// Hands what `scalar` becomes to `append`, which may be nothing at all.
  ///
  /// - Returns: whether the table has an answer; if not, it stays as it is.
  func replace(_ scalar: Unicode.Scalar, _ append: (Unicode.Scalar) -> Void) -> Bool {
    guard let row = row(of: scalar) else { return false }
    let key = keys[row]
    let value = UInt32(values[row])
    let offset = scalar.value - key >> 11
    switch Kind(rawValue: key & 3) {
    case .scalar: Unicode.Scalar(value).map(append)
    case .shifted: Unicode.Scalar(value + offset).map(append)
    case .shiftedInPlane: Unicode.Scalar((key >> 11 & ~0xffff) + value + offset).map(append)
    case .text, nil:
      let start = Int(value) + 1
      let units = texts[start..<start + Int(texts[start - 1])]
      String(decoding: units, as: UTF16.self).unicodeScalars.forEach(append)
    }
    return true
  }

  /// The run that `scalar` belongs to.
  private func row(of scalar: Unicode.Scalar) -> Int? {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] >> 11 <= scalar.value { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let key = keys[low - 1]
    let offset = scalar.value - key >> 11
    let isEveryOther = key >> 2 & 1 == 1
    if isEveryOther, offset & 1 == 1 { return nil }
    let position = isEveryOther ? offset / 2 : offset
    return position <= key >> 3 & 0xff ? low - 1 : nil
  }
}
