import ChatCore

/// Reads and writes records of the native dialect.
public enum NativeCodec {
  /// The first record of a direction: who is there.
  public static func decodeHandle(_ record: UnsafeRawBufferPointer) -> NativeRecord {
    .handle(String(decoding: record, as: UTF8.self))
  }

  /// A later record, without its NUL.
  ///
  /// - Throws: ``WireError`` for a record that no version would send; a `say`
  ///   whose text is empty or too long is ``NativeRecord/invalidMessage``.
  public static func decode(
    _ record: UnsafeRawBufferPointer
  ) throws(WireError) -> NativeRecord {
    if record.isEmpty { throw .emptyRecord }
    let space = ByteScan.firstIndex(of: UInt8(ascii: " "), in: record, from: 0)
    let word = UnsafeRawBufferPointer(rebasing: record[..<(space ?? record.count)])
    // `nil` when there is no space, so that `ping` and `ping ` differ.
    let argument = space.map { UnsafeRawBufferPointer(rebasing: record[($0 + 1)...]) }
    if isSay(word) { return try say(argument) }
    let text = String(decoding: word, as: UTF8.self)
    guard let verb = NativeVerb(rawValue: text) else { return .unknown(verb: text) }
    switch verb {
    case .say: return try say(argument)
    case .ack: return .ack(try number(argument, of: verb))
    case .wait: return .wait(try number(argument, of: verb))
    case .mode:
      guard let mode = Mode(rawValue: string(argument)) else { throw .badArgument(.mode) }
      return .mode(mode)
    case .quit: return .quit(QuitReason(word: string(argument)))
    case .deny: return .deny(string(argument))
    case .floor, .ping, .pong:
      if argument != nil { throw .badArgument(verb) }
      return verb == .floor ? .floor : verb == .ping ? .ping : .pong
    }
  }

  /// The verb that nearly every record has is told without making a string.
  private static func isSay(_ word: UnsafeRawBufferPointer) -> Bool {
    word.count == 3 && word[0] == UInt8(ascii: "s") && word[1] == UInt8(ascii: "a")
      && word[2] == UInt8(ascii: "y")
  }

  private static func say(
    _ argument: UnsafeRawBufferPointer?
  ) throws(WireError) -> NativeRecord {
    guard let argument else { throw .badArgument(.say) }
    let end =
      ByteScan.firstIndex(of: UInt8(ascii: " "), in: argument, from: 0) ?? argument.count
    let number = try number(UnsafeRawBufferPointer(rebasing: argument[..<end]), of: .say)
    let text = UnsafeRawBufferPointer(rebasing: argument[min(end + 1, argument.count)...])
    do {
      return .say(number: number, try MessageBytes.message(text))
    } catch {
      return .invalidMessage(number: number, error)
    }
  }

  /// Decimal digits alone, from 1 on: no sign, nothing that overflows.
  private static func number(
    _ argument: UnsafeRawBufferPointer?, of verb: NativeVerb
  ) throws(WireError) -> Int {
    guard let argument, !argument.isEmpty else { throw .badArgument(verb) }
    var value = 0
    for byte in argument {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .badArgument(verb) }
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if overflowed || carried { throw .badArgument(verb) }
      value = sum
    }
    if value < 1 { throw .badArgument(verb) }
    return value
  }

  private static func string(_ argument: UnsafeRawBufferPointer?) -> String {
    argument.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
