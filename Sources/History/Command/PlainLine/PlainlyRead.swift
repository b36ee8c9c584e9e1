/// A verb that can be read off a plain command line without the argument
/// parser.
///
/// To parse one line, the argument parser describes every option of a command
/// several times over by reflection: 4 ms, while the verb itself is done in
/// less than one, and a hundred times that in a debug build. So what is
/// spelled in the plain way is read here, to the same values, and everything
/// else goes to the parser: mistakes, help, completions, abbreviations, `--`,
/// clusters of flags, values that begin with a hyphen.
protocol PlainlyRead {
  /// The command as an empty line spells it; `nil` when something must be
  /// given.
  static var usual: Self { get }

  /// Takes an option that is one of this command's.
  ///
  /// - Returns: whether it is one, and plain.
  mutating func take(_ option: inout PlainOption) -> Bool

  /// Takes what is no option.
  mutating func take(word: String) -> Bool

  /// Whether all that must be given was given.
  var isComplete: Bool { get }
}

extension PlainlyRead {
  mutating func take(word: String) -> Bool { false }

  var isComplete: Bool { true }

  /// - Returns: `nil` when the line is not plain.
  static func read(_ arguments: ArraySlice<String>) -> Self? {
    var command = usual
    var rest = arguments
    while let first = rest.first {
      if first.hasPrefix("-") {
        guard var option = PlainOption(rest), command.take(&option) else { return nil }
        rest = option.following
      } else {
        guard !first.isEmpty, command.take(word: first) else { return nil }
        rest = rest.dropFirst()
      }
    }
    return command.isComplete ? command : nil
  }
}
