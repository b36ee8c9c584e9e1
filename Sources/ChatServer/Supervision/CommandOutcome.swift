import ChatCore
import ChatPosix

/// What became of a run of the operator's command: one message from the process that runs
/// it to the listener.
package enum CommandOutcome: Hashable, Sendable {
  /// Its shell left with this status.
  case exited(Int32)
  /// A signal ended its shell.
  case signaled(Int32)
  /// It, or something that it started, was still there after ``ArrivalSchedule/within``, and
  /// was killed.
  case tookTooLong
  case notStarted(Errno)

  init(_ status: ExitStatus) {
    switch status {
    case .exited(let status): self = .exited(status)
    case .signaled(let signal, _): self = .signaled(signal)
    }
  }

  private enum Code: UInt8 {
    case exited = 0x73
    case signaled = 0x74
    case tookTooLong = 0x75
    case notStarted = 0x76
  }

  var bytes: [UInt8] {
    let (code, number): (Code, Int32) =
      switch self {
      case .exited(let status): (.exited, status)
      case .signaled(let signal): (.signaled, signal)
      case .tookTooLong: (.tookTooLong, 0)
      case .notStarted(let errno): (.notStarted, errno.rawValue)
      }
    return ControlWriter.message(code.rawValue) { $0.add(Int64(number)) }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = Code(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    // A status has 8 bits, a signal 7; errno(3) knows fewer than 4096.
    let number = Int32(try fields.integer(in: 0...4095))
    try fields.end()
    switch code {
    case .exited: self = .exited(number)
    case .signaled: self = .signaled(number)
    case .tookTooLong: self = .tookTooLong
    case .notStarted: self = .notStarted(Errno(rawValue: number))
    }
  }
}
