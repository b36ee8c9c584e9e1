/// The writing system a scalar belongs to (UAX #24), which the standard
/// library does not know.
struct Script: Hashable {
  /// Of punctuation, digits, emoji, and what several scripts use.
  static let common = Script(code: ScriptTable.common)
  static let latin = Script(code: ScriptTable.latin)
  static let han = Script(code: ScriptTable.han)
  static let hiragana = Script(code: ScriptTable.hiragana)
  static let katakana = Script(code: ScriptTable.katakana)
  static let bopomofo = Script(code: ScriptTable.bopomofo)
  static let hangul = Script(code: ScriptTable.hangul)

  private let code: UInt8
  /// Whether it has letters that look otherwise beside a joiner, ZWJ or ZWNJ.
  let hasJoining: Bool

  private init(code: UInt8, hasJoining: Bool = false) {
    self.code = code
    self.hasJoining = hasJoining
  }

  init(of scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self = scalar.properties.isAlphabetic ? .latin : .common
      return
    }
    let rows = ScriptTable.rows
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] >> 9 <= scalar.value { low = middle + 1 } else { high = middle }
    }
    let row = low > 0 ? rows[low - 1] : 0
    self.init(
      code: UInt8(truncatingIfNeeded: row), hasJoining: row >> 8 & 1 == 1)
  }
}
