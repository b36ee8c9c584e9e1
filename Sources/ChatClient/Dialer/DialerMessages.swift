import ChatCore
import ChatPosix

/// What chatclient wants of its dialer. The host and the port are not among it: whoever
/// takes chatclient over gets no other.
enum DialOrder: Hashable, Sendable {
  /// The first connection: every address once, and why there is none.
  case connect(within: Duration)
  /// A connection, however long it takes; another, where the last was not good.
  case dial
  /// At once.
  case hurry
  /// No other: the last is good, or none is wanted.
  case rest

  private enum Code {
    static let connect = UInt8(ascii: "c")
    static let dial = UInt8(ascii: "d")
    static let hurry = UInt8(ascii: "h")
    static let rest = UInt8(ascii: "r")
  }

  /// Bytes of the longest.
  static let longest = 9

  var bytes: [UInt8] {
    switch self {
    case .connect(let limit):
      var bytes = [Code.connect]
      bytes.append(integer: limit.wholeMilliseconds)
      return bytes
    case .dial: return [Code.dial]
    case .hurry: return [Code.hurry]
    case .rest: return [Code.rest]
    }
  }

  init?(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    switch reader.integer(UInt8.self) {
    case Code.connect:
      guard let limit = reader.integer(Int64.self), (0...3_600_000).contains(limit) else {
        return nil
      }
      self = .connect(within: .milliseconds(limit))
    case Code.dial: self = .dial
    case Code.hurry: self = .hurry
    case Code.rest: self = .rest
    default: return nil
    }
    guard reader.isAtEnd else { return nil }
  }
}

/// What the dialer answers.
enum DialAnswer: Hashable, Sendable {
  /// With the connected socket, which comes with it.
  case connected(SocketAddress)
  /// To ``DialOrder/connect(within:)`` alone.
  case unknownHost(ResolveError)
  case unreachable(SocketAddress, SystemCallError)
  case timedOut
  case failed(SystemCallError)

  private enum Code {
    static let connected = UInt8(ascii: "c")
    static let unknownHost = UInt8(ascii: "n")
    static let unreachable = UInt8(ascii: "u")
    static let timedOut = UInt8(ascii: "t")
    static let failed = UInt8(ascii: "f")
  }

  /// Bytes of the longest: an address, an error, the name of a call.
  static let longest = 256

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .connected(let address):
      bytes.append(Code.connected)
      bytes.append(counted: address.bytes)
    case .unknownHost(let error):
      bytes.append(Code.unknownHost)
      bytes.append(integer: error.code)
      bytes.append(integer: error.errno.rawValue)
    case .unreachable(let address, let error):
      bytes.append(Code.unreachable)
      bytes.append(counted: address.bytes)
      bytes.append(error)
    case .timedOut: bytes.append(Code.timedOut)
    case .failed(let error):
      bytes.append(Code.failed)
      bytes.append(error)
    }
    return bytes
  }

  init?(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    switch reader.integer(UInt8.self) {
    case Code.connected:
      guard let address = reader.address() else { return nil }
      self = .connected(address)
    case Code.unknownHost:
      guard let code = reader.integer(Int32.self), let errno = reader.integer(Int32.self) else {
        return nil
      }
      self = .unknownHost(ResolveError(code: code, errno: Errno(rawValue: errno)))
    case Code.unreachable:
      guard let address = reader.address(), let error = reader.error() else { return nil }
      self = .unreachable(address, error)
    case Code.timedOut: self = .timedOut
    case Code.failed:
      guard let error = reader.error() else { return nil }
      self = .failed(error)
    default: return nil
    }
    guard reader.isAtEnd else { return nil }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ error: SystemCallError) {
    append(integer: error.errno.rawValue)
    append(counted: error.call.utf8.prefix(DialAnswer.longest / 4))
  }
}

extension ByteReader {
  fileprivate mutating func address() -> SocketAddress? {
    counted(limit: DialAnswer.longest / 2).flatMap { SocketAddress(bytes: Array($0)) }
  }

  fileprivate mutating func error() -> SystemCallError? {
    guard let errno = integer(Int32.self), let call = text(limit: DialAnswer.longest / 4) else {
      return nil
    }
    return SystemCallError(call: call, errno: Errno(rawValue: errno))
  }
}
