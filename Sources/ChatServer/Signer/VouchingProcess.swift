import ChatPosix
import ChatSecure
import Transcript

/// A process that writes into a transcript which key comes next, and does not have that
/// key: it is forked before there is one, and asks for each signature. A transcript is a
/// file that a conversation which was taken over can have written anything into.
package struct VouchingProcess {
  private let processID: Int32
  private let socket: MessageSocket

  /// Forks it.
  ///
  /// - Parameter body: what it does, given who signs for the next key.
  /// - Throws: why there is none.
  package init(_ body: (any SealSigner) -> Void) throws(KeyTrouble) {
    do throws(SystemCallError) {
      (processID, socket) = try ChildProcess.forkWithSocket { socket in
        guard let next = NextKey(socket) else { return 1 }
        body(next)
        return 0
      }
    } catch {
      throw KeyTrouble(.system, errno: error.errno.rawValue)
    }
  }

  /// Signs with `key` what it asks for, and nothing but seals, until it has done what it
  /// was to do.
  package func sign(with key: PrivateKey) {
    serve(key)
    socket.close()
    _ = try? ChildProcess.wait(for: processID)
  }

  private func serve(_ key: PrivateKey) {
    guard (try? socket.send(key.publicKey.bytes)) == .sent else { return }
    var poller = Poller(ignoringSignals: true)
    while true {
      switch try? socket.receive(maximumLength: Signer.requestLength) {
      case .message(let request):
        guard SignedForm.of(request) == .seal, let signature = try? key.sign(request) else {
          return
        }
        _ = try? socket.send(SealAnswer(request: request, signature: signature).bytes)
      case .wouldBlock:
        _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: nil)
      case .tooLong, .endOfFile, nil: return
      }
    }
  }
}

/// The next key, as the process that does not have it knows it.
private struct NextKey: SealSigner {
  let publicKey: [UInt8]
  private let way: SealWay

  /// Waits until there is one; `nil` when there will be none.
  init?(_ socket: MessageSocket) {
    var poller = Poller(ignoringSignals: true)
    _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: nil)
    guard case .message(let key)? = try? socket.receive(maximumLength: PublicKey.length) else {
      return nil
    }
    publicKey = key
    way = SealWay(socket)
  }

  func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]? {
    way.signature(of: statement, within: limit)
  }
}
