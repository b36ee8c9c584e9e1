import ChatCore
import ChatPosix

/// chatclient's end of its dialer.
final class DialerLink {
  /// What it had to say.
  enum News {
    case connected(FileDescriptor)
    /// There will be no other connection.
    case died
  }

  /// Answers read in a turn of the loop: more than two are never on their way.
  private static let answersAtOnce = 4

  /// `nil` once the process is gone.
  private var socket: MessageSocket?
  /// Whether a connection is wanted: one that comes late is closed.
  private(set) var isDialing = false

  /// Forks it.
  ///
  /// - Throws: ``ConnectError/system(_:)``.
  init(host: String, port: UInt16, family: AddressFamily?) throws(ConnectError) {
    let parent = ProcessID.current
    do throws(SystemCallError) {
      socket = try ChildProcess.forkWithSocket {
        Dialer.main($0, host: host, port: port, family: family, parent: parent)
      }.socket
    } catch {
      throw .system(error)
    }
  }

  /// Whether there can be another connection.
  var isAlive: Bool { socket != nil }

  var interest: Interest? { socket.map { Interest($0.descriptor) } }

  // MARK: The first connection

  /// Waits for it, over all addresses for as long as `limit`.
  ///
  /// - Throws: ``ConnectError``.
  func connect(
    within limit: Duration, _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> FileDescriptor {
    send(.connect(within: limit))
    while let socket {
      _ = try Waiting.wait(
        for: socket.descriptor, until: Instant(milliseconds: .max), terminal)
      guard let (answer, connection) = receive() else { continue }
      switch answer {
      case .connected:
        // Where this process may have no more open.
        guard let connection else {
          throw .system(SystemCallError(call: "recvmsg", errno: .tooManyOpenFiles))
        }
        return connection
      case .unknownHost(let error): throw .unknownHost(error)
      case .unreachable(let address, let error): throw .unreachable(address, error)
      case .timedOut: throw .timedOut(after: limit)
      case .failed(let error): throw .system(error)
      }
    }
    throw .dialerDied
  }

  // MARK: The others

  func dial() {
    isDialing = true
    send(.dial)
  }

  func hurry() { if isDialing { send(.hurry) } }

  func rest() {
    isDialing = false
    send(.rest)
  }

  /// What there is, once poll(2) says that there is something.
  func read() -> News? {
    for _ in 0..<Self.answersAtOnce where socket != nil {
      guard let (answer, connection) = receive() else { break }
      guard case .connected = answer, isDialing else {
        connection?.closeOnce()
        continue
      }
      // It has left this process, which had no room for it.
      guard let connection else {
        dial()
        continue
      }
      isDialing = false
      return .connected(connection)
    }
    return socket == nil ? .died : nil
  }

  private func receive() -> (DialAnswer, FileDescriptor?)? {
    guard let socket else { return nil }
    var passed: [FileDescriptor] = []
    switch try? socket.receive(maximumLength: DialAnswer.longest, passed: &passed) {
    case .message(let bytes):
      if let answer = DialAnswer(bytes: bytes), passed.count <= 1 { return (answer, passed.first) }
      for descriptor in passed { descriptor.closeOnce() }
      close()
    case .tooLong, .endOfFile: close()
    case .wouldBlock, nil: break
    }
    return nil
  }

  /// One that is gone, or takes no more orders, is found out by what is read: its end.
  private func send(_ order: DialOrder) { _ = try? socket?.send(order.bytes) }

  /// Ends it: it reads the end.
  func close() {
    socket?.close()
    socket = nil
  }
}
