import ChatProgram
import ChatSecure
import ChatServer
import Transcript

/// The process with the key, as the server forks it too.
enum SignerProcess {
  static func start(keyFile: String?) -> HistoryEnvironment.SignerStart {
    guard let path = KeyFile.path(option: keyFile) else { return .noKey(nil) }
    do throws(KeyTrouble) {
      guard let signer = try ForkedSigner.start(KeyFile(path: path)) else { return .noKey(path) }
      return .signer(signer)
    } catch {
      return .failed(path: path)
    }
  }
}

extension HistorySession {
  /// Whoever signs; `nil`, with a word where there is a key, when nobody can. To be called
  /// before the transcript is opened, whose connection is not to be carried across a fork.
  func signer(_ options: KeyOptions) -> (any SealSigner)? {
    switch environment.startSigner(options.keyFile) {
    case .signer(let signer): return signer
    case .noKey: return nil
    case .failed(let path):
      say(HistoryMessages.text(of: .key(path: path)))
      return nil
    }
  }
}

extension HistorySession {
  /// `signer`, unless the transcript is sealed, and not with its key.
  func own(
    _ signer: (any SealSigner)?, _ connection: Connection
  ) throws(HistoryError) -> (any SealSigner)? {
    guard let signer else { return nil }
    do {
      if try !connection.isSealed() { return signer }
      return try connection.isSealed(by: signer.publicKey) ? signer : nil
    } catch {
      throw HistoryError(error)
    }
  }
}

extension SealKeys {
  /// - Parameters:
  ///   - trusted: the fingerprints of those that are.
  ///   - isOwn: whether these are the user's own, and nobody named them.
  init(trusting trusted: [Fingerprint], isOwn: Bool) {
    self.init(
      trusted: Set(trusted.map(\.description)), isOwn: isOwn,
      fingerprint: { PublicKey($0)?.fingerprint.description },
      hasSigned: { key, message, signature in
        PublicKey(key)?.hasSigned(message, signature) == true
      })
  }
}
