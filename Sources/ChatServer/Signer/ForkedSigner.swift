import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// A signer of a command that runs without a server: a process that has the key, in
/// which what the transcript holds is never read. It is forked before that is opened.
package final class ForkedSigner: SealSigner {
  /// Milliseconds for its first answer: it reads a file of 119 bytes.
  private static let patience: Int64 = 5_000

  private let processID: Int32
  private let socket: MessageSocket
  private let way: SealWay
  package let certificate: Certificate
  package var publicKey: [UInt8] { certificate.publicKey.bytes }
  package var fingerprint: String { certificate.publicKey.fingerprint.description }

  /// Forks one with the key of `file`.
  ///
  /// - Returns: `nil` where there is no such file.
  /// - Throws: why the key cannot be used.
  package static func start(_ file: KeyFile) throws(KeyTrouble) -> ForkedSigner? {
    var file = file
    file.mayBeMade = false
    let made = file
    return try start { socket in
      Signer.main(socket: socket) { () throws(KeyTrouble) in try made.key() }
    }
  }

  private static func start(
    _ body: (MessageSocket) -> Int32
  ) throws(KeyTrouble) -> ForkedSigner? {
    let child: (processID: Int32, socket: MessageSocket)
    let parent = ProcessID.current
    do throws(SystemCallError) {
      child = try ChildProcess.forkWithSocket { socket in
        // A pipe that is held open by two outlives its owner.
        if let null = try? StandardDescriptors.openNull() {
          try? StandardDescriptors.replace(input: null, output: null, error: null)
        }
        Signals.resetInChild()
        guard ProcessID.dieWithParent(parent) else { return 1 }
        return body(socket)
      }
    } catch {
      throw KeyTrouble(.system, errno: error.errno.rawValue)
    }
    do throws(KeyTrouble) {
      let certificate = try certificate(from: child.socket)
      // A key that is kept nowhere: there is no file.
      guard !certificate.isTemporary else {
        end(child)
        return nil
      }
      return ForkedSigner(child, try way(to: child.socket), certificate)
    } catch {
      end(child)
      throw error
    }
  }

  /// A way to it for seals.
  private static func way(to signer: MessageSocket) throws(KeyTrouble) -> SealWay {
    guard let pair = try? SocketPair.open() else { throw KeyTrouble(.system) }
    defer { pair.one.close() }
    if (try? signer.send(SignerOrder.seal.bytes, passing: [pair.one.descriptor])) == .sent {
      return SealWay(pair.other)
    }
    pair.other.close()
    throw KeyTrouble(.system)
  }

  private init(
    _ child: (processID: Int32, socket: MessageSocket), _ way: SealWay,
    _ certificate: Certificate
  ) {
    (processID, socket) = child
    self.way = way
    self.certificate = certificate
  }

  deinit {
    way.close()
    Self.end((processID, socket))
  }

  private static func certificate(from socket: MessageSocket) throws(KeyTrouble) -> Certificate {
    guard let bytes = message(on: socket), let answer = try? SignerAnswer(bytes: bytes) else {
      throw KeyTrouble(.system)
    }
    switch answer {
    case .running(let certificate): return certificate
    case .failed(let trouble): throw trouble
    case .alive: throw KeyTrouble(.system)
    }
  }

  /// Waits for one message.
  private static func message(on socket: MessageSocket) -> [UInt8]? {
    var poller = Poller(ignoringSignals: true)
    let ready = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: patience)
    guard ready?.isEmpty == false,
      case .message(let bytes)? = try? socket.receive(maximumLength: ControlLimits.messageLength)
    else { return nil }
    return bytes
  }

  package func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]? {
    way.signature(of: statement, within: limit)
  }

  private static func end(_ child: (processID: Int32, socket: MessageSocket)) {
    child.socket.close()
    // It has nothing to lose, and may be stopped.
    ChildProcess.kill(child.processID)
    _ = try? ChildProcess.wait(for: child.processID)
  }
}
