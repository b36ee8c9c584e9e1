import ChatCore
import ChatPosix

/// A command's way to its signer, on which it waits for each signature.
final class SealWay {
  private let socket: MessageSocket
  /// Once it has not answered in time, nobody waits for it again: whoever deletes much
  /// asks often, and others wait meanwhile.
  private var isLost = false

  init(_ socket: MessageSocket) {
    self.socket = socket
  }

  /// Asks for the signature of a seal's statement.
  ///
  /// - Returns: `nil` when there is none within `limit`, or was none before.
  func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]? {
    if isLost { return nil }
    let signature = answer(to: statement, within: limit)
    isLost = signature == nil
    return signature
  }

  private func answer(to statement: [UInt8], within limit: Duration) -> [UInt8]? {
    guard (try? socket.send(statement)) == .sent else { return nil }
    let end = Clock.monotonic() + limit
    var poller = Poller(ignoringSignals: true)
    while true {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes):
        // One to an earlier question is passed over.
        if let answer = try? SealAnswer(bytes: bytes), answer.request == statement {
          return answer.signature
        }
      case .wouldBlock:
        let left = end - Clock.monotonic()
        if left <= .zero { return nil }
        _ = try? poller.poll(
          [Interest(socket.descriptor)], timeoutMilliseconds: left.wholeMilliseconds)
      case .tooLong, .endOfFile, nil: return nil
      }
    }
  }

  func close() { socket.close() }
}
