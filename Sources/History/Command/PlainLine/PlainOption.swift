/// One option of a plain command line, on its way to the command it belongs
/// to. Each method answers `false` for what is not plain: the argument parser
/// then judges the whole line.
struct PlainOption {
  /// Without its hyphens: one character for a short option.
  let name: String
  /// What stands in the same argument, `--name=…` or `-n…`.
  private let attached: String?
  /// Whether ``attached`` stands right behind a short name.
  private let isJoined: Bool
  private var rest: ArraySlice<String>

  /// - Returns: `nil` when the first of `arguments` is no option in plain
  ///   spelling.
  init?(_ arguments: ArraySlice<String>) {
    guard let first = arguments.first, first.hasPrefix("-") else { return nil }
    rest = arguments.dropFirst()
    if first.hasPrefix("--") {
      let parts = first.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first, name.utf8.count > 1 else { return nil }
      self.name = String(name)
      attached = parts.count > 1 ? String(parts[1]) : nil
      isJoined = false
    } else {
      guard let name = first.dropFirst().first else { return nil }
      self.name = String(name)
      let joined = first.dropFirst(2)
      attached = joined.isEmpty ? nil : String(joined)
      isJoined = attached != nil
    }
  }

  /// The arguments behind this option and its value.
  var following: ArraySlice<String> { rest }

  mutating func turnOn(_ flag: inout Bool) -> Bool {
    if attached != nil || flag { return false }
    flag = true
    return true
  }

  mutating func set(_ value: inout String?) -> Bool {
    guard value == nil, let text = takeText() else { return false }
    value = text
    return true
  }

  /// For a time or a zone, which may begin with a minus and a digit.
  mutating func setTime(_ value: inout String?) -> Bool {
    guard value == nil, let text = takeText(mayBeNegative: true) else { return false }
    value = text
    return true
  }

  mutating func set(_ value: inout Int?) -> Bool {
    guard value == nil, let number = takeNumber() else { return false }
    value = Int(exactly: number)
    return value != nil
  }

  mutating func set(_ value: inout Int64?) -> Bool {
    guard value == nil, let number = takeNumber() else { return false }
    value = number
    return true
  }

  /// The same where `usual` is what `value` is when it is not given.
  mutating func setTime(_ value: inout String, usual: String) -> Bool {
    guard value == usual, let text = takeText(mayBeNegative: true) else { return false }
    value = text
    return true
  }

  /// The same where `usual` is what `value` is when it is not given.
  mutating func set<Value: RawRepresentable<String> & Equatable>(
    _ value: inout Value, usual: Value
  ) -> Bool {
    guard value == usual, let given = takeText().flatMap(Value.init(rawValue:)) else {
      return false
    }
    value = given
    return true
  }

  mutating func set<Value: RawRepresentable<String>>(_ value: inout Value?) -> Bool {
    guard value == nil, let given = takeText().flatMap(Value.init(rawValue:)) else { return false }
    value = given
    return true
  }

  mutating func add(to values: inout [String]) -> Bool {
    guard let text = takeText() else { return false }
    values.append(text)
    return true
  }

  private mutating func takeNumber() -> Int64? {
    guard let text = takeText(), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }

  private mutating func takeText(mayBeNegative: Bool = false) -> String? {
    guard let text = attached ?? rest.popFirst() else { return nil }
    // What looks like an option, and -n=5, are read in more than one way.
    if text.isEmpty { return nil }
    if text.hasPrefix("-") {
      let isNegative = text.dropFirst().first?.isWholeNumber == true
      guard mayBeNegative, attached == nil, isNegative else { return nil }
    }
    if isJoined, text.contains("=") { return nil }
    return text
  }
}
