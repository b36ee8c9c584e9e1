import ArgumentParser
import Transcript

/// A number of bytes on the command line: `4096`, `512K`, `64M`, `1G`, each 1024
/// times the one before.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int64

  init(bytes: Int64) {
    self.bytes = bytes
  }

  /// `nil` for what is not a number up to 2^52; one below zero is refused with a sentence.
  init?(argument: String) {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = argument.last.flatMap { shifts[$0] }
    guard let number = Int64(shift == nil ? argument[...] : argument.dropLast()),
      (-1 << 52...(1 << 52)).contains(number)
    else { return nil }
    bytes = number << Int64(shift ?? 0)
    guard bytes >> Int64(shift ?? 0) == number, bytes <= 1 << 52 else { return nil }
  }

  var defaultValueDescription: String { bytes == 1 << 20 ? "1M" : "\(bytes)" }
}

extension DiskReserve {
  /// A number of bytes, or hundredths of the disk: `64M`, `2%`; `nil` for what is
  /// neither.
  init?(argument: String) {
    if argument.last == "%" {
      guard let part = Int(argument.dropLast()), (0...99).contains(part) else { return nil }
      self = part == 0 ? .none : .percent(part)
    } else {
      guard let count = ByteCount(argument: argument), count.bytes >= 0 else { return nil }
      self = count.bytes == 0 ? .none : .bytes(count.bytes)
    }
  }
}
