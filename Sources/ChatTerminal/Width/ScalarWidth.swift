/// How many columns a scalar takes by itself. Our own table instead of
/// wcwidth(3), which answers by locale and knows nothing in the C locale.
enum ScalarWidth: Sendable {
  /// Drawn over what stands before it.
  case zero
  case narrow
  /// East Asian Wide or Fullwidth (UAX #11).
  case wide
  /// Drawn as a picture unless told otherwise (UTS #51, Emoji_Presentation).
  case emoji

  init(_ scalar: Unicode.Scalar) {
    // Nothing below the combining accents is anything but narrow.
    if scalar.value < 0x300 {
      self = .narrow
      return
    }
    let rows = ScalarWidthTable.rows
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].last < scalar.value { low = middle + 1 } else { high = middle }
    }
    if low < rows.count, rows[low].first <= scalar.value {
      self = rows[low].kind
    } else {
      self = .narrow
    }
  }

  var columns: Int {
    switch self {
    case .zero: 0
    case .narrow: 1
    case .wide, .emoji: 2
    }
  }
}
